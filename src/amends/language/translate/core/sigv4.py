"""Amazon's request signature, version 4, as a pure function: the same request at the same moment signs the same."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "AWS4-HMAC-SHA256"
ENDING: Final = "aws4_request"


@dataclass(frozen=True, slots=True)
class Keys:
    access: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)  # only of temporary credentials


@dataclass(frozen=True, slots=True)
class Call:
    """`headers` without host and date: both are added. `path` and `query` are not percent-encoded yet."""

    method: str
    host: str
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def signed(call: Call, keys: Keys, region: str, service: str, at: datetime) -> dict[str, str]:
    """The headers to send, names in small letters, `authorization` among them. `at` must know its time zone."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {name.lower(): " ".join(value.split()) for name, value in call.headers.items()}
    headers |= {"host": call.host, "x-amz-date": stamp}
    if keys.token:
        headers["x-amz-security-token"] = keys.token
    names = ";".join(sorted(headers))
    scope = f"{stamp[:8]}/{region}/{service}/{ENDING}"
    digest = hashlib.sha256(_canonical(call, headers, names).encode()).hexdigest()
    words = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    signature = _mac(_key(keys.secret, stamp[:8], region, service), words).hex()
    headers["authorization"] = (
        f"{ALGORITHM} Credential={keys.access}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _canonical(call: Call, headers: Mapping[str, str], names: str) -> str:
    query = sorted((_quoted(name), _quoted(value)) for name, value in call.query)
    return "\n".join(
        (
            call.method,
            quote(call.path, safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            names,
            hashlib.sha256(call.body).hexdigest(),
        )
    )


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, ENDING):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
