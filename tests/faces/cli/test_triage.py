"""`amends triage` as an operator runs it: on a home that is new, on one in use, and with files that are wrong."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MAILS = sorted(str(path) for path in (ROOT / "tests" / "mail").glob("*.eml"))
pytestmark = pytest.mark.once


def rows_in(house, table: str) -> int:
    with closing(sqlite3.connect(house.home / "amends.sqlite3")) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of this file


def test_every_mail_on_a_home_that_is_new(empty_house):
    """Nobody has added an organisation or run `amends up`; the world beside the mails is enough, and leaves no rows."""
    done = empty_house.try_("triage", *MAILS, "--json")
    assert (done.returncode, done.stderr) == (0, f"made a new database under {empty_house.home}\n")
    rows = {row["file"]: row for row in json.loads(done.stdout)}
    assert len(rows) == len(MAILS) == 44
    camera = rows["en-01.eml"]
    assert (camera["kind"], camera["decision"], camera["order"]) == ("not_received", "for_buyer", "27-12044-45131")
    assert camera["liable"] == [{"party": "seller", "share": 1.0, "rule": "EB-SIG"}]
    answer = next(clock for clock in camera["clocks"] if clock["rule"] == "EB-INR-RESP")
    assert datetime.fromisoformat(answer["due"]) == datetime.fromisoformat("2026-11-23T23:59:59-08:00")
    assert camera["remedy"]["code"] == "replacement"
    assert {row["draft"]["language"] == row["language"] for row in rows.values()} == {True}
    assert rows["en-08.eml"]["case"] == rows["en-07.eml"]["case"]
    assert [rows_in(empty_house, table) for table in ("accounts_organisation", "cases_case", "ledger_entry")] == [
        0,
        0,
        0,
    ]


def test_for_people_it_is_a_few_lines(empty_house):
    done = empty_house.try_("triage", *[mail for mail in MAILS if "ar-02" in mail or "zh-01" in mail])
    assert done.returncode == 0
    assert "ar-02.eml: C-1001 ar in_transit_late (not_received), order 27-12303-45768" in done.stdout
    assert "for_buyer: carrier 100% [CARRIER-LATE]" in done.stdout
    assert "ask for: photos or a video" in done.stdout


def test_without_a_world_the_cases_stay(house, tmp_path):
    mail = tmp_path / "late.eml"
    shutil.copy(ROOT / "tests" / "mail" / "ar-02.eml", mail)
    rows = house.run("triage", str(mail), "--organisation", "acme", "--at", "2026-11-20T02:00:00+00:00")
    assert [(row["leaf"], row["order"], row["opened"]) for row in rows] == [("in_transit_late", None, True)]
    again = house.run("triage", str(mail), "--organisation", "acme", "--at", "2026-11-20T02:00:00+00:00")
    assert (again[0]["case"], again[0]["opened"]) == (rows[0]["case"], False)
    assert rows_in(house, "cases_case") == 1


def test_a_robots_mail_is_kept_and_opens_nothing(house, tmp_path):
    mail = tmp_path / "away.eml"
    mail.write_bytes(b"From: b@example.org\nAuto-Submitted: auto-replied\nSubject: Away\n\nI am away until Monday.\n")
    rows = house.run("triage", str(mail), "--organisation", "acme")
    assert (rows[0]["case"], "auto_reply" in rows[0]["flags"]) == (None, True)
    assert rows_in(house, "cases_case") == 0


@pytest.mark.parametrize(
    ("world", "code", "where"),
    [
        ("{", "not_json", "w.json"),
        ("[]", "not_an_object", "w.json"),
        ("{}", "not_a_time", "w.json: now"),
        ('{"now": "2026-11-20T02:00:00"}', "zone_missing", "w.json: now"),
        ('{"now": "2026-11-20T02:00:00Z", "shops": [{"key": "a"}]}', "missing", "shops[0].platform"),
    ],
)
def test_a_wrong_world_is_named(house, tmp_path, world, code, where):
    described = tmp_path / "w.json"
    described.write_text(world)
    error = house.refuses("triage", MAILS[0], "--world", str(described))
    assert (error["code"], error["where"]) == (code, where)


def test_a_wrong_moment_is_named(house):
    error = house.refuses("triage", MAILS[0], "--at", "tomorrow")
    assert (error["code"], error["where"]) == ("not_a_time", "--at")


def test_an_empty_file_is_named(house, tmp_path):
    (tmp_path / "empty.eml").touch()
    error = house.refuses("triage", str(tmp_path / "empty.eml"), "--organisation", "acme")
    assert (error["code"], error["where"]) == ("mail_empty", "empty.eml")


def test_without_an_organisation_one_is_made(empty_house, tmp_path):
    mail = tmp_path / "a.eml"
    shutil.copy(MAILS[0], mail)
    done = empty_house.try_("triage", str(mail), "--json")
    assert done.returncode == 0
    assert "made the organisation 'my-shop'" in done.stderr
    assert [row["draft"]["template"] for row in json.loads(done.stdout)] == ["ask_order_number"]
