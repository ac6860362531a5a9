"""Signing, and which addresses may be called. No I/O."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from amends.kernel.outcome import Problem

SIGNATURE_HEADER = "Amends-Signature"
SECRET_PREFIX = "whsec_"  # noqa: S105 - marks our secrets so that leak scanners can find them
SECRET_LENGTH, SECRET_MOST = 32, 120  # characters, prefix included
SWITCH_OFF_AFTER = 20  # failed attempts in a row, over all deliveries; with the waits between them about a day
TOLERANCE = timedelta(minutes=5)
_MOMENT_DIGITS = 12  # what a header may bring as seconds; more is an attempt to make us count


class Status(StrEnum):
    """What has become of a delivery. `dropped`: its endpoint was switched off while it waited."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attempt brought: a status code, or why there is none."""

    code: int | None
    error: str = ""

    @property
    def accepted(self) -> bool:
        return self.code is not None and self.code in range(200, 300)


def body(event: str, event_id: str, at: datetime, data: Mapping[str, object]) -> str:
    """The text that is signed and sent, byte for byte. `at` is when it happened, written in UTC."""
    envelope = {
        "id": event_id,
        "event": event,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "data": data,
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def sign(text: str, secrets: Sequence[str], at: datetime) -> str:
    """`t=<unix seconds>,v1=<hex>` with one `v1` a secret, so that a receiver may hold the old or the new one."""
    moment = int(at.timestamp())
    marks = [f"v1={_mark(text, secret, moment)}" for secret in secrets if secret]
    return ",".join([f"t={moment}", *marks])


def _mark(text: str, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), f"{moment}.{text}".encode(), hashlib.sha256).hexdigest()


def verify(text: str, header: str, secrets: Sequence[str], now: datetime, tolerance: timedelta = TOLERANCE) -> bool:
    """Was `text` signed with one of `secrets`, not longer than `tolerance` ago or ahead? For receivers and tests."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    marks = [value for name, _, value in parts if name == "v1"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdecimal()) or len(moments[0]) > _MOMENT_DIGITS:
        return False
    moment = int(moments[0])
    if abs(now.timestamp() - moment) > tolerance.total_seconds():
        return False
    expected = [_mark(text, secret, moment).encode() for secret in secrets if secret]
    # Every pair is compared, in constant time each: how far a guess came must not show.
    matches = [hmac.compare_digest(mark.encode(), right) for mark in marks for right in expected]
    return any(matches)


def url_problem(url: str, *, allow_private: bool) -> Problem | None:
    """Why an endpoint may not have this address. Names are looked up only when a delivery is sent."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return Problem("webhook_url_malformed", "url")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        return Problem("webhook_url_needs_https", "url")
    if not host or parts.username is not None or parts.fragment:
        return Problem("webhook_url_malformed", "url")
    if not allow_private and (_is_private_literal(host) or host == "localhost" or host.endswith(".localhost")):
        return Problem("webhook_url_private", "url", {"host": host})
    return None


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """May a stranger make this machine call there? ValueError for anything but an IP address.

    An IPv6 address that carries an IPv4 one is judged by the latter.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
