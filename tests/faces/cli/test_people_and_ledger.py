"""Organisations, people, ledger and demo from the command line, on a real installation."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing

import pytest

from amends.base.ledger import core

pytestmark = pytest.mark.once


def test_the_first_owner_gets_a_link_or_a_password(house):
    made = house.run("organisation", "add", "深圳 外贸", "--owner", "Owner@Example.com", "--slug", "sz")
    assert made["owner"] == {"email": "owner@example.com", "name": "", "role": "owner"}
    script = (
        "from amends.base.accounts.models import User\n"
        "u = User.objects.get(email='owner@example.com'); print(u.has_usable_password(), u.check_password('{}'))"
    )
    assert house.python(script.format("")) == "False False\n"
    said = house.run("user", "reset-password", "owner@example.com", "--organisation", "sz")
    assert house.python(script.format(said["password"])) == "True True\n"
    house.run(
        "user",
        "reset-password",
        "owner@example.com",
        "--organisation",
        "sz",
        "--password-stdin",
        stdin="öre långt lösen\n",
    )
    assert house.python(script.format("öre långt lösen")) == "True True\n"


def test_people_and_their_roles(house):
    assert house.run(
        "user", "add", "a@x.example", "--role", "agent", "--password-stdin", stdin="a long enough one\n"
    ) == {"user": {"email": "a@x.example", "name": "", "role": "agent"}}
    assert house.refuses("user", "add", "a@x.example")["code"] == "already_member"
    assert house.run("user", "add", "A@x.example", "--organisation", "rival")["user"]["role"] == "agent"
    assert house.run("user", "role", "a@x.example", "finance")["user"]["role"] == "finance"
    listed = {u["email"]: u["role"] for u in house.run("user", "list")["users"]}
    assert listed == {"a@x.example": "finance", "o@acme.example": "owner"}
    assert house.refuses("user", "role", "o@acme.example", "viewer")["code"] == "last_owner"
    assert house.refuses("user", "role", "o@acme.example", "king", code=2)["code"] == "usage"
    assert house.refuses("user", "role", "o@rival.example", "viewer")["code"] == "unknown_user"


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["user", "add", "not a mail"], "", "bad_email"),
        (["user", "add", "b@x.example", "--password-stdin"], "short\n", "weak_password"),
        (["user", "add", "b@x.example", "--password-stdin"], "", "empty"),
        (["organisation", "add", "  "], "", "empty"),
        (["organisation", "add", "Again", "--slug", "acme"], "", "taken"),
        (["organisation", "add", "Bad", "--slug", "No Slug"], "", "bad_slug"),
        (["organisation", "add", "Bad", "--country", "XX"], "", "unknown_country"),
        (["organisation", "add", "Bad", "--currency", "BTC"], "", "unknown_currency"),
        (["organisation", "add", "Bad", "--time-zone", "Moon"], "", "unknown_time_zone"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(house, arguments, stdin, code):
    before = house.run("ledger", "head")
    assert house.refuses(*arguments, stdin=stdin)["code"] == code
    assert house.run("ledger", "head") == before


def test_a_changed_byte_names_its_entry(house):
    house.run("user", "role", "o@acme.example", "owner")
    assert [r["holds"] for r in house.run("ledger", "verify")["ledgers"]] == [True, True]
    with closing(sqlite3.connect(house.home / "amends.sqlite3")) as database:
        database.execute(
            "UPDATE ledger_entry SET payload = replace(payload, 'owner', 'ownes') "
            "WHERE seq = 2 AND organisation_id = (SELECT id FROM accounts_organisation WHERE slug = 'rival')"
        )
        database.commit()
    error = house.refuses("ledger", "verify")
    assert (error["code"], error["where"]) == ("ledger_broken", "rival/2")
    assert error["message"] == "rival: entry 2 was changed after it was written"
    assert house.run("ledger", "verify", "--organisation", "acme")["ledgers"][0]["holds"]


def test_the_export_can_be_checked_by_anybody(house, tmp_path):
    house.run("organisation", "add", "Other", "--owner", "x@other.example")
    written = house.run("ledger", "export", "--to", str(tmp_path / "l.jsonl"), "--organisation", "acme")
    content = (tmp_path / "l.jsonl").read_bytes()
    assert written["sha256"] == hashlib.sha256(content).hexdigest()
    lines = [json.loads(line) for line in content.splitlines()]
    assert [entry["verb"] for entry in lines] == ["team:organisation:created", "team:member:added"]

    from datetime import datetime

    sealed = [core.Sealed(**{**entry, "at": datetime.fromisoformat(entry["at"])}) for entry in lines]
    assert core.verify(sealed) is None
    assert lines[-1]["hash"] == next(
        h["hash"] for h in house.run("ledger", "head")["heads"] if h["organisation"] == "acme"
    )


def test_removing_an_absent_demo_is_no_error(house):
    assert house.run("demo", "remove") == {"demo": "absent"}


def test_every_setting_is_shown_with_its_origin(house):
    rows = {row["name"]: row for row in house.run("settings")["settings"]}
    assert rows["AMENDS_HOME"]["given"] is True
    assert rows["AMENDS_PORT"] == {
        "name": "AMENDS_PORT",
        "value": "8765",
        "given": False,
        "default": "8765",
        "meaning": "Port of the web server.",
    }
