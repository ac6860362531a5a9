"""The page from which a telephone or tablet installs the certificate authority, over plain HTTP.

It cannot be served over HTTPS: the device does not trust that yet. So it holds nothing secret, offers two
addresses, sets no cookie, and shows the fingerprint to compare with the one printed on the computer.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

from amends.base.operations.certificates import facts_of

PAGE, FILE = "/install-certificate", "/amends-ca.crt"
_TEMPLATE = Path(__file__).with_suffix(".html")


@dataclass(frozen=True, slots=True)
class _Content:
    page: bytes
    authority: bytes


def render(fingerprint: str, address: str) -> str:
    """The whole page, Chinese first, then English. `address` is where the desk answers over HTTPS."""
    words = {"fingerprint": escape(fingerprint), "address": escape(address), "file": FILE}
    return Template(_TEMPLATE.read_text("utf-8")).substitute(words)


def serve(host: str, port: int, authority: Path, address: str) -> ThreadingHTTPServer:
    """Start answering in threads of this process. Raises OSError when the port is taken; stop with `shutdown()`."""
    content = _Content(render(facts_of(authority).fingerprint, address).encode(), authority.read_bytes())

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds for a request to arrive; a device that stalls must not hold a thread
        server_version, sys_version = "Amends", ""

        def do_GET(self) -> None:
            if self.path == PAGE:
                self._send("text/html; charset=utf-8", content.page)
            elif self.path == FILE:
                self._send("application/x-x509-ca-cert", content.authority)
            else:
                self.send_response(HTTPStatus.FOUND)
                self.send_header("Location", PAGE)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _send(self, media_type: str, body: bytes) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the page is static, and its visitors are the people in the room."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    return server
