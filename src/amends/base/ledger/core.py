"""The hash chain: each entry's hash covers its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry as stored. `at` is UTC; `payload` holds no personal data, only digests and row references."""

    organisation_id: int
    seq: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    verb: str
    subject_kind: str
    subject_id: str
    payload: Mapping[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain stops holding: the entry number and what is wrong with it."""

    seq: int
    reason: str  # "content" | "link" | "gap"


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def entry_hash(  # noqa: PLR0913 - the hash covers every field, and naming them all is the point
    *,
    organisation_id: int,
    seq: int,
    at: datetime,
    actor_kind: str,
    actor_id: int | None,
    verb: str,
    subject_kind: str,
    subject_id: str,
    payload: Mapping[str, Any],
    prev_hash: str,
) -> str:
    """SHA-256 over the canonical content. `at` must be zone-aware; it is hashed in UTC to the microsecond."""
    content = [
        prev_hash,
        organisation_id,
        seq,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        actor_kind,
        actor_id,
        verb,
        subject_kind,
        subject_id,
        payload,
    ]
    return hashlib.sha256(canonical(content)).hexdigest()


def verify(entries: Iterable[Sealed]) -> Break | None:
    """Walk one organisation's entries in order of `seq`; the first break, or None when the chain holds."""
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.seq != expected:
            return Break(expected, "gap")
        if entry.prev_hash != previous:
            return Break(entry.seq, "link")
        computed = entry_hash(
            organisation_id=entry.organisation_id,
            seq=entry.seq,
            at=entry.at,
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            verb=entry.verb,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            payload=entry.payload,
            prev_hash=entry.prev_hash,
        )
        if computed != entry.hash:
            return Break(entry.seq, "content")
        previous, expected = entry.hash, expected + 1
    return None


def personal_digest(salt: str, text: str) -> str:
    """A commitment to personal data: provable while the row exists, meaningless once it is erased."""
    return hashlib.sha256(f"{salt}\x00{text}".encode()).hexdigest()
