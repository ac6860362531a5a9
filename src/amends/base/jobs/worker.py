"""The worker process: `python -m amends.base.jobs.worker`. SIGTERM or SIGINT stops it after the job in hand.

Nothing here is imported from the tables at the top: as a program this module is read before Django is set up.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event
from types import FrameType

import django


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amends-worker", description="Runs background jobs until it is stopped.")
    parser.add_argument(
        "--threads", type=int, default=0, help="threads for short jobs; 0: 1 on SQLite, 4 on PostgreSQL"
    )
    parser.add_argument("--slow-threads", type=int, default=3, help="threads for imports, mail and outside calls")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Set Django up, load every handler, work until a signal says stop. Returns the exit code."""
    arguments = _arguments(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")
    django.setup()
    return serve(arguments.threads, arguments.slow_threads)


def serve(quick_threads: int, slow_threads: int, stop: Event | None = None) -> int:
    """Work in this process, with Django set up, until a signal. Returns the exit code; 1 asks to be started anew.

    Installs the signal handlers, so: main thread only.
    """
    from django.utils import timezone

    from amends.base.jobs import loop, registry
    from amends.base.settings import env

    registry.load_all()
    stop = stop or Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    plan = loop.Plan(quick_threads, slow_threads, poll_seconds=env.read_int("AMENDS_WORKER_POLL_MS") / 1000)
    try:
        loop.work(plan, timezone.now, stop)
    except loop.ThreadDied:
        return 1
    return 0


def run_until_idle(clock: Callable[[], datetime], *, with_crons: bool = False) -> int:
    """Run what is due by `clock` in this thread, for tests and one-shot commands; see `loop.run_until_idle`."""
    from amends.base.jobs import loop

    return loop.run_until_idle(clock, with_crons=with_crons)


if __name__ == "__main__":
    sys.exit(main())
