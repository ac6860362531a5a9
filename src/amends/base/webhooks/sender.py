"""One HTTP POST to an address that somebody typed in: bounded, unredirected, and to the outside only."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

import httpx

from amends.base.webhooks.core import Answer, is_public, url_problem

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
MOST_ADDRESSES = 3

Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, without doubles. OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def post(
    url: str,
    text: str,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    resolver: Resolver = resolve,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Send `text`; never raises for what the other side does.

    The name is looked up once and the connection goes to the address that was checked, so a name that changes
    its mind between check and call (DNS rebinding) gains nothing. The certificate must still fit the name. The
    body of the answer is not read. `resolver` and `trust` are for tests.
    """
    problem = url_problem(url, allow_private=allow_private)
    if problem is not None:
        return Answer(None, problem.code)
    parts = urlsplit(url)
    try:
        addresses = resolver(str(parts.hostname), parts.port or _default_port(parts))
    except (OSError, UnicodeError) as error:
        return Answer(None, f"name not found: {error}"[:200])
    if not allow_private and not all(is_public(address) for address in addresses):
        return Answer(None, "webhook_url_private")
    return _try_each(parts, addresses[:MOST_ADDRESSES], text, headers, trust)


def _default_port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80


def _try_each(
    parts: SplitResult, addresses: list[str], text: str, headers: Mapping[str, str], trust: ssl.SSLContext | None
) -> Answer:
    answer = Answer(None, "name not found")
    # No proxy and no .netrc from the environment: they would undo the check of the address.
    with httpx.Client(timeout=TIMEOUT, verify=trust or True, trust_env=False, follow_redirects=False) as client:
        for address in addresses:
            try:
                return Answer(_send(client, parts, address, text, headers))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                answer = Answer(None, _reason(error))  # nothing was sent, the next address may be tried
            except httpx.HTTPError as error:
                return Answer(None, _reason(error))
    return answer


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _send(client: httpx.Client, parts: SplitResult, address: str, text: str, headers: Mapping[str, str]) -> int:
    shown = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    target = parts._replace(netloc=f"{shown}{port}").geturl()
    request = client.build_request(
        "POST",
        target,
        content=text.encode(),
        headers={**headers, "Host": parts.netloc, "Content-Type": "application/json; charset=utf-8"},
        extensions={"sni_hostname": parts.hostname},
    )
    response = client.send(request, stream=True)
    response.close()
    return response.status_code
