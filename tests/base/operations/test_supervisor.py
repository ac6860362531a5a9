"""Children that crash, linger, or leave children of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from amends.base.operations.supervisor import back_off

pytestmark = [pytest.mark.once, pytest.mark.chaos]
ROOT = Path(__file__).resolve().parents[3]


def test_waits_double_up_to_half_a_minute():
    assert [back_off(n) for n in (0, 1, 2, 3, 6, 7, 8, 50)] == [0, 0.5, 1, 2, 16, 30, 30, 30]


def alive(pid: int) -> bool:
    """A zombie is not alive: it only waits to be counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pids: list[int], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(alive, pids))


def supervise(tmp_path: Path, child: str, *, ready: str = "True") -> subprocess.Popen[str]:
    """A supervisor of one child that runs the given script; the child notes process ids in `pids`."""
    (tmp_path / "child.py").write_text(textwrap.dedent(child))
    script = textwrap.dedent(f"""
        import os, sys
        from pathlib import Path
        from amends.base.operations.supervisor import Service, Supervisor
        pids = Path({str(tmp_path / "pids")!r})
        service = Service("child", [sys.executable, {str(tmp_path / "child.py")!r}, str(pids)], os.environ)
        say = lambda line: print(line, flush=True)
        code = Supervisor([service], say).run(is_ready=lambda: {ready}, announce=lambda: say("READY"))
        sys.exit(code)
    """)
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)


NOTE = """
import os, sys, time, subprocess, signal
note = lambda p: open(sys.argv[1], "a").write(f"{p}\\n")
note(os.getpid())
"""


def pids_of(tmp_path: Path, count: int) -> list[int]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if (tmp_path / "pids").exists():
            found = (tmp_path / "pids").read_text().split()
            if len(found) >= count:
                return [int(p) for p in found]
        time.sleep(0.02)
    raise AssertionError("the children did not start")


FAMILY = f"""{NOTE}
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
note(child.pid)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_children_and_grandchildren(tmp_path, number):
    process = supervise(tmp_path, FAMILY)
    pids = pids_of(tmp_path, 2)
    assert process.stdout.readline() == "READY\n"
    process.send_signal(number)
    assert process.wait(10) == 0
    assert gone(pids)
    process.stdout.close()


def test_a_child_that_will_not_stop_is_killed_when_asked_twice(tmp_path):
    process = supervise(tmp_path, NOTE + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nnote(0)\ntime.sleep(600)\n")
    pid = pids_of(tmp_path, 2)[0]
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert alive(pid)  # it gets its time
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert gone([pid])
    process.stdout.close()


def test_a_killed_supervisor_takes_its_children_along(tmp_path):
    process = supervise(tmp_path, NOTE + "time.sleep(600)\n")
    pids = pids_of(tmp_path, 1)
    process.kill()
    process.wait()
    assert gone(pids)
    process.stdout.close()


def test_a_crashed_child_is_started_again_and_its_lines_are_marked(tmp_path):
    process = supervise(tmp_path, NOTE + "print('hello', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n")
    pids = pids_of(tmp_path, 2)
    assert pids[0] != pids[1]
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert "child | hello" in out
    assert "child ended (signal SIGKILL); starting again in 0.5 s" in out


def test_what_never_starts_is_given_up(tmp_path):
    process = supervise(tmp_path, "raise SystemExit('broken')", ready="False")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out.count("child | broken") == 5
    assert "child cannot start; giving up" in out


def test_the_test_sees_the_living():
    assert alive(os.getpid())


def test_a_house_whose_worker_keeps_crashing_is_never_called_ready(tmp_path):
    process = supervise(tmp_path, "import time; time.sleep(0.3); raise SystemExit('broken')")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "READY" not in out
