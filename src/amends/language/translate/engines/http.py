"""What every remote engine speaks through: JSON over HTTP, bounded in time and size, and mute about what it carried.

No message of an exception holds a buyer's word, a key or a full address: only the service's label and a status.
Nothing is logged here. Keys travel in headers or bodies, never in an address, because the HTTP library logs addresses.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from amends.language.translate.core.engine import EngineFailed

AGENT: Final = "Amends (self-hosted after-sales desk)"
PRIVATE_ENDINGS: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
ERROR_BYTES: Final = 64 * 1024
_OK: Final = 200
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes. `whole` bounds one attempt however slowly the other side drips; `most_wait` bounds each
    pause between attempts: a service that asks for a longer one is given up at once."""

    connect: float = 5.0
    read: float = 30.0
    whole: float = 60.0
    tries: int = 3
    most_wait: float = 10.0
    most_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """What an unwanted answer means: a code of EngineFailed, and whether another attempt may help."""

    code: str
    again: bool = False


Judge = Callable[[int, Any], Fault]


def fault_of(status: int, _body: Any = None) -> Fault:
    """The meaning of a status where a service says nothing finer."""
    known = {
        402: Fault("quota"),
        408: Fault("timeout", again=True),
        413: Fault("too_long"),
        414: Fault("too_long"),
        429: Fault("quota", again=True),
        456: Fault("quota"),
        529: Fault("quota", again=True),
    }
    if status in known:
        return known[status]
    if status >= _SERVER_ERROR:
        return Fault("unreachable", again=True)
    return Fault("refused" if status >= _CLIENT_ERROR else "bad_answer")


# --- addresses ---


def address_problem(address: str) -> str:
    """Why this address cannot be called, or nothing. The sentence does not repeat the address: it may hold a key."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"https", "http"} or not host or not address.isascii() or not address.isprintable():
        return "is not an https address"
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return "must hold no user, password, query or fragment"
    number = _number(host)
    if number is not None and (number.is_link_local or number.is_multicast or number.is_unspecified):
        return "points to a reserved address"
    if parts.scheme == "http" and not _is_near(host):
        return "must start with https, unless the server is on this machine or in a private network"
    return ""


def is_loopback(address: str) -> bool:
    """Whether what is sent there stays on this machine."""
    host = urlsplit(address).hostname or ""
    number = _number(host)
    return number.is_loopback if number is not None else host == "localhost" or host.endswith(".localhost")


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_near(host: str) -> bool:
    """A name without a dot is one of a container network; no public name looks like that."""
    number = _number(host)
    if number is not None:
        return number.is_private
    return "." not in host or host.endswith(PRIVATE_ENDINGS)


# --- calls ---


@dataclass(frozen=True, slots=True)
class _Got:
    status: int = 0
    raw: bytes = b""
    wait: float | None = None  # what Retry-After asked for
    fault: Fault | None = None  # nothing usable came at all


class Wire:
    """One service at one address. `sleep` is for tests."""

    def __init__(
        self, label: str, address: str, limits: Limits | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        problem = address_problem(address)
        if problem:
            raise ValueError(f"The address of {label} {problem}.")
        self.label = label
        self.address = address.rstrip("/")
        self.host = urlsplit(self.address).netloc
        self.limits = limits or Limits()
        self._sleep = sleep

    @contextmanager
    def open(self) -> Iterator[Line]:
        """A connection that is kept for all calls of one task. Not kept longer: it must not outlive a fork."""
        limits = self.limits
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        # No proxy and no .netrc of the environment, no redirects: words and keys go to the address that was agreed.
        with httpx.Client(timeout=timeout, verify=_trust(), trust_env=False, follow_redirects=False) as client:
            yield Line(self, client)

    def failed(self, code: str, what: str) -> EngineFailed:
        return EngineFailed(code, f"{self.label} {what}")

    def pause(self, seconds: float) -> None:
        self._sleep(seconds)


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class Line:
    def __init__(self, wire: Wire, client: httpx.Client) -> None:
        self._wire = wire
        self._client = client

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        judge: Judge = fault_of,
        tries: int = 0,
    ) -> Any:
        """The JSON of a 200. EngineFailed for all else, raised outside any `except` so that it drags nothing along."""
        wire, most = self._wire, tries or self._wire.limits.tries
        got = _Got()
        fault = Fault("unreachable")
        for turn in range(most):
            got = self._once(method, path, headers, params, body)
            if got.fault is None and got.status == _OK:
                return self._read(got.raw)
            fault = got.fault or judge(got.status, _json(got.raw))
            wait = got.wait if got.wait is not None else 0.5 * 2**turn
            if not fault.again or turn + 1 == most or wait > wire.limits.most_wait:
                break
            wire.pause(wait)
        raise wire.failed(fault.code, _sentence(fault, got.status))

    def _read(self, raw: bytes) -> Any:
        found = _json(raw)
        if found is None:
            raise self._wire.failed("bad_answer", "sent something that is not JSON.")
        return found

    def _once(
        self, method: str, path: str, headers: Mapping[str, str], params: Mapping[str, str] | None, body: bytes | None
    ) -> _Got:
        # Uncompressed on purpose: the limit on bytes would not hold for what unpacks to a thousand times its size.
        sent = {"User-Agent": AGENT, "Accept": "application/json", "Accept-Encoding": "identity", **headers}
        fault = Fault("unreachable", again=True)
        try:
            request = self._client.build_request(
                method, self._wire.address + path, params=params, content=body, headers=sent
            )
            return self._receive(request)
        except httpx.ConnectTimeout:
            pass
        except httpx.TimeoutException:
            fault = Fault("timeout")  # not again: it may have been translated, and paid for
        except httpx.HTTPError:
            pass
        except (httpx.InvalidURL, ValueError):
            fault = Fault("refused")  # a key that no header can carry, a path that is none
        return _Got(fault=fault)

    def _receive(self, request: httpx.Request) -> _Got:
        limits = self._wire.limits
        until = time.monotonic() + limits.whole
        response = self._client.send(request, stream=True)
        try:
            most = limits.most_bytes if response.status_code == _OK else ERROR_BYTES
            held = bytearray()
            for piece in response.iter_raw():
                held += piece
                if time.monotonic() > until:
                    return _Got(fault=Fault("timeout"))
                if len(held) > most:
                    break
            wait = _wait(response.headers.get("Retry-After", ""))
            if len(held) > most and response.status_code == _OK:
                return _Got(response.status_code, fault=Fault("bad_answer"))
            return _Got(response.status_code, bytes(held[:most]), wait)
        finally:
            response.close()


def _sentence(fault: Fault, status: int) -> str:
    if status and status != _OK:
        return f"answered {status}."
    return {
        "timeout": "did not answer in time.",
        "bad_answer": "sent more than can be taken.",
        "refused": "cannot be called with these settings.",
    }.get(fault.code, "cannot be reached.")


def _wait(asked: str) -> float | None:
    """Seconds of a Retry-After, which is a number or a date; nothing for what is neither."""
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        until = parsedate_to_datetime(asked)
    except (ValueError, TypeError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def packed(value: Any) -> bytes:
    """JSON as UTF-8. Half characters (lone surrogates) become question marks: no service takes them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
