"""Files are kept once, whole, under their hash, and seen by their organisation only."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.base.accounts.core import Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.base.files import core, disk, queries
from amends.base.files.actions import store
from amends.base.files.models import StoredFile
from amends.kernel.outcome import InputError, Problem

BODY = b"receipt of parcel LX123456785CN\n" * 100_000  # three blocks and a bit
HASH = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["stream", "path", "bytes"])
def test_bytes_lie_under_their_hash(scope: Scope, now: datetime, own_home: Path, kind: str) -> None:
    path = own_home / "given"
    path.write_bytes(BODY)
    source = {"stream": BytesIO(BODY), "path": path, "bytes": BODY}[kind]
    kept = store(scope, source, "receipt.txt", "text/plain", now)
    assert (kept.sha256, kept.size, kept.name, kept.media_type) == (HASH, len(BODY), "receipt.txt", "text/plain")
    place = own_home / "files" / HASH[:2] / HASH[2:4] / HASH
    assert queries.path_of(scope, kept.pk) == place
    assert place.read_bytes() == BODY
    assert place.stat().st_mode & 0o777 == 0o600
    with queries.open_file(scope, kept.pk) as stream:
        assert stream.read() == BODY
    assert queries.is_whole(scope, kept.pk) is True
    assert list((own_home / "files" / "incoming").iterdir()) == []


@pytest.mark.django_db
def test_the_same_bytes_are_one_row_and_one_file(scope: Scope, now: datetime, own_home: Path) -> None:
    first = store(scope, BODY, "a.txt", "text/plain", now)
    again = store(scope, BytesIO(BODY), "b.txt", "text/html", now + timedelta(days=1))
    assert again == first
    assert (again.name, again.created_at) == ("a.txt", now)
    assert len([p for p in (own_home / "files").rglob("*") if p.is_file()]) == 1


@pytest.mark.django_db
def test_two_organisations_share_bytes_but_not_rows(
    scope: Scope, other_organisation: Organisation, now: datetime
) -> None:
    other = system_scope(other_organisation.pk)
    mine, theirs = store(scope, BODY, "a", "", now), store(other, BODY, "b", "", now)
    assert mine.pk != theirs.pk
    assert queries.path_of(scope, mine.pk) == queries.path_of(other, theirs.pk)
    assert queries.get(other, mine.pk) is None
    assert queries.is_whole(other, mine.pk) is False
    with pytest.raises(FileNotFoundError):
        queries.open_file(other, mine.pk)


@pytest.mark.django_db
def test_a_file_over_the_limit_leaves_nothing(scope: Scope, now: datetime, own_home: Path) -> None:
    assert store(scope, BODY, "a", "", now, max_bytes=len(BODY)).size == len(BODY)
    endless = BytesIO(BODY + b"x")
    with pytest.raises(InputError) as refused:
        store(scope, endless, "b", "", now, max_bytes=len(BODY))
    assert refused.value.problems == [Problem("file_too_large", "file", {"max_bytes": len(BODY)})]
    assert StoredFile.objects.count() == 1
    assert list((own_home / "files" / "incoming").iterdir()) == []


@pytest.mark.django_db
def test_an_empty_file_is_a_file(scope: Scope, now: datetime) -> None:
    kept = store(scope, b"", "", "", now)
    assert (kept.size, kept.name, kept.sha256[:8]) == (0, "file", "e3b0c442")


@pytest.mark.django_db
def test_a_damaged_file_is_noticed_and_mended_by_its_bytes(scope: Scope, now: datetime) -> None:
    kept = store(scope, BODY, "a", "", now)
    place = queries.path_of(scope, kept.pk)
    place.write_bytes(BODY[:-1])
    assert queries.is_whole(scope, kept.pk) is False
    store(scope, BODY, "a", "", now)
    assert queries.is_whole(scope, kept.pk) is True
    place.unlink()
    assert queries.is_whole(scope, kept.pk) is False


def test_what_a_killed_process_left_is_dropped_after_a_day(own_home: Path) -> None:
    assert disk.drop_abandoned(datetime.now(UTC)) == 0
    incoming = own_home / "files" / "incoming"
    incoming.mkdir(parents=True)
    for name, age in (("old", 100_000), ("new", 10)):
        (incoming / name).write_bytes(b"half")
        stamp = datetime(2026, 11, 20, tzinfo=UTC).timestamp() - age
        os.utime(incoming / name, (stamp, stamp))
    assert disk.drop_abandoned(datetime(2026, 11, 19, tzinfo=UTC)) == 1
    assert [p.name for p in incoming.iterdir()] == ["new"]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("订单 2026-11.xlsx", "订单 2026-11.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\report.csv", "report.csv"),
        ("/", "file"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("invoice_\u202efdp.exe", "invoice_fdp.exe"),
        ("a\x00b\x1b[31m.txt", "ab[31m.txt"),
        ("two\nlines\u200b.csv", "two lines.csv"),
        ('we<ir>d:"|?*.csv', "we_ir_d_____.csv"),
        ("CON.txt", "_CON.txt"),
        ("lpt1", "_lpt1"),
        ("trailing. ", "trailing"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("x" * 300 + ".tar.gz", "x" * 252 + ".gz"),
        ("y" * 300, "y" * 255),
    ],
)
def test_names_are_made_harmless(given_name: str, kept: str) -> None:
    assert core.safe_name(given_name) == kept


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_hides_anything(name: str) -> None:
    safe = core.safe_name(name)
    assert 0 < len(safe) <= 255
    assert not set(safe) & set('/\\<>:"|?*\x00\n\u202e')
    assert safe not in {".", ".."}
    assert core.safe_name(safe) == safe


@pytest.mark.parametrize("wrong", ["", "../" + "a" * 61, "A" * 64, "g" * 64])
def test_only_a_hash_has_an_address(wrong: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        core.address(wrong)
