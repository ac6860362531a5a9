"""Collects every text of the interface into the message catalogue, and says what is missing in it.

    python tools/messages.py extract     write new texts into the .po file, take out those no longer used
    python tools/messages.py check       exit 1 when the catalogue and the code differ or a translation is missing

Texts come from Python (`_`, `gettext`, `ngettext`, `lazy`), from templates, and from the vocabulary of rules, whose
meanings and questions are shown to people. Nothing but Babel and Django is needed.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "amends"
CATALOGUE = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
VOCABULARY = SOURCE / "judgement" / "rules" / "vocabulary"
KEYWORDS = dict.fromkeys(("_", "lazy", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"))
BORN = datetime(2026, 11, 23, tzinfo=UTC)
HEADER = "# Chinese (simplified) texts of the interface. Kept by `python tools/messages.py extract`."

Text = tuple[str, ...]  # one text, or singular and plural


def _from_code(code: str) -> Iterator[Text]:
    for _line, function, message, _comments in extract_python(io.BytesIO(code.encode()), KEYWORDS, (), {}):
        parts = [str(m) for m in ((message,) if isinstance(message, str) else message or ()) if m]
        wanted = 2 if str(function).startswith("ngettext") else 1
        if parts:
            yield tuple(parts[:wanted])


def _from_template(text: str, name: str) -> Iterator[Text]:
    code = templatize(text, origin=name)
    # What is not a text has become rows of X; without their indentation they are harmless names to a tokenizer.
    for line in code.splitlines():
        if "gettext" in line:
            yield from _from_code(line.strip() + "\n")


def _from_vocabulary() -> Iterator[Text]:
    """The second argument of `Fact(…)` that follows its kind, and `ask=`."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(VOCABULARY.glob("*.py"))]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fact"):
            continue
        texts = [node.args[2]] if len(node.args) > 2 else []  # noqa: PLR2004 - name, kind, meaning
        texts += [k.value for k in node.keywords if k.arg == "ask"]
        for value in texts:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                yield (value.value,)


def collect() -> dict[Text, set[str]]:
    """Every text with the files it stands in."""
    found: dict[Text, set[str]] = {}

    def keep(texts: Iterator[Text], path: Path) -> None:
        for text in texts:
            found.setdefault(text, set()).add(path.relative_to(ROOT).as_posix())

    for path in sorted(SOURCE.rglob("*.py")):
        keep(_from_code(path.read_text("utf-8")), path)
    for path in sorted((SOURCE / "faces" / "templates").rglob("*.html")):
        keep(_from_template(path.read_text("utf-8"), path.name), path)
    keep(_from_vocabulary(), VOCABULARY)
    return found


def read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="zh_Hans_CN")
    with CATALOGUE.open("rb") as handle:
        return read_po(handle, locale="zh_Hans_CN")


def _key(message: object) -> Text:
    return tuple(message) if isinstance(message, (list, tuple)) else (str(message),)


def extract() -> int:
    known = {_key(m.id): m.string for m in read() if m.id}
    # A fixed date, so that running this twice changes nothing.
    fresh = Catalog(
        locale="zh_Hans_CN",
        header_comment=HEADER,
        project="Amends",
        version="1",
        charset="utf-8",
        creation_date=BORN,
        revision_date=BORN,
        last_translator="Amends",
        language_team="Amends",
        fuzzy=False,
    )
    for text, files in sorted(collect().items(), key=lambda item: item[0]):
        identity = text if len(text) > 1 else text[0]
        same_text = known.get(text) or known.get(text[:1]) or ""
        string = _shaped(same_text, plural=len(text) > 1)
        fresh.add(identity, string, locations=[(name, 0) for name in sorted(files)[:3]])
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as handle:
        write_po(handle, fresh, include_lineno=False, width=110, sort_output=True)
    return len(missing())


def _shaped(string: object, *, plural: bool) -> str | tuple[str, ...]:
    first = string[0] if isinstance(string, (list, tuple)) and string else string
    return (str(first or ""),) if plural else str(first or "")


def missing() -> list[str]:
    """Texts without a translation, texts the catalogue does not know, and texts nobody uses any more."""
    catalogue = {_key(m.id): m for m in read() if m.id}
    wanted = collect()
    problems = [f"not in the catalogue: {text[0]!r}" for text in wanted if text not in catalogue]
    problems += [f"no longer used: {text[0]!r}" for text in catalogue if text not in wanted]
    for text, message in catalogue.items():
        strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if not all(strings) or message.fuzzy:
            problems.append(f"not translated: {text[0]!r}")
        for string in filter(None, strings):
            if _holes(string) != _holes(text[-1]):
                problems.append(f"place-holders differ: {text[0]!r}")
    return problems


def _holes(text: str) -> set[str]:
    """The named place-holders of a text: `%(name)s`."""
    return {part.split(")")[0] for part in text.split("%(")[1:]}


def main() -> int:
    if not settings.configured:
        settings.configure(USE_I18N=True)
    if sys.argv[1:] == ["extract"]:
        print(f"{extract()} to do")
        return 0
    problems = missing()
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
