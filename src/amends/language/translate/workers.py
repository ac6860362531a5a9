"""Engines in processes of their own: a model that crashes, hangs or panics takes nothing of ours with it.

One process serves all local models, one call at a time; threads wait their turn. It is started on first use, killed
when a call takes too long, started again for the next one, ended when nobody has asked for a while, and ends with us.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from typing import Any, Final

from amends.language.translate.core.engine import Answer, Ask, Caps, EngineFailed
from amends.language.translate.store import Model

TIME: Final = 60.0  # seconds one call may take, the loading of a model included
IDLE: Final = 600.0  # seconds without a call after which the process, and the memory its models hold, is given up
_STOP: Final = 2.0
_CHUNK: Final = 65536
_MOST: Final = 8_000_000  # bytes of one answer


class Worker:
    """A child that answers JSON lines. `command` is for tests: another program in its place."""

    def __init__(self, command: list[str] | None = None, limit: float = TIME, idle: float = IDLE) -> None:
        self._command = command or [sys.executable, "-m", "amends.language.translate.worker_main"]
        self._limit = limit
        self._idle = idle
        self._used = 0.0
        self._fresh()
        _workers.add(self)

    def _fresh(self) -> None:
        """As if nothing had been started. After a fork the child, and a lock that a thread held, are the parent's."""
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._watch: threading.Thread | None = None
        self._rest = b""

    def forked(self) -> None:
        """In the new process: our ends of the pipes are closed, so that the child ends when its real parent does."""
        child = self._child
        self._fresh()
        if child is not None:
            child.returncode = 0  # not ours to wait for
            _shut(child)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises EngineFailed `crashed`, `timeout` or `bad_answer`; the child is gone then and the next call gets a
        new one."""
        lock = self._lock
        if not lock.acquire(timeout=self._limit):
            raise EngineFailed("timeout", f"the translating process was busy for {self._limit:.0f} s")
        try:
            self._start()
            return self._answer(request)
        except EngineFailed:
            self._kill()
            raise
        except (OSError, ValueError) as error:
            self._kill()
            raise EngineFailed("crashed", f"the translating process: {type(error).__name__}") from None
        except BaseException:
            self._kill()  # interrupted: the answer still to come would be taken for the next one's
            raise
        finally:
            self._used = time.monotonic()
            lock.release()

    def _start(self) -> None:
        if self._child is not None and self._child.poll() is None:
            return
        self._kill()
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        assert child.stdin is not None  # noqa: S101 - a pipe
        os.set_blocking(child.stdin.fileno(), False)  # a child that does not read must not hold us
        self._child, self._used = child, time.monotonic()
        if self._watch is None or not self._watch.is_alive():
            self._watch = threading.Thread(target=self._end_when_idle, name="translating process", daemon=True)
            self._watch.start()

    def _end_when_idle(self) -> None:
        lock = self._lock
        while True:
            time.sleep(max(0.05, self._used + self._idle - time.monotonic()))
            with lock:
                if self._child is None or time.monotonic() - self._used >= self._idle:
                    self._kill()
                    self._watch = None
                    return

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        child = self._child
        assert child is not None  # noqa: S101 - started above
        assert child.stdin is not None  # noqa: S101 - a pipe
        ends = time.monotonic() + self._limit
        self._send(child.stdin.fileno(), json.dumps(request).encode() + b"\n", ends)
        line = self._line(child, ends)
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise EngineFailed("bad_answer", "the translating process said something else")
        return answer

    def _send(self, pipe: int, data: bytes, ends: float) -> None:
        rest = memoryview(data)
        while rest:
            self._ready(pipe, selectors.EVENT_WRITE, ends)
            rest = rest[os.write(pipe, rest[:_CHUNK]) :]

    def _ready(self, pipe: int, event: int, ends: float) -> None:
        """Waits until the pipe can be used. Not by select(), which knows no file above number 1023."""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, event)
            left = ends - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise EngineFailed("timeout", f"no translation within {self._limit:.0f} s")

    def _line(self, child: subprocess.Popen[bytes], ends: float) -> bytes:
        assert child.stdout is not None  # noqa: S101 - a pipe
        while b"\n" not in self._rest:
            if len(self._rest) > _MOST:
                raise EngineFailed("bad_answer", "the translating process does not stop talking")
            self._ready(child.stdout.fileno(), selectors.EVENT_READ, ends)
            chunk = os.read(child.stdout.fileno(), _CHUNK)
            if not chunk:
                raise EngineFailed("crashed", "the translating process ended")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _kill(self) -> None:
        child, self._child, self._rest = self._child, None, b""
        if child is None:
            return
        with suppress(OSError):
            child.kill()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_STOP)
        _shut(child)

    def close(self) -> None:
        """Ends the process, a call that is running included: its thread is told that it crashed."""
        child = self._child
        if child is not None:
            with suppress(OSError):
                child.kill()
        with self._lock:
            self._kill()


def _shut(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _forked() -> None:
    for worker in list(_workers):
        worker.forked()


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()
os.register_at_fork(after_in_child=_forked)
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
