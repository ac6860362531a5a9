"""Account health: each metric of each shop as one calm row, with what is left of it and what losing one costs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission
from amends.base.accounts.models import Shop
from amends.faces.console.guard import needs, scope_of
from amends.judgement.health.queries import Reading, health
from amends.judgement.health.wire import csv_rows, ledger_wire, metric_wire


@dataclass(frozen=True, slots=True)
class Row:
    """`state`: late beyond the line, soon where the losses expected use up what is left, else ok; empty without one."""

    wire: dict[str, Any]
    state: str
    window: str
    price: Any


@dataclass(frozen=True, slots=True)
class Block:
    shop: Shop
    orders: int
    rows: list[Row]
    ledgers: list[dict[str, Any]]


def _state(reading: Reading) -> str:
    standing = reading.standing
    if standing.metric.limit is None or standing.budget is None:
        return ""
    if standing.breached:
        return "late"
    return "soon" if standing.budget <= reading.price.expected else "ok"


def _window(reading: Reading) -> str:
    window = reading.standing.window
    if window.calendar_month:
        return _("this month")
    if window.months:
        return ngettext("%(n)s month", "%(n)s months", window.months) % {"n": window.months}
    return ngettext("%(n)s day", "%(n)s days", window.days) % {"n": window.days}


def _row(reading: Reading) -> Row:
    return Row(metric_wire(reading), _state(reading), _window(reading), reading.price)


def _rows(readings: Iterable[Reading]) -> list[Row]:
    """What is crossed first, then what is close, then the rest by rule."""
    return sorted((_row(reading) for reading in readings), key=lambda row: ("late", "soon", "ok", "").index(row.state))


def _chosen(request: HttpRequest) -> int | None:
    text = request.GET.get("shop", "")
    return int(text) if text.isdecimal() and len(text) < 18 else None  # noqa: PLR2004 - what a column holds


@needs(Permission.CASE_READ)
def page(request: HttpRequest) -> HttpResponse:
    scope, chosen = scope_of(request), _chosen(request)
    found = health(scope, timezone.now(), chosen)
    blocks = [Block(one.shop, one.orders, _rows(one.metrics), [ledger_wire(p) for p in one.ledgers]) for one in found]
    context = {
        "section": "health",
        "blocks": [b for b in blocks if b.orders and (b.rows or b.ledgers)],
        "quiet": [b.shop for b in blocks if not b.orders or not (b.rows or b.ledgers)],
        "shops": accounts.shops(scope),
        "chosen": chosen,
        "late": sum(row.state == "late" for b in blocks for row in b.rows if b.orders),
        "soon": sum(row.state == "soon" for b in blocks for row in b.rows if b.orders),
    }
    return render(request, "health/page.html", context)


@needs(Permission.CASE_READ)
def export(request: HttpRequest) -> HttpResponse:
    """The table as CSV, in UTF-8 with a mark so that spreadsheets read it."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="health.csv"'
    writer = csv.writer(response)
    for row in csv_rows(health(scope_of(request), timezone.now(), _chosen(request))):
        writer.writerow([_safe(value) for value in row])
    return response


def _safe(value: Any) -> Any:
    """A shop's name must not become a formula in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
