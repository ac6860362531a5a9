"""What the remote engines share: which pairs, how much at once, and that as many texts come back as went out."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from amends.language.translate.core.engine import Answer, Ask, Caps, EngineFailed
from amends.language.translate.engines.http import Limits, Line, Wire


@dataclass(frozen=True, slots=True)
class Sent:
    """What one call brought back; `texts` is checked by the caller, `counts` are added up over the calls."""

    texts: Sequence[Any]
    model: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


class Remote(ABC):
    """A service called over HTTP. A new one names its languages and writes `send`."""

    id: str
    external: bool = True
    non_commercial: bool = False
    label: ClassVar[str]
    call_chars: ClassVar[int] = 20_000  # of all texts in one call together

    def __init__(
        self, address: str, limits: Limits | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.wire = Wire(self.label, address, limits, sleep)

    @abstractmethod
    def pairs(self) -> frozenset[tuple[str, str]]: ...

    @abstractmethod
    def caps(self) -> Caps: ...

    @abstractmethod
    def send(self, line: Line, texts: tuple[str, ...], ask: Ask) -> Sent:
        """One call. `texts` are stripped and not empty; the languages are known."""

    def translate(self, ask: Ask) -> Answer:
        try:
            return self._translate(ask)
        except EngineFailed:
            raise
        except Exception:  # noqa: BLE001 - the port promises EngineFailed and nothing else
            crashed = self.wire.failed("crashed", "could not be used.")
        # Outside the `except`, so that it does not carry along an error that may quote the text.
        raise crashed

    def bad(self, what: str) -> EngineFailed:
        return self.wire.failed("bad_answer", what)

    def _translate(self, ask: Ask) -> Answer:
        caps = self.caps()
        if (ask.source, ask.target) not in self.pairs():
            raise self.wire.failed("no_pair", "does not translate between these languages.")
        if any(len(text) > caps.max_chars for text in ask.segments):
            raise self.wire.failed("too_long", f"takes at most {caps.max_chars} characters a segment.")
        out = list(ask.segments)
        # Blanks around a text are ours to keep: services trim them.
        todo = [number for number, text in enumerate(out) if text.strip()]
        model = ""
        detail: dict[str, str] = {}
        counts = Counter(characters=sum(len(out[number].strip()) for number in todo))
        if todo:
            with self.wire.open() as line:
                for part in _parts(todo, [len(text) for text in out], caps.batch, self.call_chars):
                    sent = self.send(line, tuple(out[number].strip() for number in part), ask)
                    for number, text in zip(part, self._checked(sent.texts, len(part)), strict=True):
                        out[number] = _framed(ask.segments[number], text)
                    model = sent.model or model
                    detail |= sent.detail
                    counts.update(sent.counts)
        return Answer(tuple(out), model or self.id, detail | {name: str(count) for name, count in counts.items()})

    def _checked(self, texts: Sequence[Any], count: int) -> list[str]:
        if not isinstance(texts, list | tuple) or len(texts) != count:
            raise self.bad("sent another number of texts than it was given.")
        if not all(isinstance(text, str) for text in texts):
            raise self.bad("sent something else than texts.")
        return list(texts)

    def listed(self, value: Any, *path: str | int) -> Any:
        """What stands at a path of an answer; EngineFailed where the answer has another shape."""
        for step in path:
            fits = isinstance(value, dict) if isinstance(step, str) else isinstance(value, list)
            if not fits or (step not in value if isinstance(step, str) else len(value) <= step):
                raise self.bad("sent an answer of another shape.")
            value = value[step]
        return value

    def texts_of(self, rows: Any, key: str) -> list[Any]:
        """One field of each row of a list."""
        if not isinstance(rows, list):
            raise self.bad("sent an answer of another shape.")
        return [self.listed(row, key) for row in rows]


def _framed(before: str, after: str) -> str:
    bare = before.strip()
    start = before.index(bare)
    return before[:start] + after.strip() + before[start + len(bare) :]


def _parts(todo: Sequence[int], lengths: Sequence[int], batch: int, chars: int) -> Iterator[list[int]]:
    part: list[int] = []
    size = 0
    for number in todo:
        if part and (len(part) >= batch or size + lengths[number] > chars):
            yield part
            part, size = [], 0
        part.append(number)
        size += lengths[number]
    if part:
        yield part
