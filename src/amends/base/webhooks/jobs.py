"""Sending deliveries, and forgetting old ones."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from amends.base.jobs import Context, Retry, cron, job
from amends.base.ledger.actions import record
from amends.base.webhooks import core, sender
from amends.base.webhooks.actions import DELIVER, allow_private
from amends.base.webhooks.core import Answer, Status
from amends.base.webhooks.models import Delivery, Endpoint

RETRY = Retry(attempts=12, first=timedelta(seconds=30), most=timedelta(hours=2))  # about eight hours in all
KEEP = timedelta(days=30)


class DeliveryFailed(Exception):
    """The endpoint did not take it; the engine tries again."""


@job(DELIVER, retry=RETRY, lease_seconds=120, owns_transaction=True)
def deliver(context: Context, delivery: int) -> None:
    """One attempt. The call is outside every transaction; its result and the end of the job are one."""
    open_ones = Delivery.objects.filter(
        status__in=[Status.WAITING, Status.FAILED]
    )  # failed: an operator re-runs the job
    row = open_ones.select_related("endpoint").filter(pk=delivery).first()
    if row is None:
        return
    if not row.endpoint.enabled:
        Delivery.objects.filter(pk=row.pk).update(status=Status.DROPPED)
        return
    answer = _call(row, context.now)
    with transaction.atomic():
        ended = _note(context, row, answer)
        if ended:
            context.finish()
    if not ended:
        raise DeliveryFailed(answer.error or f"answered {answer.code}")


def _call(row: Delivery, now: datetime) -> Answer:
    secrets = [row.endpoint.secret, row.endpoint.previous_secret]
    headers = {
        core.SIGNATURE_HEADER: core.sign(row.body, secrets, now),
        "Amends-Event": row.event,
        "Amends-Event-Id": row.event_id,
        "User-Agent": "Amends-Webhooks/1",
    }
    return sender.post(row.endpoint.url, row.body, headers, allow_private=allow_private())


def _note(context: Context, row: Delivery, answer: Answer) -> bool:
    """Write down what the attempt brought. True when there will be no other."""
    if answer.accepted:
        Endpoint.objects.filter(pk=row.endpoint_id).update(failures=0)
        status = Status.DELIVERED
    elif _switched_off(context, row.endpoint_id):
        status = Status.DROPPED
    else:
        status = Status.FAILED if context.attempt >= RETRY.attempts else Status.WAITING
    Delivery.objects.filter(pk=row.pk).update(
        status=status,
        response_code=answer.code,
        error=answer.error,
        attempts=F("attempts") + 1,
        delivered_at=context.now if answer.accepted else None,
    )
    return status in (Status.DELIVERED, Status.DROPPED)


def _switched_off(context: Context, endpoint_id: int) -> bool:
    """Count one more failure; after too many in a row the endpoint is off, and the ledger says why."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    endpoint.failures += 1
    off = endpoint.failures >= core.SWITCH_OFF_AFTER
    if off:
        endpoint.enabled = False
        record(
            context.scope,
            at=context.now,
            verb="webhook:endpoint:switched_off",
            subject_kind="endpoint",
            subject_id=endpoint.pk,
            payload={"failures": endpoint.failures},
        )
    endpoint.save(update_fields=["failures", "enabled"])
    return off


@job("webhooks.purge")
def purge(context: Context) -> None:
    """Bodies may speak of buyers: what is no longer waiting is kept for thirty days."""
    Delivery.objects.exclude(status=Status.WAITING).filter(created_at__lt=context.now - KEEP).delete()


cron("webhooks.purge", "webhooks.purge", daily_at=time(3, 30))
