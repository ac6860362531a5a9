"""A lead sets a number otherwise, sees beforehand what moves, takes it back; and writes a rule with a mistake in it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Organisation
from amends.judgement.policies.models import HouseRule
from amends.resolution.cases import actions
from tests import factories
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
RULE = "HOUSE-FIRST-ANSWER"


@pytest.fixture
def house() -> Organisation:
    """An own shop whose buyer asked two hours ago."""
    now = timezone.now()
    organisation = factories.make_organisation("acme")
    factories.make_user(organisation, Role.LEAD, email="lead@acme.example")
    shop = factories.make_shop(organisation, "own_shop", name="Lamp shop")
    order = factories.make_order(organisation, shop, now=now)
    actions.open_case(
        system_scope(organisation.pk), now, shop_id=shop.pk, order_id=order.pk, buyer_id=order.buyer_id,
        leaf="in_transit_late", facts={"buyer.contacted": (now - timedelta(hours=2)).isoformat()}, origin="person",
    )  # fmt: skip
    return organisation


def _look(page: Any, name: str) -> None:
    """A picture for whoever asks for one; and nothing may stick out to the side."""
    folder = os.environ.get("AMENDS_TEST_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_number_is_set_otherwise_and_taken_back(house: Any, open_page: Any, phone: bool, language: str) -> None:
    page = open_page(phone=phone, locale="zh-CN" if language == "zh-hans" else "en-GB")
    sign_in(page, "lead@acme.example", language)
    name = f"{language}-{'phone' if phone else 'wide'}"
    page.goto(f"/rules/{RULE}")
    page.fill("#id_value", "12")
    page.wait_for_selector(".preview .simulation")
    assert "C-1001" in page.inner_text(".preview")
    page.fill("#id_reason", "We answer the same day")
    page.fill("#id_citation", "https://shop.example/promise")
    _look(page, f"override-{name}")
    page.click(".house .button.go")
    page.wait_for_selector(".house .notice")
    assert "12" in page.inner_text(".house .notice")
    _look(page, f"overridden-{name}")
    page.click(".house .notice .button")
    page.wait_for_selector(".toast [data-undo]")
    assert page.locator(".house .notice").count() == 0
    page.click(".toast [data-undo]")
    page.wait_for_selector(".house .notice")
    rows = HouseRule.objects.filter(organisation=house).order_by("number")
    assert [(r.number, r.new, r.withdrawn_at is None) for r in rows] == [(1, "12", False), (2, "12", True)]
    _look(page, f"restored-{name}")
    page.goto("/rules?house=1")
    assert page.locator("tbody tr").count() == 1
    _look(page, f"list-{name}")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_an_own_rule_is_checked_while_it_is_written(house: Any, open_page: Any, phone: bool, language: str) -> None:
    page = open_page(phone=phone, locale="zh-CN" if language == "zh-hans" else "en-GB")
    sign_in(page, "lead@acme.example", language)
    name = f"{language}-{'phone' if phone else 'wide'}"
    page.goto("/rules/new")
    page.wait_for_selector(".editor .pill.ok")
    starter = page.input_value("#id_text")
    page.fill("#id_text", starter.replace("case.kind: return", "case.knid: return"))
    page.wait_for_selector(".editor .notice.late")
    said = page.inner_text(".editor .notice.late")
    assert "5" in said
    assert "case.kind" in said
    assert ("Line" in said) == (language == "en")
    _look(page, f"mistake-{name}")
    page.fill("#id_text", starter)
    page.wait_for_selector(".editor .pill.ok")
    page.fill("#try-case", "C-1001")
    page.click("aside .button")
    page.wait_for_selector("#trial .verdict")
    _look(page, f"editor-{name}")
    page.fill("#id_reason", "Our terms say so")
    page.fill("#id_citation", "Terms of sale, 4.2")
    page.click(".editor .button.go")
    page.wait_for_url("**/rules/OWN-RETURNS")
    assert page.locator(".verdict .pill").count() == 1
    _look(page, f"own-{name}")
