"""What a translation engine must offer. Engines live in `engines/`; a third party may add one."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from amends.language.translate.core.engine import Answer, Ask, Caps


@runtime_checkable
class MTEngine(Protocol):
    """`external`: the words leave this machine, so the organisation must have agreed to this very engine."""

    id: str
    external: bool
    non_commercial: bool  # the model's licence forbids commercial use; shown before it is switched on

    def pairs(self) -> frozenset[tuple[str, str]]:
        """(source, target) in the codes of our table that it translates directly."""
        ...

    def caps(self) -> Caps: ...

    def translate(self, ask: Ask) -> Answer:
        """Raises EngineFailed, and nothing else: whatever the engine throws is turned into it."""
        ...
