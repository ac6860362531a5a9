"""`amends up` as a person uses it: it starts, answers, says how to get in, and leaves nothing behind."""

from __future__ import annotations

import json
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amends.base.operations import certificates
from amends.base.operations.addresses import Reachable
from tests.base.operations.conftest import ROOT, House
from tests.base.operations.test_supervisor import gone

pytestmark = pytest.mark.once


def free_port() -> int:
    """A port whose neighbour is free as well: the page for telephones takes that one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def family(pid: int) -> list[int]:
    """The process and everything below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(p for child in children for p in family(int(child)))]


@contextmanager
def running(house: House, *arguments: str, code: int = 0):
    """Yields (what was announced, every process of the house); stops it with Ctrl-C and looks for survivors."""
    log = house.home.parent / f"{house.home.name}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "amends.faces.cli", "up", "--json", *arguments],
            env=house.environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert select.select([process.stdout], [], [], 40)[0], log.read_text()
            line = process.stdout.readline()
            assert line, log.read_text()
            pids = family(process.pid)
            yield json.loads(line), pids
        finally:
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=20)
    assert process.returncode == code, log.read_text()
    assert gone(pids), "a process survived Ctrl-C"
    assert out == ""


def diagnosis(house: House) -> dict[str, str]:
    """What each check of `amends doctor` says, whether or not another one fails."""
    return {c["name"]: c["state"] for c in json.loads(house.try_("doctor", "--json").stdout)["checks"]}


def fetch(url: str, **more) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=10, **more) as response:
        return response.status, response.read()


def test_it_starts_answers_and_leaves_nothing_behind(empty_house):
    port = free_port()
    with running(empty_house, "--empty", "--port", str(port)) as (said, pids):
        assert said["url"] == f"http://localhost:{port}"
        assert said["signin"] is None
        assert "amends organisation add" in said["hints"][0]
        assert len(pids) >= 3  # supervisor, web, worker
        status, body = fetch(f"{said['url']}/healthz")
        assert (status, json.loads(body)["status"]) == (200, "ok")
        again = empty_house.refuses("up", "--port", str(free_port()))
        assert (again["code"], again["params"]["pid"]) == ("already_running", pids[0])
        assert empty_house.refuses("restore", __file__, "--force")["code"] == "already_running"
        states = diagnosis(empty_house)
        assert (states["database"], states["migrations"]) == ("ok", "ok")
        ends = time.monotonic() + 40  # on a busy machine the worker starts for a while; it never fails
        while (state := states["worker"]) == "warn" and time.monotonic() < ends:
            states = diagnosis(empty_house)
        assert state == "ok"
    assert not (empty_house.home / "run.json").exists()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections may linger, a listener not
        probe.bind(("127.0.0.1", port))


def test_a_second_start_is_quick(house):
    started = time.monotonic()
    with running(house, "--empty", "--port", str(free_port())):
        took = time.monotonic() - started
    assert took < 15, f"{took:.1f} s"  # five on a quiet machine; the suite shares two cores


def test_a_taken_port_is_named(empty_house):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        error = empty_house.refuses("up", "--port", str(other.getsockname()[1]))
    assert (error["code"], error["where"]) == ("port_taken", "AMENDS_PORT")
    assert "AMENDS_PORT" in error["message"]


def test_a_crashed_web_server_comes_back(empty_house):
    port = free_port()
    with running(empty_house, "--empty", "--port", str(port)) as (said, pids):
        web = next(p for p in pids[1:] if b"granian" in Path(f"/proc/{p}/cmdline").read_bytes())
        subprocess.run(["kill", "-9", str(web)], check=True)
        assert gone([web])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                assert fetch(f"{said['url']}/healthz")[0] == 200
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the web server did not come back")
        pids.extend(family(pids[0]))


def test_https_for_telephones(empty_house):
    port = free_port()
    with running(empty_house, "--empty", "--tls", "--host", "127.0.0.1", "--port", str(port)) as (said, _):
        assert said["url"] == f"https://localhost:{port}"
        page_port = said["install_page"].partition("/install")[0].rpartition(":")[2]
        status, page = fetch(f"http://127.0.0.1:{page_port}/")  # any address leads to the page
        authority = fetch(f"http://127.0.0.1:{page_port}/amends-ca.crt")[1]
        assert status == 200
        shown = empty_house.run("tls", "show")["authority"]["fingerprint"]
        assert shown in page.decode()
        assert "安装" in page.decode()
        assert "iPhone" in page.decode()
        assert authority == (empty_house.home / "tls" / "ca.crt").read_bytes()
        trusting = ssl.create_default_context(cadata=authority.decode())
        assert fetch(f"https://localhost:{port}/healthz", context=trusting)[0] == 200
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            fetch(f"https://localhost:{port}/healthz", context=ssl.create_default_context())
        states = diagnosis(empty_house)
        assert states["https"] == "ok"


def test_https_with_given_files(empty_house, tmp_path):
    pair = certificates.ensure_local(tmp_path, Reachable(("localhost",), ()), datetime.now(UTC))
    port = free_port()
    files = [str(pair.certificate), str(pair.key)]
    with running(empty_house, "--empty", "--tls", "--port", str(port), "--host", "127.0.0.1", *files) as (said, _):
        assert (said["url"], said["install_page"]) == (f"https://localhost:{port}", "")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
        assert fetch(f"https://localhost:{port}/healthz", context=trusting)[0] == 200


@pytest.mark.enable_socket  # the fence knows only 127.0.0.1; the whole 127.0.0.0/8 is loopback
def test_the_address_listened_on_may_be_asked_for(empty_house):
    """A name that is not loopback's own is refused by Django unless `up` passes it on."""
    port = free_port()
    with running(empty_house, "--empty", "--host", "127.0.0.2", "--port", str(port)) as (said, _):
        assert said["url"] == f"http://127.0.0.2:{port}"
        with urllib.request.urlopen(said["url"], timeout=10) as response:
            assert response.status == 200


def test_files_without_tls_are_a_wrong_question(empty_house):
    assert empty_house.refuses("up", "a.crt", "a.key", code=2)["code"] == "usage"
    assert empty_house.refuses("up", "--tls", "a.crt", code=2)["code"] == "usage"
    assert empty_house.refuses("up", "--tls", "a.crt", "a.key")["code"] == "tls_unreadable"


def test_a_home_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    error = House(tmp_path / "file" / "home").refuses("up")
    assert (error["code"], error["where"]) == ("home_not_writable", "AMENDS_HOME")
