"""What operators see and may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from amends.base.accounts.core import ROLE_PERMISSIONS, NotAllowed, Permission, Role, Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import JobState, actions, enqueue, presence, queries
from amends.base.jobs.jobs import purge
from amends.base.jobs.models import Cron, Job, Presence
from amends.base.jobs.registry import job
from amends.base.jobs.worker import run_until_idle
from amends.base.ledger import queries as ledger
from amends.kernel.outcome import Refusal
from tests.base.jobs.conftest import Hands

pytestmark = pytest.mark.django_db


def _as(scope: Scope, role: Role) -> Scope:
    return replace(scope, permissions=ROLE_PERMISSIONS[role])


def _verbs(scope: Scope) -> list[tuple[str, str]]:
    return list(ledger.entries(scope).order_by("seq").values_list("verb", "subject_id"))


@pytest.fixture
def dead(scope: Scope, now: datetime) -> Job:
    enqueue("mail.send", {}, now=now, organisation_id=scope.organisation_id)
    Job.objects.update(state=JobState.DEAD, attempt=5, crashes=2, finished_at=now, last_error="refused")
    return Job.objects.get()


def test_a_dead_job_runs_again_with_all_its_attempts(scope: Scope, dead: Job, now: datetime) -> None:
    later = now + timedelta(hours=1)
    row = actions.rerun(scope, dead.pk, later)
    assert isinstance(row, Job)
    assert (row.state, row.attempt, row.crashes, row.due, row.finished_at) == (JobState.WAITING, 0, 0, later, None)
    assert row.last_error == "refused"
    assert _verbs(scope) == [("job:dead:rerun", str(dead.pk))]


def test_a_dead_job_that_is_run_again_succeeds(scope: Scope, dead: Job, clock: Hands) -> None:
    @job("mail.send")
    def send(_context: object) -> None: ...

    actions.rerun(scope, dead.pk, clock())
    assert run_until_idle(clock) == 1
    assert Job.objects.values_list("state", "attempt", "last_error").get() == (JobState.DONE, 1, "")


@pytest.mark.parametrize("state", [JobState.WAITING, JobState.LEASED, JobState.DONE, JobState.CANCELLED])
def test_only_a_dead_job_runs_again(scope: Scope, dead: Job, now: datetime, state: JobState) -> None:
    Job.objects.update(state=state)
    refused = actions.rerun(scope, dead.pk, now)
    assert refused == Refusal("job_state", params={"job": dead.pk, "state": state.name.lower()})
    assert _verbs(scope) == []


def test_cancelling_writes_one_entry_and_refuses_a_running_job(scope: Scope, dead: Job, now: datetime) -> None:
    assert isinstance(actions.cancel(scope, dead.pk, now), Job)
    assert Job.objects.get().state == JobState.CANCELLED
    Job.objects.update(state=JobState.LEASED)
    assert actions.cancel(scope, dead.pk, now) == Refusal("job_state", params={"job": dead.pk, "state": "leased"})
    assert _verbs(scope) == [("job:run:cancelled", str(dead.pk))]


def test_all_dead_jobs_of_a_kind_run_again_with_one_entry(scope: Scope, now: datetime) -> None:
    for kind in ("a", "a", "b"):
        enqueue(kind, {}, now=now, organisation_id=scope.organisation_id)
    ids = list(Job.objects.filter(kind="a").order_by("id").values_list("id", flat=True))
    Job.objects.update(state=JobState.DEAD, finished_at=now)
    assert actions.rerun_all_dead(scope, now, "a") == 2
    assert queries.counts(scope)[JobState.DEAD] == 1
    assert actions.rerun_all_dead(scope, now) == 1
    assert actions.rerun_all_dead(scope, now) == 0
    first = ledger.entries(scope).order_by("seq").first()
    assert first is not None
    assert first.payload == {"kind": "a", "count": 2, "jobs": ids}
    assert _verbs(scope) == [("job:dead:rerun_all", "a"), ("job:dead:rerun_all", "all")]


@pytest.mark.parametrize("role", [Role.AGENT, Role.FINANCE, Role.WAREHOUSE, Role.VIEWER])
def test_who_may_not_touch_jobs_changes_nothing(scope: Scope, dead: Job, now: datetime, role: Role) -> None:
    caller = _as(scope, role)
    for verb in (actions.rerun, actions.cancel):
        with pytest.raises(NotAllowed):
            verb(caller, dead.pk, now)
    with pytest.raises(NotAllowed):
        actions.rerun_all_dead(caller, now)
    assert Job.objects.get().state == JobState.DEAD
    assert _verbs(scope) == []


def test_jobs_of_another_organisation_are_not_there(dead: Job, other_organisation: Organisation, now: datetime) -> None:
    other = system_scope(other_organisation.pk)
    unknown = Refusal("job_unknown", params={"job": dead.pk})
    assert actions.rerun(other, dead.pk, now) == actions.cancel(other, dead.pk, now) == unknown
    assert actions.rerun_all_dead(other, now) == 0
    assert queries.get(other, dead.pk) is None
    assert queries.list_jobs(other).rows == ()
    assert sum(queries.counts(other).values()) == 0
    assert Job.objects.get().state == JobState.DEAD


def test_jobs_of_the_installation_are_for_owners(scope: Scope, now: datetime) -> None:
    job_id = enqueue("jobs.purge", {}, now=now)
    Cron.objects.create(name="scan", kind="k", every_seconds=60, next_due=now)
    lead, owner = _as(scope, Role.LEAD), _as(scope, Role.OWNER)
    assert queries.get(lead, job_id) is None
    assert [row.pk for row in queries.list_jobs(owner).rows] == [job_id]
    assert isinstance(actions.cancel(lead, job_id, now), Refusal)
    assert isinstance(actions.cancel(owner, job_id, now), Job)
    assert [row.name for row in queries.list_crons(owner)] == ["scan"]
    for forbidden in (lambda: queries.list_crons(lead), lambda: actions.set_cron_enabled(lead, "scan", False, now)):
        with pytest.raises(NotAllowed):
            forbidden()
    assert _verbs(scope) == []


def test_a_viewer_sees_no_jobs(scope: Scope) -> None:
    viewer = _as(scope, Role.VIEWER)
    for look in (queries.list_jobs, queries.counts, queries.kinds, queries.list_crons):
        with pytest.raises(NotAllowed) as refused:
            look(viewer)
        assert refused.value.permission == Permission.JOB_READ


def test_pages_follow_each_other_without_gap_or_overlap(scope: Scope, now: datetime) -> None:
    ids = [
        enqueue("even" if n % 2 == 0 else "odd", {}, now=now, organisation_id=scope.organisation_id) for n in range(7)
    ]
    first = queries.list_jobs(scope, limit=3)
    second = queries.list_jobs(scope, limit=3, cursor=first.next_cursor)
    third = queries.list_jobs(scope, limit=3, cursor=second.next_cursor)
    assert [row.pk for page in (first, second, third) for row in page.rows] == ids[::-1]
    assert third.next_cursor == ""
    assert queries.list_jobs(scope, limit=7).next_cursor == ""
    assert [row.pk for row in queries.list_jobs(scope, kind="odd").rows] == [ids[5], ids[3], ids[1]]
    assert queries.kinds(scope) == ["even", "odd"]
    Job.objects.filter(pk=ids[0]).update(state=JobState.DEAD)
    assert [row.pk for row in queries.dead_letters(scope).rows] == [ids[0]]
    assert queries.counts(scope) == {
        JobState.WAITING: 6,
        JobState.LEASED: 0,
        JobState.DONE: 0,
        JobState.DEAD: 1,
        JobState.CANCELLED: 0,
    }


def test_a_repeating_job_rests_until_it_is_let_go(scope: Scope, now: datetime) -> None:
    row = Cron.objects.create(name="scan", kind="k", every_seconds=60, next_due=now)
    for enabled in (False, False, True):
        actions.set_cron_enabled(scope, "scan", enabled, now)
        assert Cron.objects.get().enabled is enabled
    assert actions.set_cron_enabled(scope, "none", True, now) == Refusal("cron_unknown", params={"name": "none"})
    assert _verbs(scope) == [("cron:slot:disabled", str(row.pk)), ("cron:slot:enabled", str(row.pk))]


def test_what_ended_long_ago_is_dropped(now: datetime, clock: Hands) -> None:
    ages = {JobState.DONE: 30, JobState.CANCELLED: 30, JobState.DEAD: 180}
    kept = []
    for state, days in ages.items():
        for more in (0, 1):
            job_id = enqueue("k", {}, now=now)
            Job.objects.filter(pk=job_id).update(state=state, finished_at=now - timedelta(days=days + more))
            kept += [job_id] * (not more)
    kept.append(enqueue("k", {}, now=now, due=now + timedelta(days=400)))
    job("jobs.purge", owns_transaction=True)(purge)
    own = enqueue("jobs.purge", {}, now=now)
    presence.begin("lost", now - timedelta(days=2))
    presence.begin("here", now)
    run_until_idle(clock)
    assert list(Job.objects.order_by("id").values_list("id", flat=True)) == [*kept, own]
    assert list(Presence.objects.values_list("name", flat=True)) == ["here"]


def test_a_worker_is_alive_while_it_signs(now: datetime) -> None:
    presence.begin("w", now)
    assert [row.name for row in presence.alive(now + timedelta(seconds=44))] == ["w"]
    assert presence.alive(now + timedelta(seconds=45)) == []
    presence.sign("w", now + timedelta(seconds=45))
    assert [row.name for row in presence.alive(now + timedelta(seconds=50))] == ["w"]
    presence.end("w")
    assert presence.alive(now) == []
