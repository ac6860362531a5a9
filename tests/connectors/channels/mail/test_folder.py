from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

import pytest

from amends.base.accounts.core import Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.connectors.channels.mail import folder
from amends.connectors.channels.mail.fetch import fetch_folder
from amends.intake.conversations.core import split_mbox
from amends.intake.conversations.models import Message
from tests.intake.conversations.mails import raw_mail


def mbox(*raws: bytes) -> bytes:
    return b"".join(
        b"From ann@mail.example Fri Nov 20 02:00:00 2026\n" + raw.replace(b"\nFrom ", b"\n>From ") + b"\n\n"
        for raw in raws
    )


@pytest.mark.django_db
def test_files_become_messages_and_are_put_away(scope: Scope, now: datetime, home: Path) -> None:
    place = home / "in" / "mail"
    place.mkdir(parents=True)
    (place / "one.eml").write_bytes(raw_mail("one"))
    (place / "box.mbox").write_bytes(mbox(raw_mail("two\n\nFrom the box: broken"), raw_mail("three"), raw_mail("one")))
    (place / "empty.eml").write_bytes(b"")
    (place / "notes.txt").write_bytes(b"not ours")
    reports = {r.source: (r.received, r.repeated, len(r.skipped)) for r in fetch_folder(scope, home, now, 0)}
    assert sum(r[0] for r in reports.values()) == 3
    assert sum(r[1] for r in reports.values()) == 1
    assert reports["empty.eml"] == (0, 0, 1)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["one", "three", "two\n\nFrom the box: broken"]
    assert sorted(str(p.relative_to(place)) for p in place.rglob("*") if p.is_file()) == [
        "done/box.mbox", "done/one.eml", "failed/empty.eml", "failed/empty.eml.txt", "notes.txt",
    ]  # fmt: skip
    assert (place / "failed" / "empty.eml.txt").read_text() == "mail 1: mail_empty\n"
    (place / "one.eml").write_bytes(raw_mail("one"))
    (again,) = fetch_folder(scope, home, now, 0)
    assert (again.received, again.repeated) == (0, 1)
    assert (place / "done" / "one-2.eml").exists()


@pytest.mark.django_db
def test_each_organisation_reads_its_own_folder(
    scope: Scope, now: datetime, home: Path, other_organisation: Organisation
) -> None:
    for slug in ("acme", "rival"):
        (home / "in" / "mail" / slug).mkdir(parents=True)
        (home / "in" / "mail" / slug / "a.eml").write_bytes(raw_mail(f"for {slug}"))
    (home / "in" / "mail" / "b.eml").write_bytes(raw_mail("for the first"))
    fetch_folder(system_scope(other_organisation.pk), home, now, 0)
    assert list(Message.objects.values_list("text", flat=True)) == ["for rival"]
    fetch_folder(scope, home, now, 0)
    mine = Message.objects.filter(organisation_id=scope.organisation_id)
    assert sorted(mine.values_list("text", flat=True)) == ["for acme", "for the first"]


def test_a_file_still_being_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.EML"
    path.write_bytes(raw_mail())
    assert folder.waiting(tmp_path) == []
    os.utime(path, (time.time() - 10, time.time() - 10))
    assert folder.waiting(tmp_path) == [path]


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "a.eml").symlink_to(tmp_path / "secret")
    assert folder.waiting(tmp_path, 0) == []
    assert folder.waiting(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("text", "mails"),
    [
        (b"", []),
        (b"no from line\n", []),
        (b"From a@b Fri Nov 20 02:00:00 2026\nSubject: x\n\none\n", [b"Subject: x\n\none\n"]),
        (b"From - x\na: 1\n\none\n\nFrom - x\na: 2\n\ntwo\n", [b"a: 1\n\none\n", b"a: 2\n\ntwo\n"]),
        (b"From - x\n\nFrom here it went wrong\n", [b"\nFrom here it went wrong\n"]),
        (b"From - x\n\n>From a\n>>From b\n", [b"\nFrom a\n>From b\n"]),
        (b"From - x\n\n" + b"y" * 100 + b"\n\nFrom - x\n\nz\n", [103, b"\nz\n"]),
    ],
)
def test_mbox(text: bytes, mails: list[bytes | int]) -> None:
    assert list(split_mbox(text.splitlines(keepends=True), most_bytes=50)) == mails
