"""How fast the API answers. `python bench/api.py` prints one line a figure; `make bench` puts them in its table.

Requests go through the whole application (middleware, token, limits, validation, database, JSON) inside one process,
without a socket. The database is new and has the settings of an installation (`synchronous=FULL`), in a process of
its own. A case is created with order, words, their language and what they are about: judged, with clocks, a draft and
ledger entries. The list is read among 100,000 cases.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

ORDERS = 300
LISTED = 100_000
READS = 200
CREATE_BAR_MS = 25.0
LIST_BAR_MS = 10.0


class Report(Protocol):
    """What the collector of figures must offer."""

    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        """`bar` is the figure to reach: at least, or at most."""
        ...


def run(report: Report) -> None:
    figures = _measure_elsewhere()
    report.add("api: case with judgement and draft, p50", figures["create"], "ms", bar=CREATE_BAR_MS, at_most=True)
    report.add("api: case with judgement and draft, p95", figures["create_95"], "ms")
    report.add("api: case about an order, without words, p50", figures["create_plain"], "ms")
    report.add(f"api: list of 25 among {LISTED:,}, p50", figures["list"], "ms", bar=LIST_BAR_MS, at_most=True)
    report.add(f"api: list of 25 by last change among {LISTED:,}, p50", figures["list_all"], "ms")
    report.add("api: whole case, p50", figures["read"], "ms")
    report.add("api: judge facts, p50", figures["judge"], "ms")


def _measure_elsewhere() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as home:
        environment = os.environ | {
            "AMENDS_HOME": home, "DATABASE_URL": "", "AMENDS_SECRET_KEY": "bench", "AMENDS_LOG_LEVEL": "ERROR",
            "AMENDS_API_TOKEN_RATE": "1000000", "AMENDS_API_ADDRESS_RATE": "1000000",
            "DJANGO_SETTINGS_MODULE": "amends.base.settings.main",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), "--measure"],
            env=environment, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


class _Caller:
    """Posts and gets as a program with a token does."""

    def __init__(self, token: str) -> None:
        from django.test import Client

        self._client = Client(raise_request_exception=True)
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: Any, status: int) -> dict[str, Any]:
        answer = self._client.post(f"/api/v1{path}", body, content_type="application/json", headers=self._headers)
        return _checked(answer, status)

    def get(self, path: str) -> dict[str, Any]:
        return _checked(self._client.get(f"/api/v1{path}", headers=self._headers), 200)


def _checked(answer: Any, status: int) -> dict[str, Any]:
    if answer.status_code != status:
        raise SystemExit(f"{answer.status_code} instead of {status}: {answer.content[:400]!r}")
    body: dict[str, Any] = answer.json()
    return body


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0, skip_checks=True)
    token, shop_id = _house()
    caller = _Caller(token)
    created = [_timed(lambda n=n: caller.post("/cases", _wish(n), 201)) for n in range(ORDERS)]
    plain = [
        _timed(lambda n=n: caller.post("/cases", {"order": f"B{n:06d}", "leaf": "damaged"}, 201))
        for n in range(ORDERS // 3)
    ]
    facts = {f["key"]: f["value"] for f in caller.get("/cases/1001")["facts"]}
    judged = [_timed(lambda: caller.post("/judge", facts, 200)) for _ in range(READS)]
    read = [_timed(lambda n=n: caller.get(f"/cases/{1001 + n}")) for n in range(READS)]
    _many_cases(shop_id)
    listed = [_timed(lambda: caller.get("/cases?limit=25")) for _ in range(READS)]
    changed = [_timed(lambda: caller.get("/cases?limit=25&filter=all")) for _ in range(READS)]
    warm = created[10:]  # the first ones load the rulebook and the phrasebook
    return {
        "create": statistics.median(warm), "create_95": statistics.quantiles(warm, n=20)[-1],
        "create_plain": statistics.median(plain[5:]), "list": statistics.median(listed[5:]),
        "list_all": statistics.median(changed[5:]), "read": statistics.median(read[5:]),
        "judge": statistics.median(judged[5:]),
    }  # fmt: skip


def _timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _wish(n: int) -> dict[str, Any]:
    words = f"Hello, my order A{n:06d} has not arrived after six weeks. I want my money back."
    return {
        "order": f"A{n:06d}", "leaf": "in_transit_late",
        "message": {"text": words, "language": "en", "external_id": f"m-{n}"},
    }  # fmt: skip


def _house() -> tuple[str, int]:
    """An organisation with a shop and orders: (a token that may do everything, the shop)."""
    from amends.base.accounts.core import TOKEN_PREFIX, Permission, system_scope
    from amends.base.accounts.models import Shop
    from amends.base.team import actions
    from amends.intake.buyers.models import Buyer
    from amends.intake.orders.models import Line, Order, PaymentEvent

    now = datetime.now(UTC)
    house = actions.create_organisation("Bench", now=now, salt="bench")
    shop = Shop.objects.create(organisation=house, platform="ebay", site="US", name="Bench shop")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    actions.issue_token(system_scope(house.pk), "bench", tuple(Permission), now=now, token=token)
    placed = now - timedelta(days=42)
    for series, count in (("A", ORDERS), ("B", ORDERS // 3)):
        numbers = [f"{series}{n:06d}" for n in range(count)]
        buyers = Buyer.objects.bulk_create(
            Buyer(organisation=house, shop=shop, external_id=f"u-{n}", name="A Buyer", country="US", language="en")
            for n in numbers
        )
        orders = Order.objects.bulk_create(
            Order(
                organisation=house, shop=shop, buyer=buyer, number=number, currency="USD", items_minor=4180,
                total_minor=4180, placed_at=placed, paid_at=placed, shipped_at=placed + timedelta(days=2),
                promised_by=placed + timedelta(days=20), ship_country="US", fulfilment="seller", updated_at=now,
            )
            for number, buyer in zip(numbers, buyers, strict=True)
        )  # fmt: skip
        Line.objects.bulk_create(
            Line(organisation=house, order=order, external_id="1", sku="MUG-1", title="Mug", unit_price_minor=4180)
            for order in orders
        )
        PaymentEvent.objects.bulk_create(
            PaymentEvent(
                organisation=house, order=order, kind="paid", external_id="p", amount_minor=4180, currency="USD",
                at=placed,
            )
            for order in orders
        )  # fmt: skip
    return token, shop.pk


def _many_cases(shop_id: int) -> None:
    from amends.intake.buyers.models import Buyer
    from amends.intake.orders.models import Order
    from amends.resolution.cases.models import Case

    now = datetime.now(UTC)
    order = Order.objects.order_by("pk").first()
    buyer = Buyer.objects.order_by("pk").first()
    if order is None or buyer is None:
        raise SystemExit("no orders to hang cases on")
    Case.objects.bulk_create(
        (
            Case(
                organisation_id=order.organisation_id, number=100_000 + n, shop_id=shop_id, order_id=order.pk + n % 200,
                buyer_id=buyer.pk + n % 200, leaf="damaged", title=f"Case {n}", opened_at=now,
                changed_at=now - timedelta(seconds=n),
                next_due_at=now + timedelta(minutes=n), closed_at=now if n % 3 == 0 else None,
            )
            for n in range(LISTED)
        ),
        batch_size=1_000,
    )  # fmt: skip


class _Print:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        met = "" if bar is None else f"  (bar {'≤' if at_most else '≥'} {bar:g}: {_verdict(value, bar, at_most)})"
        print(f"{name:58} {value:10,.2f} {unit}{met}")


def _verdict(value: float, bar: float, at_most: bool) -> str:  # noqa: FBT001 - which way the bar points
    return "met" if (value <= bar if at_most else value >= bar) else "MISSED"


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(_measure()))
    else:
        run(_Print())
