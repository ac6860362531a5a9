"""`amends doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from amends.judgement.rules.load import rulebook_dir
from tests.base.operations.conftest import House

pytestmark = pytest.mark.once


def diagnose(house: House) -> dict[str, dict[str, str]]:
    done = house.try_("doctor", "--json")
    assert "Traceback" not in done.stderr
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def test_a_good_house_that_is_not_running(house):
    found = diagnose(house)
    states = {name: check["state"] for name, check in found.items() if name != "rulebook"}
    assert states == {
        "python": "ok",
        "home": "ok",
        "disk": "ok",
        "secrets": "ok",
        "sqlite": "ok",
        "database": "ok",
        "migrations": "ok",
        "worker": "warn",
        "clock": "ok",
        "mail": "warn",
        "https": "warn",
    }
    assert "passkeys" in found["https"]["found"]
    assert found["worker"]["do"] == "start `amends up`"
    assert all(check["do"] for check in found.values() if check["state"] != "ok")


def test_an_empty_home_needs_its_schema(empty_house):
    found = diagnose(empty_house)
    assert found["migrations"]["state"] == "warn"
    assert "worker" not in found


def test_keys_that_others_can_read(house):
    (house.home / "keys" / "secret").chmod(0o644)
    assert diagnose(house)["secrets"]["state"] == "fail"
    assert house.try_("doctor").returncode == 1


def test_a_job_that_nobody_took(house):
    house.python(
        "from datetime import timedelta\nfrom django.utils import timezone\n"
        "from amends.base.jobs.models import Job\nn = timezone.now() - timedelta(minutes=3)\n"
        "Job.objects.create(kind='x', due=n, created_at=n)\n"
    )
    assert diagnose(house)["worker"]["found"] == "1 jobs are overdue by more than two minutes"


def test_a_clock_that_went_back(house):
    with closing(sqlite3.connect(house.home / "amends.sqlite3")) as database:
        database.execute("UPDATE ledger_entry SET at = '2099-01-01 00:00:00'")
        database.commit()
    assert diagnose(house)["clock"]["state"] == "fail"


def test_a_damaged_database_is_a_line_and_not_a_traceback(house):
    (house.home / "amends.sqlite3").write_bytes(b"not a database" * 1000)
    assert diagnose(house)["database"]["state"] == "fail"


def test_postgresql_that_is_not_there(tmp_path):
    found = diagnose(House(tmp_path / "home", "postgres://x:y@127.0.0.1:1/z"))
    assert found["database"]["state"] == "fail"
    assert found["database"]["do"] == "check DATABASE_URL, and that the server runs"


def test_a_broken_rule_file_is_named(house, tmp_path):
    folder = tmp_path / "rules" / "platforms"
    folder.mkdir(parents=True)
    (folder / "bad.yaml").write_text("rules:\n  - id: 7\n")
    house.further = {"AMENDS_RULEBOOK": str(tmp_path / "rules")}
    check = diagnose(house)["rulebook"]
    assert check["state"] == "fail"
    assert "bad.yaml" in check["found"]


def test_rules_not_read_for_half_a_year_are_a_warning(house, tmp_path):
    """Taken from a copy whose every rule was read long ago, so that the test does not age with the calendar."""
    copy = tmp_path / "book"
    shutil.copytree(rulebook_dir(), copy)
    for path in copy.rglob("*.yaml"):
        path.write_text(re.sub(r"retrieved: 2026-\d\d-\d\d", "retrieved: 2020-01-01", path.read_text("utf-8")), "utf-8")
    house.further = {"AMENDS_RULEBOOK": str(copy)}
    found = diagnose(house)["rulebook"]
    assert found["state"] == "warn"
    assert "amends rules freshness" in found["do"]
