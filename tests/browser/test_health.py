"""Account health in a browser: three shops, one with a line crossed, wide and on a phone, in both languages."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Organisation
from amends.intake.orders.models import Order
from amends.judgement.health import actions
from amends.judgement.health.core import Event
from tests import factories
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def house() -> Organisation:
    now = timezone.now()
    organisation = factories.make_organisation("acme")
    factories.make_user(organisation, Role.LEAD, email="lead@acme.example")
    scope = system_scope(organisation.pk)
    for platform, name, lost in (
        ("amazon", "Hearth & Home", 4),
        ("ebay", "Lamp corner", 5),
        ("aliexpress", "灯具小铺", 3),
    ):
        shop = factories.make_shop(organisation, platform, name=name, site="US" if platform != "aliexpress" else "")
        orders = Order.objects.bulk_create(
            Order(
                organisation=organisation, shop=shop, number=f"{name}-{i}", currency="USD", updated_at=now,
                placed_at=now - (i % 55 + 1) * DAY, paid_at=now - (i % 55 + 1) * DAY, fulfilment="seller",
                ship_by=now - (i % 55) * DAY,
                shipped_at=now - (i % 55) * DAY - timedelta(hours=-1 if i % 40 == 0 else 1),
            )
            for i in range(800 if platform == "amazon" else 150)
        )  # fmt: skip
        for i, order in enumerate(orders[:lost]):
            at = now - (2 + 3 * i) * DAY
            events = [Event("dispute_opened_at", at), Event("claim_opened_at", at), Event("escalated_at", at + DAY)]
            events.append(Event("decided_at", at + DAY, "for_buyer", seller_liable=True))
            actions.keep(scope, f"case:{shop.pk}-{i}", shop.pk, order.pk, events)
    for days in (300, 40, 3):
        actions.record_offence(
            scope, now, shop_id=shop.pk, ledger="transaction", kind="false_shipment", at=now - days * DAY, points=6
        )
    return organisation


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_page_says_where_each_shop_stands(house: Any, open_page: Any, phone: bool, language: str) -> None:
    page = open_page(phone=phone, locale="zh-CN" if language == "zh-hans" else "en-GB")
    sign_in(page, "lead@acme.example", language)
    page.goto("/health")
    odr = page.locator("tr[data-metric=order_defect_rate]")
    assert "0.50%" in odr.inner_text()
    assert odr.locator(".pill.ok, .pill.soon").first.inner_text().strip() == "3"
    assert page.locator("tr[data-metric=transaction_defect_rate] .pill.late").count() == 1
    assert "18" in page.locator("[data-ledger=transaction]").inner_text()
    folder = os.environ.get("AMENDS_TEST_PICTURES")
    if folder:
        name = f"health-{language}-{'phone' if phone else 'wide'}"
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    # A phone widens its window to what sticks out, so both are compared with the screen.
    width = 390 if phone else 1440
    assert page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]") == [width, width]
    odr.locator("a.rule").click()
    page.locator("#sheet-body").get_by_text("AMZ-ODR-RATE").first.wait_for()
