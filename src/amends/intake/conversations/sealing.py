"""Server addresses with passwords, sealed for this one use."""

from __future__ import annotations

from amends.base.accounts.sealing import Seal, Unsealable

__all__ = ["Unsealable", "seal", "unseal"]

_SEAL = Seal("amends mail account 1")
seal = _SEAL.seal
unseal = _SEAL.unseal
