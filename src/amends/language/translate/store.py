"""Translation models on this machine: brought in once, pinned by their hashes, refused when a byte has changed."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from amends.kernel.languages import BY_CODE, base

MOST_BYTES: Final = 20_000_000_000  # of one import, unpacked: MADLAD in float32 is twelve
MOST_FILES: Final = 400
_BERGAMOT: Final = re.compile(r"^(model|lex|vocab|srcvocab|trgvocab)\.(?:\d+\.\d+\.)?([a-z]{4,6})\.[\w.]+?(?:\.gz)?$")
_FAMILIES: Final = ("nllb", "m2m", "madlad", "opus")
_NON_COMMERCIAL: Final = re.compile(r"nllb", re.IGNORECASE)


class BadModel(ValueError):
    """A folder or archive that is no model, or no longer the one that was brought in. The message names the file."""


@dataclass(frozen=True)
class Model:
    """`pairs` in codes of our table. `files`: part → path. `digests`: what each file's sha256 must be; empty for a
    model that another package ships."""

    id: str
    engine: str  # bergamot, ct2
    pairs: tuple[tuple[str, str], ...]
    files: Mapping[str, Path]
    digests: Mapping[str, str] = field(default_factory=dict)
    non_commercial: bool = False
    family: str = ""  # ct2: nllb, m2m, madlad, opus

    @cached_property
    def sha256(self) -> str:
        """Of the main file, and so the name of what translated."""
        path = self.files["model"]
        return self.digests.get("model") or digest_of(path)

    def read(self) -> dict[str, bytes]:
        """Every part, checked. Raises BadModel."""
        found: dict[str, bytes] = {}
        for part, path in self.files.items():
            data = path.read_bytes()
            wanted = self.digests.get(part)
            if wanted and hashlib.sha256(data).hexdigest() != wanted:
                raise BadModel(f"{path.name} has changed since it was brought in; add the model again")
            found[part] = data
        return found

    def check(self) -> None:
        """The same without keeping the bytes."""
        for part, path in self.files.items():
            wanted = self.digests.get(part)
            if wanted and digest_of(path) != wanted:
                raise BadModel(f"{path.name} has changed since it was brought in; add the model again")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def add(source: Path, home: Path) -> list[Model]:
    """Bring in a folder or a ZIP of Mozilla models (any number of pairs) or one CTranslate2 model.

    Raises BadModel that names what is missing or not allowed; nothing is kept then.
    """
    with tempfile.TemporaryDirectory(prefix="amends-model-") as scratch:
        folder = _unpacked(source, Path(scratch)) if source.is_file() else source
        if not folder.is_dir():
            raise BadModel(f"{source.name}: neither a folder nor a ZIP")
        files = _safe_files(folder)
        if any(path.name == "model.bin" for path in files):
            return [_add_ct2(files, home, folder.name if source.is_dir() else source.stem)]
        return _add_bergamot(files, home)


def _unpacked(archive: Path, scratch: Path) -> Path:
    try:
        with zipfile.ZipFile(archive) as file:
            infos = file.infolist()
            if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
                raise BadModel(f"{archive.name}: more files or bytes than a model has")
            for info in infos:
                parts = Path(info.filename).parts
                link = stat.S_ISLNK(info.external_attr >> 16)
                if info.filename.startswith(("/", "\\")) or ".." in parts or link or ":" in info.filename:
                    raise BadModel(f"{archive.name}: {info.filename!r} would lie outside of its folder")
            file.extractall(scratch)
    except RuntimeError as error:
        raise BadModel(f"{archive.name}: locked with a password, or packed in a way that is not known here") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise BadModel(f"{archive.name}: not a ZIP, or cut short") from error
    return scratch


def _safe_files(folder: Path) -> list[Path]:
    found = [path for path in sorted(folder.rglob("*")) if not path.is_dir()]
    for path in found:
        if path.is_symlink() or not path.is_file():
            raise BadModel(f"{path.name}: a model has plain files only")
    if len(found) > MOST_FILES or sum(path.stat().st_size for path in found) > MOST_BYTES:
        raise BadModel(f"{folder.name}: more files or bytes than a model has")
    return found


def _add_bergamot(files: list[Path], home: Path) -> list[Model]:
    pairs: dict[tuple[str, str], dict[str, Path]] = {}
    for path in files:
        match = _BERGAMOT.match(path.name)
        if match:
            pairs.setdefault(_pair(match[2]), {})[match[1]] = path
    if not pairs:
        raise BadModel(
            "no model is in it: expected model.<pair>.intgemm.alphas.bin and its vocab.<pair>.spm, or model.bin"
        )
    for (source, target), parts in pairs.items():
        if "model" not in parts:
            raise BadModel(f"model.{source}{target}.intgemm.alphas.bin is missing")
        if "vocab" not in parts and not {"srcvocab", "trgvocab"} <= set(parts):
            raise BadModel(f"vocab.{source}{target}.spm is missing (or srcvocab and trgvocab)")
        if {base(source), base(target)} - set(BY_CODE):
            raise BadModel(f"{source}{target}: a language that Amends does not know")
    return _kept(
        home,
        [_Found(f"bergamot-{s}{t}", "bergamot", ((base(s), base(t)),), parts) for (s, t), parts in pairs.items()],
    )


def _pair(letters: str) -> tuple[str, str]:
    """`enpt` → en, pt; `filen` → fil, en: the cut at which both are languages, else in the middle."""
    cuts = [(letters[:at], letters[at:]) for at in (2, 3) if 2 <= len(letters) - at <= 3]  # noqa: PLR2004 - a code
    return next((cut for cut in cuts if {base(cut[0]), base(cut[1])} <= set(BY_CODE)), cuts[0])


def _add_ct2(files: list[Path], home: Path, name: str) -> Model:
    folder = next(path for path in files if path.name == "model.bin").parent
    by_name = {path.name: path for path in files if path.parent == folder}
    parts = {"model": by_name["model.bin"], **_pieces(by_name)}
    if not any("vocabulary" in n for n in by_name):
        raise BadModel("shared_vocabulary.json (or source_ and target_vocabulary) is missing beside model.bin")
    described = _described(by_name)
    family = str(described.get("family") or _family(name))
    if family not in _FAMILIES:
        raise BadModel(
            'cannot tell what model this is: put {"family": "nllb" | "m2m" | "madlad" | "opus"} in amends.json'
        )
    pair = described.get("pair")
    if family != "opus":
        pairs: tuple[tuple[str, str], ...] = ()
    elif isinstance(pair, list) and len(pair) == 2 and {base(str(p)) for p in pair} <= set(BY_CODE):  # noqa: PLR2004 - from, to
        pairs = ((base(pair[0]), base(pair[1])),)
    else:
        raise BadModel('an OPUS model needs {"family": "opus", "pair": ["de", "en"]} in amends.json')
    parts |= {n: p for n, p in by_name.items() if n.endswith((".json", ".txt")) and n != "amends.json"}
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or family
    free = not _NON_COMMERCIAL.search(f"{family} {name}")
    return _kept(home, [_Found(f"ct2-{slug}", "ct2", pairs, parts, family, non_commercial=not free)])[0]


def _pieces(by_name: Mapping[str, Path]) -> dict[str, Path]:
    """The sentencepiece model, or the two of an OPUS model."""
    if {"source.spm", "target.spm"} <= set(by_name):
        return {"pieces": by_name["source.spm"], "target_pieces": by_name["target.spm"]}
    found = next((p for n, p in sorted(by_name.items()) if n.endswith((".model", ".spm"))), None)
    if found is None:
        raise BadModel("the sentencepiece model (*.model or *.spm) is missing beside model.bin")
    return {"pieces": found}


def _described(by_name: Mapping[str, Path]) -> dict[str, Any]:
    if "amends.json" not in by_name:
        return {}
    try:
        told = json.loads(by_name["amends.json"].read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadModel("amends.json: not JSON") from error
    if not isinstance(told, dict):
        raise BadModel("amends.json: not an object")
    return told


def _family(name: str) -> str:
    low = name.lower()
    return next((family for family in _FAMILIES if family in low), "")


@dataclass(frozen=True)
class _Found:
    """A model that was looked over and is not yet copied."""

    id: str
    engine: str
    pairs: tuple[tuple[str, str], ...]
    parts: Mapping[str, Path]
    family: str = ""
    non_commercial: bool = False


def _kept(home: Path, found: list[_Found]) -> list[Model]:
    """All of them or, when one cannot be copied whole, none."""
    root = home / "models" / "translate"
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=root) as scratch:
        for one in found:
            _copy(one, Path(scratch) / one.id)
        for one in found:
            shutil.rmtree(root / one.id, ignore_errors=True)
            (Path(scratch) / one.id).replace(root / one.id)
    return [_from_manifest(root / one.id) for one in found]


def _copy(one: _Found, fresh: Path) -> None:
    fresh.mkdir()
    files: dict[str, str] = {}
    for part, path in one.parts.items():
        name = path.name.removesuffix(".gz")
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as packed, (fresh / name).open("wb") as plain:
                _copied(packed, plain, path.name)
        else:
            shutil.copyfile(path, fresh / name)
        files[part] = name
    manifest = {
        "id": one.id, "engine": one.engine, "pairs": one.pairs, "files": files,
        "sha256": {part: digest_of(fresh / name) for part, name in files.items()}, "family": one.family,
        "non_commercial": one.non_commercial,
    }  # fmt: skip
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _copied(packed: Any, plain: Any, name: str) -> None:
    """Unpacks with an eye on the size: what says it is small may not be."""
    written = 0
    try:
        while chunk := packed.read(1 << 20):
            written += len(chunk)
            if written > MOST_BYTES:
                raise BadModel(f"{name}: more bytes than a model has")
            plain.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise BadModel(f"{name}: not gzip, or cut short") from error


def _from_manifest(folder: Path) -> Model:
    raw = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Model(
        id=raw["id"],
        engine=raw["engine"],
        pairs=tuple((source, target) for source, target in raw["pairs"]),
        files={part: folder / Path(name).name for part, name in raw["files"].items()},
        digests=raw["sha256"],
        non_commercial=raw["non_commercial"],
        family=raw["family"],
    )


def installed(home: Path) -> list[Model]:
    """Every model that was brought in and still has its manifest; whether its bytes still agree is seen on loading."""
    found = []
    for folder in sorted((home / "models" / "translate").glob("[!.]*")):
        try:
            found.append(_from_manifest(folder))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found
