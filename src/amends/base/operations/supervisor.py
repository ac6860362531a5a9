"""Running the web server and the worker as children: prefixed logs, restarts with back-off, a clean stop."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

SETTLED_SECONDS = 1.0  # alive this long, a child has read its code and settings and means to stay
STEADY_SECONDS = 30.0  # a child that ran this long starts again with the shortest wait
STOP_SECONDS = 10.0  # what a child gets to finish what it is doing
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
HOPELESS = 5  # crashes in a row before a first success, after which starting again helps nobody


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(slots=True)
class _Child:
    service: Service
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    crashes: int = 0
    next_start: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


def back_off(crashes: int) -> float:
    """Seconds to wait before start number `crashes + 1`: half a second, doubling up to half a minute."""
    return float(min(FIRST_WAIT * 2 ** (crashes - 1), LONGEST_WAIT)) if crashes else 0.0


class Supervisor:
    """Owns its children from start to end. `say` gets one finished line at a time, from several threads."""

    def __init__(self, services: Sequence[Service], say: Callable[[str], None]) -> None:
        self._children = [_Child(service) for service in services]
        self._say = say
        self._width = max(len(service.name) for service in services)
        self._stop = threading.Event()
        self._impatient = False
        self._ready = False

    def run(self, *, is_ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Until a signal: 0. If a child keeps crashing before the house was ever ready: 1.

        `announce` is called once, when `is_ready` first says so. Takes over SIGINT, SIGTERM and SIGHUP meanwhile.
        """
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in wanted}
        try:
            return self._loop(is_ready, announce)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._impatient = self._stop.is_set()  # asked a second time
        self._stop.set()

    def _loop(self, is_ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        while not self._stop.is_set():
            for child in self._children:
                self._tend(child)
                if not self._ready and child.crashes >= HOPELESS:
                    self._say(f"{child.service.name} cannot start; giving up (see its messages above)")
                    return 1
            if not self._ready and self._all_settled() and is_ready():
                self._ready = True
                announce()
            self._stop.wait(0.05)
        return 0

    def _all_settled(self) -> bool:
        now = time.monotonic()
        return all(
            c.process is not None and c.process.poll() is None and now - c.started >= SETTLED_SECONDS
            for c in self._children
        )

    def _tend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.next_start:
                self._start(child, now)
            return
        code = child.process.poll()
        if code is None:
            return
        _sweep(child.process.pid)
        child.crashes = 1 if now - child.started >= STEADY_SECONDS else child.crashes + 1
        wait = back_off(child.crashes)
        child.process, child.next_start = None, now + wait
        self._say(f"{child.service.name} ended ({_ending(code)}); starting again in {wait:g} s")

    def _start(self, child: _Child, now: float) -> None:
        # A session of its own: Ctrl-C at the terminal reaches only the supervisor, and whatever the child
        # starts can be swept away as one group.
        child.process = subprocess.Popen(
            [sys.executable, "-m", "amends.base.operations.child", *child.service.command],
            env=dict(child.service.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        child.started = now
        stream = child.process.stdout
        if stream is None:  # cannot be: a pipe was asked for
            raise RuntimeError("the child has no output")
        reader = threading.Thread(target=self._relay, args=(child.service.name, stream), daemon=True)
        reader.start()
        child.readers = [*(r for r in child.readers if r.is_alive()), reader]

    def _relay(self, name: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._say(f"{name:<{self._width}} | {line.rstrip()}")

    def _stop_all(self) -> None:
        living = [c.process for c in self._children if c.process is not None]
        for process in living:
            _signal(process.pid, signal.SIGTERM, group=False)
        deadline = time.monotonic() + STOP_SECONDS
        while any(p.poll() is None for p in living) and time.monotonic() < deadline and not self._impatient:
            time.sleep(0.02)
        for process in living:
            _sweep(process.pid)
            process.wait()
        for child in self._children:
            for reader in child.readers:
                reader.join(timeout=1)


def _sweep(leader: int) -> None:
    """Kill whatever is left of a child's group, the leader included."""
    _signal(leader, signal.SIGKILL, group=True)


def _signal(pid: int, number: signal.Signals, *, group: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(pid, number)


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
