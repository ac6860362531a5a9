"""A service on loopback: the part that all fakes share.

A request that the real service would not take gets that service's error, and is written down in `wrong`, which the
tests assert to be empty. `canned` answers come first; `Canned(0)` hangs up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Canned:
    status: int
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0  # seconds between bytes


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in small letters
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Wrong(Exception):
    """What the real service would refuse: status and body."""

    def __init__(self, status: int, body: Any, why: str = "") -> None:
        super().__init__(why or str(body))
        self.status, self.body = status, body


def need(condition: object, status: int, body: Any, why: str) -> None:
    if not condition:
        raise Wrong(status, body, why)


class Service:
    """One fake. `answer` gives the body of a 200."""

    def __init__(self) -> None:
        self.url = ""
        self.canned: list[Canned] = []
        self.got: list[Request] = []
        self.wrong: list[str] = []

    def answer(self, request: Request) -> Any:
        raise NotImplementedError

    def handle(self, request: Request) -> Canned:
        self.got.append(request)
        if self.canned:
            return self.canned.pop(0)
        try:
            return Canned(200, self.answer(request))
        except Wrong as wrong:
            self.wrong.append(str(wrong))
            return Canned(wrong.status, wrong.body)

    @property
    def last(self) -> Any:
        return self.got[-1].json


@contextmanager
def running(service: Service) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def _do(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = service.handle(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw))
            time.sleep(answer.delay)
            if answer.status == 0:
                self.close_connection = True
                return
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                step = 1 if answer.drip else len(body) or 1
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    time.sleep(answer.drip)
            except OSError:
                self.close_connection = True  # the other side had enough

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
