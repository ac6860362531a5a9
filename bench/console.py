"""The first page of the console in a real browser: bytes on the wire and time to interactive.

`python bench/console.py` starts an installation of its own with the demo (`amends up`), signs in, and opens Today
with an empty cache. Interactive is the browser's own `domInteractive` after navigation start; start-up is from the
command to the first answer, once with the demo being loaded and once without.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.request import urlopen

CHROMIUM = os.environ.get("AMENDS_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
ROUNDS = 5
DEMO = ("demo@amends.example", "demo-amends-2026")  # as `amends up` prints it


class Report(Protocol):
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None: ...


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as home:
        first, process, address = _start(home)
        _stop(process)
        again, process, address = _start(home)
        report.add("start-up, first time with the demo", first, "s")
        report.add("start-up after install", again, "s", bar=5, at_most=True)
        try:
            _measure(report, address)
        finally:
            _stop(process)


def _start(home: str) -> tuple[float, subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"AMENDS_HOME": home, "AMENDS_PORT": str(port), "DATABASE_URL": ""}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "amends.faces.cli", "up"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    while time.perf_counter() - begun < 60:
        try:
            with urlopen(f"{address}/healthz", timeout=1):  # noqa: S310 - our own server on loopback
                return time.perf_counter() - begun, process, address
        except (URLError, OSError):
            time.sleep(0.05)
    process.kill()
    raise RuntimeError("the server did not answer within a minute")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(20)


def _measure(report: Report, address: str) -> None:
    if not Path(CHROMIUM).exists():
        print(f"no Chromium at {CHROMIUM}: the console was left out")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        figures = [_first_page(browser, address, *DEMO) for _ in range(ROUNDS)]
        browser.close()
    interactive = sorted(f["interactive"] for f in figures)[ROUNDS // 2]
    report.add("console: Today, bytes on the wire", figures[0]["bytes"] / 1000, "kB", bar=250, at_most=True)
    report.add("console: Today, interactive (median of 5)", interactive / 1000, "s", bar=1, at_most=True)


def _first_page(browser: Any, address: str, email: str, password: str) -> dict[str, float]:
    """Sign in, then open the page in a second context that has the session but no cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    fresh = browser.new_context(storage_state=context.storage_state())
    page = fresh.new_page()
    page.goto(address, wait_until="networkidle")
    found: dict[str, float] = page.evaluate(
        """() => ({interactive: performance.getEntriesByType('navigation')[0].domInteractive,
        bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .reduce((sum, entry) => sum + entry.transferSize, 0)})"""
    )
    context.close()
    fresh.close()
    return found


class _Print:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        mark = "" if bar is None else f"   (bar {'≤' if at_most else '≥'} {bar:g})"
        print(f"{name:<44} {value:>12,.2f} {unit}{mark}")


if __name__ == "__main__":
    run(_Print())
