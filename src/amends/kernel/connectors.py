"""What every connector says about itself. Found through the entry points `amends.connectors`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ConnectorInfo:
    """`proof` is how well the other side's interface is known: A its own documents … M memory.

    `implements` names, for each port a wing declares (`imports.reader`, …), the object that satisfies it as
    `package.module:attribute`. It is loaded when first used, so listing connectors costs nothing.
    """

    name: str
    kind: str  # files, mail, marketplace, carrier, payments
    proof: str
    can_send: bool = False
    can_receive: bool = False
    implements: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
