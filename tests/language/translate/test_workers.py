"""The process that translates: killed when it hangs, ended when idle, one at a time, not shared over a fork."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time

import pytest

from amends.language.translate.core.engine import EngineFailed
from amends.language.translate.workers import Worker

ECHO = """
import sys, json, os
for line in sys.stdin:
    print(json.dumps({'segments': json.loads(line)['segments'], 'pid': os.getpid()}), flush=True)
"""


def worker_of(script, **more):
    return Worker([sys.executable, "-c", script], **more)


def gone(pid):
    """Not even a zombie."""
    return not os.path.exists(f"/proc/{pid}")  # noqa: PTH110 - a number, no path


def until(told):
    ends = time.monotonic() + 5
    while not told() and time.monotonic() < ends:
        time.sleep(0.05)
    return told()


def test_a_process_nobody_asks_is_ended_and_started_again():
    worker = worker_of(ECHO, limit=10.0, idle=0.3)
    first = worker.ask({"segments": ["a"]})["pid"]
    assert until(lambda: gone(first))
    assert worker.ask({"segments": ["b"]})["pid"] != first
    worker.close()


def test_a_request_larger_than_a_pipe_does_not_wait_for_a_process_that_does_not_read():
    worker = worker_of("import time; time.sleep(60)", limit=1.0)
    started = time.monotonic()
    with pytest.raises(EngineFailed) as failed:
        worker.ask({"segments": ["a" * 1_000_000]})
    assert (failed.value.code, time.monotonic() - started < 5) == ("timeout", True)
    worker.close()


def test_a_large_request_and_its_answer_pass():
    worker = worker_of(ECHO, limit=20.0)
    assert worker.ask({"segments": ["é" * 300_000]})["segments"] == ["é" * 300_000]
    worker.close()


def test_a_process_that_does_not_stop_talking_is_ended():
    worker = worker_of("import sys\nwhile True: sys.stdout.write('a' * 65536)", limit=20.0)
    with pytest.raises(EngineFailed) as failed:
        worker.ask({"segments": ["a"]})
    assert failed.value.code == "bad_answer"
    worker.close()


def test_threads_share_one_process_and_get_their_own_answers():
    worker, answers = worker_of(ECHO, limit=20.0), {}

    def ask(n):
        answers[n] = worker.ask({"segments": [f"text {n}"]})

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers[n]["segments"] == [f"text {n}"] for n in range(12))
    assert len({answer["pid"] for answer in answers.values()}) == 1
    worker.close()


def test_closing_ends_a_call_that_is_running():
    worker, told = worker_of("import time; time.sleep(60)", limit=60.0), []

    def ask():
        try:
            worker.ask({"segments": ["a"]})
        except EngineFailed as failed:
            told.append(failed.code)

    thread = threading.Thread(target=ask)
    thread.start()
    assert until(lambda: worker._child is not None)
    started = time.monotonic()
    worker.close()
    thread.join(5)
    assert (told, time.monotonic() - started < 5) == (["crashed"], True)


def test_a_process_that_was_killed_is_replaced():
    worker = worker_of(ECHO, limit=10.0)
    first = worker.ask({"segments": ["a"]})["pid"]
    os.kill(first, 9)
    time.sleep(0.1)
    assert worker.ask({"segments": ["b"]})["segments"] == ["b"]
    assert gone(first)
    worker.close()


FORKS = """
import os, sys
from amends.language.translate.workers import Worker
worker = Worker([sys.executable, '-c', sys.argv[1]], limit=10.0)
mine = worker.ask({'segments': ['parent']})['pid']
worker._lock.acquire()  # as another thread would hold it
pid = os.fork()
if pid == 0:
    answer = worker.ask({'segments': ['child']})
    worker.close()
    os._exit(0 if answer['segments'] == ['child'] and answer['pid'] != mine else 1)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
worker._lock.release()
again = worker.ask({'segments': ['parent']})
worker.close()
print(code, again['pid'] == mine)
"""


def test_after_a_fork_each_has_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKS, ECHO],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout.split(), done.stderr) == (["0", "True"], "")


def test_nothing_is_left_open():
    worker = worker_of(ECHO, limit=10.0)
    pid = worker.ask({"segments": ["a"]})["pid"]
    worker.close()
    del worker
    gc.collect()  # a pipe left open would warn, and warnings are errors here
    assert gone(pid)
