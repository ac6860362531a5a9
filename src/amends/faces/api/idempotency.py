"""Doing a request once, however often it is sent.

A stored key is `<who, what and the caller's key>:<what was asked>`, both as digests: the first part finds the earlier
request, the second tells a repeat from a mistake.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from amends.base.accounts.core import Scope
from amends.faces.api.problems import Fault

_WHO = 32  # hex digits
_WHAT = 12


def stored_key(scope: Scope, what: str, key: str, asked: Any) -> str:
    """Two callers who happen to choose the same key do not meet."""
    who = _digest([scope.actor_kind.value, scope.actor_id, what, key])[:_WHO]
    return f"{who}:{_digest(asked)[:_WHAT]}"


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def start_of(key: str) -> str:
    """The part that finds an earlier request with the caller's key, whatever it asked for."""
    return key.partition(":")[0] + ":"


def refuse_other_use(key: str, used: Iterable[str]) -> None:
    """Raises Fault when one of the keys `used` before is the same key with another request behind it."""
    start = start_of(key)
    if any(one.startswith(start) and one != key for one in used):
        raise Fault(422, "idempotency_key_reused")
