"""`amends jobs` as an operator types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from amends.base.accounts.core import Scope
from amends.base.jobs import JobState, enqueue
from amends.base.jobs.models import Cron, Job
from amends.base.ledger import queries as ledger
from amends.faces.cli import main

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Result:
    exit_code: int
    output: str


@pytest.fixture
def amends(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    def call(*words: str) -> Result:
        with pytest.raises(SystemExit) as left:
            main(["jobs", *words])
        return Result(left.value.code, capsys.readouterr().out)

    return call


def _said(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.output)


@pytest.fixture
def ids(scope: Scope, now: datetime) -> list[int]:
    """Three dead jobs, the last of another kind, and one that waits."""
    made = [enqueue(kind, {"n": 1}, now=now, organisation_id=scope.organisation_id) for kind in ("a", "a", "b", "c")]
    Job.objects.filter(pk__in=made[:3]).update(state=JobState.DEAD, finished_at=now, last_error="ValueError: no")
    return made


def test_list_pages_and_counts(amends: Callable[..., Result], ids: list[int]) -> None:
    first = _said(amends("list", "--state", "dead", "--limit", "2", "--json"))
    assert [job["id"] for job in first["jobs"]] == [ids[2], ids[1]]
    assert first["counts"] == {"waiting": 1, "leased": 0, "done": 0, "dead": 3, "cancelled": 0}
    assert first["workers"] == []
    rest = _said(amends("list", "--state", "dead", "--cursor", first["next_cursor"], "--json"))
    assert ([job["id"] for job in rest["jobs"]], rest["next_cursor"]) == ([ids[0]], "")
    assert [job["id"] for job in _said(amends("list", "--kind", "c", "--json"))["jobs"]] == [ids[3]]
    text = amends("list").output
    assert "1 waiting, 0 leased, 0 done, 3 dead, 0 cancelled" in text
    assert "workers: none is running" in text
    assert amends("list", "--cursor", "x").exit_code == 2


def test_show_tells_why_a_job_is_dead(amends: Callable[..., Result], ids: list[int]) -> None:
    job = _said(amends("show", str(ids[0]), "--json"))
    assert (job["kind"], job["state"], job["args"], job["last_error"]) == ("a", "dead", {"n": 1}, "ValueError: no")
    assert "last_error   ValueError: no" in amends("show", str(ids[0])).output
    missing = _said(amends("show", "999999", "--json"), code=1)
    assert missing["error"]["code"] == "job_unknown"


def test_rerun_one_or_all(amends: Callable[..., Result], ids: list[int], scope: Scope) -> None:
    assert _said(amends("rerun", str(ids[0]), "--json")) == {"rerun": 1}
    assert _said(amends("rerun", "--all-dead", "--kind", "a", "--json")) == {"rerun": 1}
    assert _said(amends("rerun", "--all-dead", "--json")) == {"rerun": 1}
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.WAITING}
    assert ledger.head(scope)[0] == 3
    refused = _said(amends("rerun", str(ids[0]), "--json"), code=1)
    assert refused["error"]["params"] == {"job": ids[0], "state": "waiting"}
    for wrong in (["rerun"], ["rerun", "1", "--all-dead"]):
        assert amends(*wrong).exit_code == 2


def test_cancel_takes_waiting_and_dead_jobs(amends: Callable[..., Result], ids: list[int]) -> None:
    assert _said(amends("cancel", str(ids[0]), str(ids[3]), "--json")) == {"cancelled": 2}
    assert _said(amends("cancel", str(ids[3]), "--json"), code=1)["error"]["code"] == "job_state"
    assert Job.objects.filter(state=JobState.CANCELLED).count() == 2


def test_cron_lists_and_switches(amends: Callable[..., Result], scope: Scope, now: datetime) -> None:
    Cron.objects.create(name="scan", kind="imports.scan", every_seconds=60, next_due=now)
    (row,) = _said(amends("cron", "--disable", "scan", "--json"))["crons"]
    assert row == {
        "name": "scan",
        "kind": "imports.scan",
        "every": "60 s",
        "next": "2026-11-20T02:00:00+00:00",
        "enabled": False,
    }
    assert _said(amends("cron", "--enable", "scan", "--json"))["crons"][0]["enabled"] is True
    assert _said(amends("cron", "--enable", "none", "--json"), code=1)["error"]["code"] == "cron_unknown"
    assert "imports.scan" in amends("cron").output
