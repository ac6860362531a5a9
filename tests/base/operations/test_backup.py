"""Backup and restore, drilled: what comes back is what was there, and nothing is lost when something is wrong."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.base.operations.conftest import House

needs_client = pytest.mark.skipif(not shutil.which("pg_dump"), reason="no pg_dump on PATH")


def census(house: House) -> dict[str, object]:
    """Rows of every table and both ledger heads, read by Django on whichever engine."""
    script = (
        "import json\n"
        "from amends.base.operations import database\n"
        "c = database.postgres_census() if database.engine() == 'postgresql' else "
        "database.sqlite_census(database.sqlite_path())\n"
        "print(json.dumps([c.counts, c.heads]))\n"
    )
    counts, heads = json.loads(house.python(script))
    return {"counts": counts, "heads": heads}


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.once
def test_what_is_restored_is_what_was_backed_up(house, tmp_path):
    before = census(house)
    done = house.run("backup", str(tmp_path / "kept.tar.gz"))
    assert done["files"] == 2  # the stored file and the signing key
    assert (tmp_path / "kept.tar.gz").stat().st_mode & 0o777 == 0o600

    other = House(tmp_path / "elsewhere" / "home")
    restored = other.run("restore", str(tmp_path / "kept.tar.gz"), "--into", str(other.home))

    assert census(other) == before
    assert before["counts"]["orders_order"] == 2
    assert restored["heads"] == before["heads"] == {s: before["heads"][s] for s in ("acme", "rival")}
    name = Path("files/ab/cd") / ("abcd" + "0" * 60)
    assert sha(other.home / name) == sha(house.home / name)
    assert (other.home / "keys/secret").read_text() == (house.home / "keys/secret").read_text()
    assert (other.home / "keys").stat().st_mode & 0o777 == 0o700
    ledgers = other.run("ledger", "verify")["ledgers"]
    assert [(entry["organisation"], entry["holds"]) for entry in ledgers] == [("acme", True), ("rival", True)]


@pytest.mark.once
def test_a_full_home_is_not_overwritten_unless_forced_and_then_set_aside(house, tmp_path):
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    house.run("organisation", "add", "Later")
    assert house.refuses("restore", str(tmp_path / "kept.tar.gz"))["code"] == "not_empty"
    assert len(house.run("organisation", "list")["organisations"]) == 3

    done = house.run("restore", str(tmp_path / "kept.tar.gz"), "--force")
    assert len(house.run("organisation", "list")["organisations"]) == 2
    with closing(sqlite3.connect(Path(done["set_aside"]) / "amends.sqlite3")) as old:
        assert old.execute("SELECT count(*) FROM accounts_organisation").fetchone() == (3,)


def _rewritten(source: Path, target: Path, change) -> Path:
    """The same archive with `change(name, body) -> (name, body) | None` applied to each member."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for head in old:
            member = change(head.name, old.extractfile(head).read())
            if member:
                fresh = tarfile.TarInfo(member[0])
                fresh.size = len(member[1])
                new.addfile(fresh, io.BytesIO(member[1]))
    return target


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda n, b: (n, b[:-1] + bytes([b[-1] ^ 1])) if n.startswith("files/") else (n, b), "backup_damaged"),
        (lambda n, b: None if n.startswith("files/") else (n, b), "backup_damaged"),
        (lambda n, b: ("../../escaped", b) if n.startswith("files/") else (n, b), "backup_hostile"),
        (lambda n, b: ("/tmp/escaped", b) if n.startswith("files/") else (n, b), "backup_hostile"),  # noqa: S108
        (lambda n, b: None if n == "manifest.json" else (n, b), "backup_damaged"),
        (lambda n, b: (n, b.replace(b'"format": 1', b'"format": 9')), "backup_format"),
        (lambda n, b: (n, b.replace(b'"orders_order": 2', b'"orders_order": 3')), "restore_differs"),
    ],
    ids=["byte changed", "member lost", "path escapes", "absolute path", "no manifest", "newer format", "row missing"],
)
def test_a_damaged_backup_is_refused_and_nothing_is_touched(house, tmp_path, change, code):
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    bad = _rewritten(tmp_path / "kept.tar.gz", tmp_path / "bad.tar.gz", change)
    target = tmp_path / "target"
    assert house.refuses("restore", str(bad), "--into", str(target))["code"] == code
    assert not (target / "amends.sqlite3").exists()
    assert not list(target.glob(".restore-*"))
    assert not (tmp_path / "escaped").exists()


@pytest.mark.once
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_off_backup_is_refused(house, tmp_path, share):
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    whole = (tmp_path / "kept.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: int(len(whole) * share)])
    error = house.refuses("restore", str(tmp_path / "cut.tar.gz"), "--into", str(tmp_path / "t"))
    assert error["code"] == "backup_damaged"


@pytest.mark.once
@pytest.mark.parametrize("content", [b"", b"not an archive", gzip.compress(b"not a tar")])
def test_something_else_is_not_a_backup(house, tmp_path, content):
    (tmp_path / "x.tar.gz").write_bytes(content)
    assert house.refuses("restore", str(tmp_path / "x.tar.gz"), "--force")["code"] == "backup_damaged"
    assert len(house.run("organisation", "list")["organisations"]) == 2


@pytest.mark.once
def test_a_backup_is_never_overwritten(house, tmp_path):
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    assert house.refuses("backup", str(tmp_path / "kept.tar.gz"))["code"] == "exists"


@needs_client
def test_the_drill_on_postgresql(postgres_url, tmp_path):
    house = House(tmp_path / "home", postgres_url)
    house.fill()
    before = census(house)
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    house.run("organisation", "add", "Later")
    assert house.refuses("restore", str(tmp_path / "kept.tar.gz"))["code"] == "not_empty"

    for _ in range(2):  # the second time over what the first restored
        house.run("restore", str(tmp_path / "kept.tar.gz"), "--force")
        assert census(house) == before
    house.run("organisation", "add", "After")  # sequences go on where they were
    assert len(house.run("organisation", "list")["organisations"]) == 3
    house.run("backup", str(tmp_path / "again.tar.gz"))


@needs_client
def test_a_failed_restore_leaves_postgresql_as_it_was(postgres_url, tmp_path):
    house = House(tmp_path / "home", postgres_url)
    house.fill()
    before = census(house)
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    bad = _rewritten(
        tmp_path / "kept.tar.gz",
        tmp_path / "bad.tar.gz",
        lambda n, b: (n, b.replace(b'"orders_order": 2', b'"orders_order": 3')),
    )
    assert house.refuses("restore", str(bad), "--force")["code"] == "restore_differs"
    assert census(house) == before


@needs_client
def test_a_backup_of_the_other_engine_is_refused(postgres_url, house, tmp_path):
    house.run("backup", str(tmp_path / "kept.tar.gz"))
    other = House(tmp_path / "pg", postgres_url)
    assert other.refuses("restore", str(tmp_path / "kept.tar.gz"))["code"] == "other_engine"
