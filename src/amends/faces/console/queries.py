"""Reads that only pages need: they join capabilities for showing and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.jobs.models import Job
from amends.intake.imports.models import ImportRun, RejectedRow
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.tracking.models import Parcel
from amends.resolution.cases.models import Case


def orders_listed(scope: Scope, *, shop: int | None, text: str) -> tuple[QuerySet[Order], list[Shop]]:
    """Newest first; `text` is a number's beginning, a buyer's name, or a tracking number."""
    scope.require(Permission.ORDER_READ)
    rows = Order.objects.filter(organisation_id=scope.organisation_id).select_related("shop", "buyer")
    if shop is not None:
        rows = rows.filter(shop_id=shop)
    if text:
        parcels = Parcel.objects.filter(organisation_id=scope.organisation_id, number__iexact=text)
        rows = rows.filter(
            Q(number__istartswith=text) | Q(buyer__name__icontains=text) | Q(pk__in=parcels.values("order_id"))
        )
    return rows, list(accounts.shops(scope))


@dataclass(frozen=True, slots=True)
class OrderPage:
    order: Order
    lines: tuple[Line, ...]
    payments: tuple[PaymentEvent, ...]
    parcels: tuple[Parcel, ...]
    cases: tuple[Case, ...]


def order_page(scope: Scope, pk: int) -> OrderPage | None:
    scope.require(Permission.ORDER_READ)
    order = Order.objects.filter(organisation_id=scope.organisation_id, pk=pk).select_related("shop", "buyer").first()
    if order is None:
        return None
    return OrderPage(
        order,
        tuple(order.lines.order_by("id")),
        tuple(order.payments.order_by("at", "id")),
        tuple(order.parcels.prefetch_related("events").order_by("id")),
        tuple(Case.objects.filter(organisation_id=scope.organisation_id, order=order).order_by("-id")),
    )


def import_runs(scope: Scope) -> QuerySet[ImportRun]:
    scope.require(Permission.ORDER_READ)
    return ImportRun.objects.filter(organisation_id=scope.organisation_id).select_related("shop", "created_by")


def import_run(scope: Scope, pk: int) -> ImportRun | None:
    return import_runs(scope).select_related("file").filter(pk=pk).first()


def rejected_rows(scope: Scope, run_id: int) -> QuerySet[RejectedRow]:
    scope.require(Permission.ORDER_READ)
    return RejectedRow.objects.filter(organisation_id=scope.organisation_id, run_id=run_id)


def progress_of(scope: Scope, run_id: int) -> Job | None:
    """The job that carries a run out, newest first: it knows how far it is."""
    jobs = Job.objects.filter(organisation_id=scope.organisation_id, kind="imports.run", args__run_id=run_id)
    return jobs.order_by("-pk").first()
