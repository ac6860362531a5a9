"""LibreTranslate, on this machine or elsewhere. What it can is asked of the server; terms travel as tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from amends.kernel.languages import BY_CODE, base
from amends.language.translate.core.engine import Ask, Caps, EngineFailed
from amends.language.translate.engines.http import Fault, Limits, Line, fault_of, is_loopback, packed
from amends.language.translate.engines.remote import Remote, Sent

KEPT, KEPT_FAILURE = 600.0, 30.0  # seconds that a list of languages, or the lack of one, is believed
_BAD_REQUEST: Final = 400
# Several of its codes may stand for one of ours: the first that the server has is used.
_SPELLINGS: Final = {"pt": ("pt-BR", "pb", "pt"), "zh": ("zh-Hans", "zh"), "nb": ("nb", "no"), "tl": ("tl", "fil")}
_OTHER_SCRIPT: Final = frozenset(("zh-Hant", "zt"))

Table = dict[tuple[str, str], tuple[str, str]]  # our pair → the server's


@dataclass(frozen=True, slots=True)
class Settings:
    address: str
    key: str = field(default="", repr=False)


class Libre(Remote):
    id = "libre"
    label: ClassVar[str] = "LibreTranslate"
    call_chars: ClassVar[int] = 5000  # servers often set such a limit, and it holds for the whole call

    def __init__(
        self,
        settings: Settings,
        limits: Limits | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(settings.address, limits, sleep)
        self.external = not is_loopback(settings.address)
        self._settings = settings
        self._clock = clock
        self._table: Table = {}
        self._until = float("-inf")

    def pairs(self) -> frozenset[tuple[str, str]]:
        """What the server last told; nothing while it cannot be asked, for this never fails."""
        return frozenset(self._known())

    def caps(self) -> Caps:
        return Caps(max_chars=2000, batch=25)

    def send(self, line: Line, texts: tuple[str, ...], ask: Ask) -> Sent:
        source, target = self._table[ask.source, ask.target]
        body: dict[str, Any] = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._settings.key:
            body["api_key"] = self._settings.key
        answer = line.call(
            "POST", "/translate", headers={"Content-Type": "application/json"}, body=packed(body), judge=_judge
        )
        # A text where a list was asked for is how it answers those it takes for robots.
        return Sent(self.listed(answer, "translatedText"), "libretranslate")

    def _known(self) -> Table:
        if self._clock() < self._until:
            return self._table
        try:
            with self.wire.open() as line:
                self._table = _read(line.call("GET", "/languages", headers={}, tries=1))
            self._until = self._clock() + KEPT
        except EngineFailed:
            self._until = self._clock() + KEPT_FAILURE
        return self._table


def _read(answer: Any) -> Table:
    """Rows of `code` and `targets`; what has another shape is passed over."""
    rows = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
    told = {row["code"]: row["targets"] for row in rows if _is_row(row)}
    sources = _ours(told)
    return {
        (source, target): (theirs, spelled)
        for source, theirs in sources.items()
        for target, spelled in _ours(told[theirs]).items()
        if source != target
    }


def _is_row(row: dict[str, Any]) -> bool:
    targets = row.get("targets")
    return (
        isinstance(row.get("code"), str)
        and isinstance(targets, list)
        and all(isinstance(target, str) for target in targets)
    )


def _ours(theirs: Any) -> dict[str, str]:
    out: dict[str, str] = {}
    for code in theirs:
        our = "pt" if code == "pb" else base(code)
        if our in BY_CODE and code not in _OTHER_SCRIPT:
            order = _SPELLINGS.get(our, (our,))
            rank = {spelling: number for number, spelling in enumerate(order)}
            if our not in out or rank.get(code, len(order)) < rank.get(out[our], len(order)):
                out[our] = code
    return out


def _judge(status: int, body: Any) -> Fault:
    said = str(body.get("error", "")) if isinstance(body, dict) else ""
    if status == _BAD_REQUEST and "exceeds" in said:
        return Fault("too_long")
    if status == _BAD_REQUEST and ("not supported" in said or "not available" in said):
        return Fault("no_pair")
    return fault_of(status)
