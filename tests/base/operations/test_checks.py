"""What the doctor says of the worker in the moments after a start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.base.jobs import presence
from amends.base.operations import checks, home

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_worker_that_has_not_signed_yet_is_starting_and_later_missing(tmp_path) -> None:
    home.make(tmp_path)
    assert checks.worker(tmp_path, NOW).found == "amends is not running"
    with home.running(tmp_path):
        home.note_run(tmp_path, {"since": NOW.isoformat()})
        assert checks.worker(tmp_path, NOW + timedelta(seconds=44)).state is checks.State.WARN
        assert checks.worker(tmp_path, NOW + timedelta(seconds=45)).state is checks.State.FAIL
        presence.begin("w", NOW + timedelta(seconds=40))
        assert checks.worker(tmp_path, NOW + timedelta(seconds=45)).state is checks.State.OK


@pytest.mark.django_db
def test_a_note_without_a_time_excuses_nobody(tmp_path) -> None:
    home.make(tmp_path)
    with home.running(tmp_path):
        home.note_run(tmp_path, {"pid": 1})
        assert checks.worker(tmp_path, NOW).state is checks.State.FAIL
