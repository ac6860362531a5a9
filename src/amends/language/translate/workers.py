"""Engines in processes of their own: a model that crashes, hangs or panics takes nothing of ours with it.

One process serves all local models, one call at a time; threads wait their turn. It is started on first use, killed
when a call takes too long, started again for the next one, and ends with us.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Final

from amends.language.translate.core.engine import Answer, Ask, Caps, EngineFailed
from amends.language.translate.store import Model

TIME: Final = 60.0  # seconds one call may take, the loading of a model included
_STOP: Final = 2.0
_CHUNK: Final = 65536


class Worker:
    """A child that answers JSON lines. `command` is for tests: another program in its place."""

    def __init__(self, command: list[str] | None = None, limit: float = TIME) -> None:
        self._command = command or [sys.executable, "-m", "amends.language.translate.worker_main"]
        self._limit = limit
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._rest = b""

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises EngineFailed `crashed`, `timeout` or `bad_answer`; the child is gone then and the next call gets a
        new one."""
        with self._lock:
            try:
                self._start()
                return self._answer(request)
            except EngineFailed:
                self._kill()
                raise
            except (OSError, ValueError) as error:
                self._kill()
                raise EngineFailed("crashed", f"the translating process: {type(error).__name__}") from None

    def _start(self) -> None:
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return
        # After a fork the pipes belong to the parent's child; this process needs its own.
        self._child, self._owner, self._rest = None, os.getpid(), b""
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        child = self._child
        assert child is not None  # noqa: S101 - started above
        assert child.stdin is not None  # noqa: S101 - a pipe
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        line = self._line(child)
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise EngineFailed("bad_answer", "the translating process said something else")
        return answer

    def _line(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout is not None  # noqa: S101 - a pipe
        ends = time.monotonic() + self._limit
        while b"\n" not in self._rest:
            left = ends - time.monotonic()
            if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
                raise EngineFailed("timeout", f"no translation within {self._limit:.0f} s")
            chunk = os.read(child.stdout.fileno(), _CHUNK)
            if not chunk:
                raise EngineFailed("crashed", "the translating process ended")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _kill(self) -> None:
        child, self._child, self._rest = self._child, None, b""
        if child is None or self._owner != os.getpid():
            return
        with suppress(OSError):
            child.kill()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_STOP)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def close(self) -> None:
        with self._lock:
            self._kill()


_shared = Worker()
atexit.register(_shared.close)


class InWorker:
    """A local model as an engine: the same answers, from the process beside us."""

    external = False

    def __init__(
        self, model: Model, pairs: frozenset[tuple[str, str]], max_chars: int, worker: Worker | None = None
    ) -> None:
        self.id = model.id
        self.non_commercial = model.non_commercial
        self.model = model
        self._pairs = pairs
        self._max = max_chars
        self._worker = worker or _shared

    def pairs(self) -> frozenset[tuple[str, str]]:
        return self._pairs

    def caps(self) -> Caps:
        return Caps(max_chars=self._max, batch=32)

    def translate(self, ask: Ask) -> Answer:
        if (ask.source, ask.target) not in self._pairs:
            raise EngineFailed("no_pair", f"{self.id} has no {ask.source} to {ask.target}")
        answer = self._worker.ask(
            {"model": self.id, "segments": list(ask.segments), "source": ask.source, "target": ask.target}
        )
        if "error" in answer:
            raise EngineFailed(str(answer["error"]), str(answer.get("message", "")))
        return Answer(tuple(str(text) for text in answer["segments"]), str(answer["model"]))
