"""Endpoints: made, rotated, switched on and off. Events: written down for every endpoint that wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.jobs import JobRequest, enqueue_many
from amends.base.ledger.actions import record
from amends.base.settings import env
from amends.base.webhooks import core
from amends.base.webhooks.models import Delivery, Endpoint
from amends.kernel.outcome import InputError, Problem, Refusal

DELIVER = "webhooks.deliver"


def allow_private() -> bool:
    return env.read("AMENDS_WEBHOOK_ALLOW_PRIVATE") == "1"


@transaction.atomic
def emit(scope: Scope, event: str, payload: Mapping[str, object], now: datetime, event_id: str) -> int:
    """Write the event down for every endpoint that wants it, in the caller's transaction. Returns for how many.

    Deliveries to one endpoint leave in the order of their emission. Emitting an `event_id` again is harmless.
    Writes no ledger entry: the action that emits has its own.
    """
    wanted = [
        e
        for e in Endpoint.objects.filter(organisation_id=scope.organisation_id, enabled=True).order_by("pk")
        if not e.events or event in e.events
    ]
    if not wanted:
        return 0
    text = core.body(event, event_id, now, payload)
    Delivery.objects.bulk_create(
        [
            Delivery(
                organisation_id=scope.organisation_id,
                endpoint=endpoint,
                event=event,
                event_id=event_id,
                body=text,
                created_at=now,
            )
            for endpoint in wanted
        ],
        ignore_conflicts=True,
    )
    rows = Delivery.objects.filter(endpoint__in=wanted, event_id=event_id, status=core.Status.WAITING)
    _ask(scope, list(rows), now)
    return len(wanted)


def _ask(scope: Scope, deliveries: Sequence[Delivery], now: datetime, again: str = "") -> None:
    requests = [
        JobRequest(
            DELIVER,
            {"delivery": row.pk},
            scope.organisation_id,
            key=f"webhook:{row.endpoint_id}",
            uniq=f"webhook:{row.pk}{again}",
        )
        for row in deliveries
    ]
    enqueue_many(requests, now=now)


def _endpoint(scope: Scope, endpoint_id: int) -> Endpoint | None:
    mine = Endpoint.objects.select_for_update().filter(organisation_id=scope.organisation_id, pk=endpoint_id)
    return mine.first()


def _enter(scope: Scope, endpoint: Endpoint, verb: str, now: datetime, **payload: object) -> None:
    record(scope, at=now, verb=verb, subject_kind="endpoint", subject_id=endpoint.pk, payload=payload)


def _check_secret(secret: str) -> None:
    if not core.SECRET_LENGTH <= len(secret) <= core.SECRET_MOST:
        raise InputError(
            [Problem("webhook_secret_length", "secret", {"least": core.SECRET_LENGTH, "most": core.SECRET_MOST})]
        )


@transaction.atomic
def create_endpoint(scope: Scope, url: str, events: Sequence[str], secret: str, now: datetime) -> Endpoint:
    """`events` are exact names; none means all. Raises InputError for an address or a secret that cannot be used."""
    scope.require(Permission.SETTINGS_WRITE)
    problem = core.url_problem(url, allow_private=allow_private())
    if problem is not None:
        raise InputError([problem])
    _check_secret(secret)
    endpoint = Endpoint.objects.create(
        organisation_id=scope.organisation_id, url=url, events=sorted(set(events)), secret=secret, created_at=now
    )
    _enter(scope, endpoint, "webhook:endpoint:created", now, events=endpoint.events)
    return endpoint


@transaction.atomic
def rotate_secret(scope: Scope, endpoint_id: int, secret: str, now: datetime) -> Endpoint | Refusal:
    """Sign with the new secret and the one before it, until `end_rotation`."""
    scope.require(Permission.SETTINGS_WRITE)
    _check_secret(secret)
    return _set_secrets(scope, endpoint_id, now, "webhook:secret:rotated", new=secret)


@transaction.atomic
def end_rotation(scope: Scope, endpoint_id: int, now: datetime) -> Endpoint | Refusal:
    """The receiver has the new secret: stop signing with the old one."""
    scope.require(Permission.SETTINGS_WRITE)
    return _set_secrets(scope, endpoint_id, now, "webhook:secret:retired")


def _set_secrets(scope: Scope, endpoint_id: int, now: datetime, verb: str, new: str = "") -> Endpoint | Refusal:
    endpoint = _endpoint(scope, endpoint_id)
    if endpoint is None:
        return Refusal("endpoint_unknown", params={"endpoint": endpoint_id})
    endpoint.previous_secret = endpoint.secret if new else ""
    endpoint.secret = new or endpoint.secret
    endpoint.save(update_fields=["secret", "previous_secret"])
    _enter(scope, endpoint, verb, now)
    return endpoint


@transaction.atomic
def set_enabled(scope: Scope, endpoint_id: int, enabled: bool, now: datetime) -> Endpoint | Refusal:  # noqa: FBT001 - the value to be set
    """Switched on, an endpoint starts with a clean record; what was dropped meanwhile is not sent by itself."""
    scope.require(Permission.SETTINGS_WRITE)
    endpoint = _endpoint(scope, endpoint_id)
    if endpoint is None:
        return Refusal("endpoint_unknown", params={"endpoint": endpoint_id})
    if endpoint.enabled != enabled:
        endpoint.enabled, endpoint.failures = enabled, 0
        endpoint.save(update_fields=["enabled", "failures"])
        _enter(scope, endpoint, f"webhook:endpoint:switched_{'on' if enabled else 'off'}", now)
    return endpoint


@transaction.atomic
def redeliver(scope: Scope, delivery_id: int, now: datetime) -> Delivery | Refusal:
    """Send again what failed or was dropped, behind what waits for that endpoint."""
    scope.require(Permission.SETTINGS_WRITE)
    mine = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint")
    row = mine.filter(organisation_id=scope.organisation_id, pk=delivery_id).first()
    if row is None:
        return Refusal("delivery_unknown", params={"delivery": delivery_id})
    if row.status not in (core.Status.FAILED, core.Status.DROPPED):
        return Refusal("delivery_state", params={"delivery": delivery_id, "status": row.status})
    row.status = core.Status.WAITING
    row.save(update_fields=["status"])
    _ask(scope, [row], now, again=f"@{row.attempts}@{now.timestamp()}")
    _enter(scope, row.endpoint, "webhook:delivery:repeated", now, delivery=row.pk)
    return row
