"""Apertium as a program beside us: good enough to see what a message is about, not to write to a buyer.

It is GPL, so it is only ever started, never linked. One call a batch, one paragraph a segment.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cached_property
from typing import Final

from amends.kernel.languages import base
from amends.language.translate.core.engine import Answer, Ask, Caps, EngineFailed

_TIME: Final = 20.0  # seconds a call may take
# Apertium's names → ours. What is Serbian, Croatian and Bosnian here is one language there, see _HBS.
_NAMES: Final = {
    "spa": "es", "eng": "en", "cat": "ca", "glg": "gl", "eus": "eu", "isl": "is", "mkd": "mk", "hbs": "sr", "fra": "fr",
    "por": "pt", "ita": "it", "ron": "ro", "rus": "ru", "ukr": "uk", "bel": "be", "ind": "id", "zlm": "ms", "hin": "hi",
    "urd": "ur", "swe": "sv", "dan": "da", "nor": "nb", "nob": "nb", "bul": "bg", "slv": "sl", "afr": "af", "nld": "nl",
    "pol": "pl",
}  # fmt: skip
_HBS: Final = ("sr", "hr", "bs")


class Apertium:
    """Only into what an agent reads: its other output is too poor to send, so English out is not offered."""

    id = "apertium"
    external = False
    non_commercial = False

    def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(self._modes)

    @cached_property
    def _modes(self) -> dict[tuple[str, str], str]:
        program = shutil.which("apertium")
        if program is None:
            return {}
        try:
            done = subprocess.run(
                [program, "-l"], capture_output=True, encoding="utf-8", errors="replace", timeout=_TIME, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return {}
        found: dict[tuple[str, str], str] = {}
        for mode in done.stdout.split():
            parts = mode.split("-")
            if len(parts) == 2 and all(part in _NAMES for part in parts) and parts[0] != "eng":  # noqa: PLR2004 - from, to
                for source in _ours(parts[0]):
                    for target in _ours(parts[1]):
                        found[source, target] = mode
        return found

    def caps(self) -> Caps:
        return Caps(max_chars=1500, batch=64)

    def translate(self, ask: Ask) -> Answer:
        mode = self._modes.get((base(ask.source), base(ask.target)))
        if mode is None:
            raise EngineFailed("no_pair", f"apertium has no {ask.source} to {ask.target}")
        text = "\n\n".join(" ".join(segment.split()) for segment in ask.segments)
        try:
            done = subprocess.run(
                ["apertium", "-u", "-f", "txt", mode],
                input=text,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TIME,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineFailed("timeout", f"apertium {mode} took longer than {_TIME:.0f} s") from None
        except OSError as error:
            raise EngineFailed("unreachable", f"apertium: {type(error).__name__}") from None
        parts = tuple(part.strip() for part in done.stdout.strip().split("\n\n"))
        if done.returncode or len(parts) != len(ask.segments):
            raise EngineFailed("bad_answer", f"apertium {mode} answered with another number of paragraphs")
        return Answer(parts, f"apertium {mode}")


def _ours(name: str) -> tuple[str, ...]:
    return _HBS if name == "hbs" else (_NAMES[name],)
