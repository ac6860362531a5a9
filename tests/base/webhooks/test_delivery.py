"""From an event in a transaction to a signed request at a real server, in order, however often it takes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from amends.base.accounts.core import ROLE_PERMISSIONS, NotAllowed, Role, Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import JobState
from amends.base.jobs.models import Job
from amends.base.jobs.worker import run_until_idle
from amends.base.ledger import queries as ledger
from amends.base.webhooks import actions, core, jobs, queries
from amends.base.webhooks.core import Status
from amends.base.webhooks.models import Delivery, Endpoint
from amends.kernel.outcome import InputError, Refusal
from tests.base.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
SECRET, NEXT = "whsec_" + "s" * 40, "whsec_" + "t" * 40


@pytest.fixture
def endpoint(scope: Scope, now: datetime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setenv("AMENDS_WEBHOOK_ALLOW_PRIVATE", "1")
    return actions.create_endpoint(scope, receiver.url, ["case.opened", "case.closed"], SECRET, now)


def _statuses() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("status", flat=True))


def _verbs(scope: Scope) -> list[str]:
    return list(ledger.entries(scope).order_by("seq").values_list("verb", flat=True))


def test_an_event_arrives_signed(scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime) -> None:
    with transaction.atomic():
        assert actions.emit(scope, "case.opened", {"case": "C-1001"}, now, "evt_1") == 1
    later = now + timedelta(seconds=3)
    run_until_idle(lambda: later)
    ((headers, body),) = receiver.got
    assert json.loads(body) == {
        "id": "evt_1",
        "event": "case.opened",
        "at": "2026-11-20T02:00:00.000+00:00",
        "data": {"case": "C-1001"},
    }
    assert core.verify(body, headers[core.SIGNATURE_HEADER], [SECRET], later)
    assert (headers["Amends-Event"], headers["Amends-Event-Id"]) == ("case.opened", "evt_1")
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Host"] == receiver.url.split("/")[2]
    row = Delivery.objects.get()
    assert (row.status, row.response_code, row.attempts, row.delivered_at) == (Status.DELIVERED, 200, 1, later)
    assert Job.objects.get().state == JobState.DONE


def test_a_rolled_back_event_is_never_sent(scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime) -> None:
    with transaction.atomic():
        actions.emit(scope, "case.opened", {}, now, "evt_1")
        transaction.set_rollback(True)
    run_until_idle(lambda: now)
    assert receiver.got == []
    assert Delivery.objects.count() == Job.objects.count() == 0


def test_emitting_twice_sends_once(scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime) -> None:
    for _ in range(2):
        actions.emit(scope, "case.opened", {}, now, "evt_1")
    run_until_idle(lambda: now)
    actions.emit(scope, "case.opened", {}, now, "evt_1")
    run_until_idle(lambda: now)
    assert len(receiver.got) == 1


def test_only_who_wants_an_event_gets_it(
    scope: Scope, other_organisation: Organisation, endpoint: Endpoint, receiver: Receiver, now: datetime
) -> None:
    everything = actions.create_endpoint(scope, f"{receiver.url}/all", [], SECRET, now)
    off = actions.create_endpoint(scope, f"{receiver.url}/off", [], SECRET, now)
    actions.set_enabled(scope, off.pk, False, now)
    actions.create_endpoint(system_scope(other_organisation.pk), f"{receiver.url}/other", [], SECRET, now)
    assert actions.emit(scope, "case.opened", {}, now, "evt_1") == 2
    assert actions.emit(scope, "order.imported", {}, now, "evt_2") == 1
    sent = list(Delivery.objects.order_by("pk").values_list("endpoint_id", "event_id"))
    assert sent == [(endpoint.pk, "evt_1"), (everything.pk, "evt_1"), (everything.pk, "evt_2")]


def test_a_failed_delivery_holds_up_the_ones_behind_it_and_then_all_arrive_in_order(
    scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answers = [503, 302, 200]
    for number in (1, 2, 3):
        actions.emit(scope, "case.opened", {}, now, f"evt_{number}")
    moments = [now, now + timedelta(seconds=30), now + timedelta(seconds=90)]
    seen = []
    for moment in moments:
        run_until_idle(lambda moment=moment: moment)
        seen.append([json.loads(body)["id"] for body in receiver.bodies])
    assert seen == [["evt_1"], ["evt_1"] * 2, ["evt_1", "evt_1", "evt_1", "evt_2", "evt_3"]]
    assert _statuses() == [Status.DELIVERED] * 3
    assert list(Delivery.objects.order_by("pk").values_list("attempts", flat=True)) == [3, 1, 1]
    assert Endpoint.objects.get().failures == 0


def test_after_too_many_failures_the_endpoint_is_off_and_the_ledger_says_so(
    scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "SWITCH_OFF_AFTER", 3)
    receiver.answers = [500] * 9
    for number in (1, 2):
        actions.emit(scope, "case.opened", {}, now, f"evt_{number}")
    moment = now
    for _ in range(4):
        run_until_idle(lambda moment=moment: moment)
        moment += timedelta(hours=3)
    assert len(receiver.got) == 3
    assert _statuses() == [Status.DROPPED, Status.DROPPED]
    assert Endpoint.objects.values_list("enabled", "failures").get() == (False, 3)
    assert _verbs(scope) == ["webhook:endpoint:created", "webhook:endpoint:switched_off"]
    assert actions.emit(scope, "case.opened", {}, moment, "evt_9") == 0
    receiver.answers = []
    actions.set_enabled(scope, endpoint.pk, True, moment)
    first = Delivery.objects.order_by("pk").first()
    assert first is not None
    assert isinstance(actions.redeliver(scope, first.pk, moment), Delivery)
    run_until_idle(lambda: moment)
    assert _statuses() == [Status.DELIVERED, Status.DROPPED]
    assert _verbs(scope)[2:] == ["webhook:endpoint:switched_on", "webhook:delivery:repeated"]


def test_a_delivery_that_never_succeeds_is_a_dead_letter_that_can_be_run_again(
    scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime
) -> None:
    from amends.base.jobs.actions import rerun_all_dead

    receiver.answers = [500] * jobs.RETRY.attempts
    actions.emit(scope, "case.opened", {}, now, "evt_1")
    moment = now
    for _ in range(jobs.RETRY.attempts):
        run_until_idle(lambda moment=moment: moment)
        moment += timedelta(hours=3)
    assert _statuses() == [Status.FAILED]
    assert Job.objects.get().state == JobState.DEAD
    assert rerun_all_dead(scope, moment) == 1
    run_until_idle(lambda: moment)
    assert _statuses() == [Status.DELIVERED]


def test_nobody_listening_is_a_failure_with_a_reason(scope: Scope, endpoint: Endpoint, now: datetime) -> None:
    Endpoint.objects.update(url="http://127.0.0.1:9/hook")
    actions.emit(scope, "case.opened", {}, now, "evt_1")
    run_until_idle(lambda: now)
    row = Delivery.objects.get()
    assert (row.status, row.response_code, row.attempts) == (Status.WAITING, None, 1)
    assert row.error.startswith("ConnectError")


def test_without_the_setting_nothing_inside_is_called(
    scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_WEBHOOK_ALLOW_PRIVATE", "0")
    actions.emit(scope, "case.opened", {}, now, "evt_1")
    run_until_idle(lambda: now)
    assert receiver.got == []
    assert Delivery.objects.get().error == "webhook_url_needs_https"
    with pytest.raises(InputError):
        actions.create_endpoint(scope, receiver.url, [], SECRET, now)


def test_rotation_signs_with_both_until_it_ends(
    scope: Scope, endpoint: Endpoint, receiver: Receiver, now: datetime
) -> None:
    def held() -> list[bool]:
        actions.emit(scope, "case.opened", {}, now, f"evt_{len(receiver.got)}")
        run_until_idle(lambda: now)
        headers, body = receiver.got[-1]
        return [core.verify(body, headers[core.SIGNATURE_HEADER], [secret], now) for secret in (SECRET, NEXT)]

    assert held() == [True, False]
    actions.rotate_secret(scope, endpoint.pk, NEXT, now)
    assert held() == [True, True]
    actions.end_rotation(scope, endpoint.pk, now)
    assert held() == [False, True]
    assert _verbs(scope) == ["webhook:endpoint:created", "webhook:secret:rotated", "webhook:secret:retired"]
    assert SECRET not in json.dumps(list(ledger.entries(scope).values_list("payload", flat=True)))


def test_endpoints_are_for_owners_of_the_organisation(
    scope: Scope, endpoint: Endpoint, other_organisation: Organisation, now: datetime
) -> None:
    lead = replace(scope, permissions=ROLE_PERMISSIONS[Role.LEAD])
    other = system_scope(other_organisation.pk)
    actions.emit(scope, "case.opened", {}, now, "evt_1")
    row = Delivery.objects.get()
    for refused in (
        lambda: actions.create_endpoint(lead, "https://hooks.example/", [], SECRET, now),
        lambda: actions.rotate_secret(lead, endpoint.pk, NEXT, now),
        lambda: actions.end_rotation(lead, endpoint.pk, now),
        lambda: actions.set_enabled(lead, endpoint.pk, False, now),
        lambda: actions.redeliver(lead, row.pk, now),
        lambda: queries.endpoints(lead),
        lambda: queries.deliveries(lead, endpoint.pk),
    ):
        with pytest.raises(NotAllowed):
            refused()
    unknown = Refusal("endpoint_unknown", params={"endpoint": endpoint.pk})
    assert actions.rotate_secret(other, endpoint.pk, NEXT, now) == unknown
    assert actions.set_enabled(other, endpoint.pk, False, now) == unknown
    assert actions.redeliver(other, row.pk, now) == Refusal("delivery_unknown", params={"delivery": row.pk})
    assert list(queries.endpoints(other)) == list(queries.deliveries(other, endpoint.pk)) == []
    assert list(queries.deliveries(scope, endpoint.pk)) == [row]
    assert Endpoint.objects.values_list("secret", "enabled").get() == (SECRET, True)
    assert actions.redeliver(scope, row.pk, now) == Refusal(
        "delivery_state", params={"delivery": row.pk, "status": "waiting"}
    )


@pytest.mark.parametrize("secret", ["", "whsec_short", "s" * 121])
def test_a_weak_secret_is_refused(scope: Scope, now: datetime, secret: str) -> None:
    with pytest.raises(InputError):
        actions.create_endpoint(scope, "https://hooks.example/", [], secret, now)
    assert Endpoint.objects.count() == 0


def test_old_bodies_are_forgotten(scope: Scope, endpoint: Endpoint, now: datetime) -> None:
    from amends.base.jobs import enqueue

    for number, (status, days) in enumerate([("delivered", 31), ("waiting", 31), ("delivered", 29)]):
        Delivery.objects.create(
            organisation_id=scope.organisation_id,
            endpoint=endpoint,
            event="e",
            event_id=str(number),
            body="{}",
            status=status,
            created_at=now - timedelta(days=days),
        )
    enqueue("webhooks.purge", {}, now=now)
    run_until_idle(lambda: now)
    assert list(Delivery.objects.order_by("pk").values_list("event_id", flat=True)) == ["1", "2"]
