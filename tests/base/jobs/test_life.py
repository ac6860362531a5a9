"""Whatever callers, workers and operators do, in whatever order: only moves of the table, no job unaccounted for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from amends.base.accounts.core import system_scope
from amends.base.jobs import actions, cancel, claiming, core, enqueue
from amends.base.jobs.core import TRANSITIONS, JobState, Lane, Retry
from amends.base.jobs.models import Job
from amends.kernel.outcome import Refusal
from tests import factories

RETRY = Retry(attempts=2, first=timedelta(seconds=30))


class Life(RuleBasedStateMachine):
    """Two workers, three keys, a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        Job.objects.all().delete()
        self.now = factories.NOW
        self.held: dict[str, list[claiming.Claimed]] = {"one": [], "two": []}
        self.known: dict[int, int] = {}
        self.scope = system_scope(ORGANISATION[0])

    @rule(key=st.sampled_from(["", "a", "b"]), wait=st.integers(0, 120), priority=st.integers(-1, 1))
    def ask(self, key: str, wait: int, priority: int) -> None:
        due = self.now + timedelta(seconds=wait)
        enqueue("k", {}, now=self.now, organisation_id=ORGANISATION[0], due=due, priority=priority, key=key)

    @rule(worker=st.sampled_from(["one", "two"]), limit=st.integers(1, 3))
    def claim(self, worker: str, limit: int) -> None:
        until = self.now + timedelta(seconds=60)
        self.held[worker] += claiming.claim(worker, Lane.QUICK, self.now, limit=limit, lease_until=until)

    @precondition(lambda self: self.held["one"] or self.held["two"])
    @rule(data=st.data(), how=st.sampled_from(["finish", "fail", "release", "renew"]))
    def end(self, data: st.DataObject, how: str) -> None:
        worker = data.draw(st.sampled_from([name for name, jobs in self.held.items() if jobs]))
        claimed = self.held[worker].pop(data.draw(st.integers(0, len(self.held[worker]) - 1)))
        before = Job.objects.get(pk=claimed.id)
        mine = (before.state, before.worker, before.attempt) == (JobState.LEASED, worker, claimed.attempt)
        if how == "finish":
            assert claiming.finish(claimed, self.now) is mine
        elif how == "fail":
            verdict = core.after_failure(RETRY, claimed.attempt, self.now, 0.0)
            assert claiming.fail(claimed, verdict, "error", self.now) is mine
        elif how == "release":
            claiming.release([claimed])
        else:
            assert claiming.renew(claimed, self.now + timedelta(seconds=60)) is mine
            self.held[worker].append(claimed)
        if not mine:
            after = Job.objects.get(pk=claimed.id)
            assert (after.state, after.worker, after.attempt) == (before.state, before.worker, before.attempt)

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def reap(self) -> None:
        claiming.reap(self.now, 0.0, lambda _kind: RETRY)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), verb=st.sampled_from(["cancel", "operator_cancel", "rerun"]))
    def interfere(self, data: st.DataObject, verb: str) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.known)))
        state = Job.objects.values_list("state", flat=True).get(pk=job_id)
        if verb == "cancel":
            assert cancel(job_id, self.now) is (state == JobState.WAITING)
        elif verb == "operator_cancel":
            refused = isinstance(actions.cancel(self.scope, job_id, self.now), Refusal)
            assert refused is (state not in (JobState.WAITING, JobState.DEAD))
        else:
            refused = isinstance(actions.rerun(self.scope, job_id, self.now), Refusal)
            assert refused is (state != JobState.DEAD)

    @invariant()
    def only_moves_of_the_table(self) -> None:
        seen = dict(Job.objects.values_list("id", "state"))
        assert self.known.keys() <= seen.keys()
        for job_id, state in seen.items():
            before = self.known.get(job_id, int(JobState.WAITING))
            assert state == before or JobState(state) in TRANSITIONS[JobState(before)]
        self.known = seen

    @invariant()
    def a_key_has_one_running_job_and_it_is_held(self) -> None:
        running = list(Job.objects.filter(state=JobState.LEASED).values_list("key", "worker", "lease_until"))
        keys = [key for key, _, _ in running if key]
        assert len(keys) == len(set(keys))
        assert all(worker and until for _, worker, until in running)

    @invariant()
    def what_ended_says_when(self) -> None:
        for state, finished, lease in Job.objects.values_list("state", "finished_at", "lease_until"):
            assert (finished is not None) is (state in (JobState.DONE, JobState.DEAD, JobState.CANCELLED))
            assert (lease is not None) is (state == JobState.LEASED)


ORGANISATION: list[int] = []


@pytest.mark.django_db
def test_the_life_of_jobs_keeps_to_the_table() -> None:
    ORGANISATION[:] = [factories.make_organisation("life").pk]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
