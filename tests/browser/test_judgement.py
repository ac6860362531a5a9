"""The clock simulator, the rules and a case's remedies in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Organisation
from amends.flows.precedents import keep
from amends.intake.conversations.models import Message, Thread
from amends.intake.tracking.models import Parcel
from amends.resolution.cases import actions
from amends.resolution.cases.models import Case
from tests import factories
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
# (today, state of eBay's three business days over Thanksgiving): the golden values
GOLDEN = (
    ("2026-11-24T10:30:00-08:00", "running"),
    ("2026-11-30T23:30:00-08:00", "running"),
    ("2026-12-01T00:30:00-08:00", "expired"),
)


@pytest.fixture
def house() -> Organisation:
    """A damaged lamp of 60 dollars on eBay, with photos: every way out is open."""
    now = timezone.now()
    organisation = factories.make_organisation("acme")
    factories.make_user(organisation, Role.OWNER, email="owner@acme.example")
    shop = factories.make_shop(organisation, "ebay", site="US", name="Lamp shop", time_zone="America/Los_Angeles")
    buyer = factories.make_buyer(organisation, shop, name="Ann Lee", email="ann@mail.example")
    order = factories.make_order(
        organisation, shop, buyer=buyer, now=now, total_minor=60_00, delivered_at=now - timedelta(days=2)
    )
    Parcel.objects.create(
        organisation=organisation,
        order=order,
        number="1Z999",
        carrier="UPS",
        shipped_at=now - timedelta(days=9),
        delivered_at=now - timedelta(days=2),
        status="delivered",
        delivered_to_address=True,
    )
    thread = Thread.objects.create(
        organisation=organisation, shop=shop, buyer=buyer, order=order, channel="mail", last_message_at=now
    )
    Message.objects.create(
        organisation=organisation,
        thread=thread,
        direction="in",
        state="received",
        text="The lamp arrived broken.",
        at=now - timedelta(hours=2),
        audience=["seller"],
    )
    scope = system_scope(organisation.pk)
    actions.open_case(
        scope,
        now,
        shop_id=shop.pk,
        order_id=order.pk,
        buyer_id=buyer.pk,
        thread_id=thread.pk,
        leaf="damaged",
        title="The lamp arrived broken.",
    )
    return organisation


def _drag(page: Any, moment: str) -> None:
    """Puts the slider to a moment, as a hand would: the input event, then the server's answer."""
    with page.expect_response("**/clock/board"):
        page.evaluate(
            """moment => {
                const form = document.getElementById("simulator");
                const slider = form.querySelector("input[name=minutes]");
                const begins = new Date(form.querySelector("input[name=begins]").value);
                slider.value = Math.round((new Date(moment) - begins) / 60000);
                slider.dispatchEvent(new Event("input", {bubbles: true}));
            }""",
            moment,
        )
    page.wait_for_timeout(150)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_dragging_today_moves_the_states_to_the_golden_values(house: Organisation, open_page: Any, phone: bool) -> None:
    page = open_page(phone=phone)
    sign_in(page, "owner@acme.example")
    page.goto("/clock?model=ebay&at=2026-11-20T00:00:00-08:00")
    assert page.locator('[data-rule="EB-INR-RESP"]').count() == 0
    for moment, state in GOLDEN:
        _drag(page, moment)
        assert page.locator('[data-rule="EB-INR-RESP"]').get_attribute("data-state") == state, moment
    page.locator(".what-if", has_text="goes to the bank").click()
    page.locator('[data-rule="EB-PAYDISP"]').wait_for()
    assert page.locator('[data-rule="EB-INR-RESP"]').get_attribute("data-state") == "excluded"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_today_moves_by_the_keyboard_too(house: Organisation, open_page: Any) -> None:
    page = open_page()
    sign_in(page, "owner@acme.example")
    page.goto("/clock?model=ebay&at=2026-11-25T00:00:00-08:00")
    before = page.locator(".today-text").inner_text()
    page.locator('input[name="minutes"]').focus()
    with page.expect_response("**/clock/board"):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(150)
    assert page.locator(".today-text").inner_text() != before
    assert page.evaluate("document.activeElement.name") == "minutes"


def test_rules_are_searched_opened_at_their_source_and_compared(house: Organisation, open_page: Any) -> None:
    page = open_page()
    sign_in(page, "owner@acme.example")
    page.goto("/rules")
    page.fill("#q", "signature 750")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=signature*")
    page.locator("table a.rule", has_text="EB-SIG").first.click()
    page.wait_for_url("**/rules/EB-SIG**")
    source = page.locator('dl.facts a[target="_blank"]').first
    assert source.get_attribute("href").startswith("https://export.ebay.com")
    page.get_by_text("Compare any two versions").click()
    page.wait_for_url("**/rules/EB-SIG/versions**")
    assert "order.total_with_tax_and_postage" in page.locator("pre.diff ins").all_inner_texts().__str__()
    page.goto("/rules/compare?left=DE&right=FR")
    assert "FR-GUAR-REPAIR" in page.locator("table").inner_text()


@pytest.mark.parametrize("locale", ["en", "zh-hans"])
def test_the_case_page_ranks_remedies_and_names_the_break_even(
    house: Organisation, open_page: Any, locale: str
) -> None:
    from amends.base.accounts.models import User

    User.objects.update(language=locale)
    page = open_page(locale="zh-CN" if locale == "zh-hans" else "en-GB")
    sign_in(page, "owner@acme.example")
    page.goto(f"/cases/C-{Case.objects.get().number}")
    totals = [
        float(re.sub(r"[^0-9.]", "", text) or 0)
        for text in page.locator(".remedy:not(.off) > summary .num:last-child").all_inner_texts()
    ]
    assert len(totals) >= 5
    assert totals == sorted(totals)
    assert re.search(r"\d+\.\d\d", page.locator(".break-even strong").first.inner_text())
    page.locator(".remedy.best > summary").click()
    assert page.locator(".remedy.best .parts dt").count() >= 3
    assert page.locator(".steps li").count() >= 2
    page.locator(".judgement .rule").first.click()
    page.locator("#sheet .dialog-head h2").wait_for()


def test_similar_closed_cases_say_how_they_ended_and_what_differs(house: Organisation, open_page: Any) -> None:
    mine = Case.objects.get()
    scope, now = system_scope(house.pk), timezone.now()
    dear = factories.make_order(
        house, mine.shop, number="DEAR-1", buyer=mine.buyer, now=now, total_minor=180_00,
        delivered_at=now - timedelta(days=3),
    )  # fmt: skip
    opened = actions.open_case(
        scope, now, shop_id=mine.shop_id, order_id=dear.pk, buyer_id=mine.buyer_id, leaf="damaged", title="Broken"
    )
    then = Case.objects.exclude(pk=mine.pk).get()
    assert opened is not None
    settled = ("settle", {"remedy": "partial_refund", "amount": "45.00"})
    for verb, args in (settled, ("refund_done", {}), ("close", {"root_cause": "packaging"})):
        assert isinstance(actions.perform(scope, then.pk, verb, args, now), actions.Performed)
    keep(scope, then.pk)
    page = open_page()
    sign_in(page, "owner@acme.example")
    page.goto(f"/cases/C-{mine.number}")
    page.locator("[hx-get$='/similar']").scroll_into_view_if_needed()
    card = page.locator("article.precedent").first
    card.wait_for()
    said = card.inner_text()
    assert f"C-{then.number}" in said
    assert "Partial refund" in said
    assert "3 times the value" in said
