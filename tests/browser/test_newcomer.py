"""The way of a newcomer: sign in, open the most urgent case, understand it, offer, answer, look it up again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Organisation, User
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message, Thread
from amends.intake.tracking.models import Parcel
from amends.resolution.cases import actions
from amends.resolution.cases.models import Case, Offer
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> Organisation:
    """An eBay shop, two orders that never came, one owner who reads English."""
    now = timezone.now()
    organisation = factories.make_organisation("acme")
    factories.make_user(organisation, Role.OWNER, email="owner@acme.example")
    shop = factories.make_shop(organisation, "ebay", site="US", name="Lamp shop", time_zone="America/Los_Angeles")
    for name, hours, text in (
        ("Jorge Ruiz", 20, "El paquete nunca llegó. Quiero mi dinero de vuelta."),
        ("ليلى حداد", 3, "لم يصل الطرد بعد."),
    ):
        buyer = factories.make_buyer(
            organisation, shop, name=name, email=f"b{hours}@mail.example", language="es" if hours == 20 else "ar"
        )
        order = factories.make_order(
            organisation, shop, buyer=buyer, now=now, total_minor=90_00, delivered_at=now - timedelta(days=3)
        )
        Parcel.objects.create(
            organisation=organisation,
            order=order,
            number=f"1Z{hours}",
            carrier="UPS",
            shipped_at=now - timedelta(days=18),
            first_scan_at=now - timedelta(days=17),
            delivered_at=now - timedelta(days=3),
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
            text=text,
            language=buyer.language,
            at=now - timedelta(hours=hours),
            audience=["seller"],
        )
        actions.open_case(
            system_scope(organisation.pk),
            now,
            shop_id=shop.pk,
            order_id=order.pk,
            buyer_id=buyer.pk,
            thread_id=thread.pk,
            leaf="delivered_not_received",
            title=text,
        )
    return organisation


def _sign_in(page: Any, button: str = "Sign in") -> None:
    page.goto("/")
    page.fill("#id_login", "owner@acme.example")
    page.fill("#id_password", factories.PASSWORD)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/")


def _work_the_most_urgent(page: Any) -> int:
    """Today's first line → read → offer after the simulation → answer. Returns the case's number."""
    page.locator(".due-row").first.click()
    page.wait_for_url(re.compile(r"/cases/C-\d+"))
    number = int(page.url.rsplit("-", 1)[1])
    page.locator(".judgement .cite .rule").first.click()
    page.locator("#sheet .dialog-head h2").wait_for()
    assert page.locator("#sheet .facts").first.inner_text() != ""
    page.keyboard.press("Escape")
    page.locator(".conversation > header button[hx-get*='/ask/offer']").click()
    page.locator("#dialog #simulation .facts").wait_for()
    page.select_option("#d-remedy", "refund_full")
    page.locator("#d-amount").wait_for()
    with page.expect_response("**/simulate/offer"):
        page.fill("#d-amount", "25.00")
    page.locator("#simulation").get_by_text("US$25.00").wait_for()
    assert not Offer.objects.exists()
    page.locator("#dialog [data-default]").click()
    page.locator(".toast").first.wait_for()
    page.fill("#answer", "Estimado Jorge: le ofrecemos 25 dólares.")
    page.select_option("#answer-language", "es")
    page.locator("#composer [data-default]").click()
    page.locator(".toast [data-undo]").wait_for()
    return number


def test_offer_answer_and_find_it_again(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    number = _work_the_most_urgent(page)
    offer = Offer.objects.get()
    assert (offer.case.number, offer.amount_minor, offer.remedy) == (number, 2500, "refund_full")
    message = Message.objects.get(direction="out")
    assert (message.state, message.language) == ("queued", "es")
    stream = page.locator(".stream")
    assert "Estimado Jorge" in stream.inner_text()
    assert "Offered" in stream.inner_text()
    page.goto(f"/audit?subject=case&id=C-{number}")
    assert "case:answer:done" in page.locator("table").inner_text()
    assert Entry.objects.filter(verb="case:offer:done").count() == 1


def test_the_same_in_chinese_on_a_phone(house: Organisation, open_page: Any) -> None:
    User.objects.update(language="zh-hans")
    page = open_page(phone=True, locale="zh-CN", dark=True)
    _sign_in(page, "登录")
    assert "今日" in page.locator("h1").inner_text()
    _work_the_most_urgent(page)
    assert "回复将在" in page.locator(".toast").inner_text()
    for path in (
        "/",
        "/inbox",
        page.url,
        "/rules",
        "/imports",
        "/settings",
        "/styleguide",
        "/audit",
        "/jobs",
        "/orders",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_an_answer_taken_back_never_leaves(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    page.goto(f"/cases/C-{Case.objects.first().number}")
    page.fill("#answer", "Too early")
    page.keyboard.press("Control+Enter")
    page.locator(".toast [data-undo]").click()
    page.get_by_text("Taken back. It never left.").wait_for()
    assert Message.objects.get(direction="out").state == "undone"


def test_the_keyboard_moves_opens_and_rests(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    page.goto("/inbox")
    page.keyboard.press("j")
    page.locator("#case .conversation h1").wait_for()
    first = page.url
    assert "case=C-" in first
    page.keyboard.press("j")
    page.wait_for_function("old => location.href !== old", arg=first)
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.id") == "answer"
    page.keyboard.type("jjj?")  # letters while typing are letters
    assert page.input_value("#answer").endswith("jjj?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(re.compile(r"/$"))
    User.objects.update(shortcuts=False)
    page.goto("/inbox")
    page.keyboard.press("?")
    page.wait_for_timeout(200)
    assert page.locator("#keys[open]").count() == 0


def test_keys_rest_while_an_input_method_composes(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, isComposing: true}))"
    )
    assert page.locator("#keys[open]").count() == 0


def test_a_draft_survives_a_reload_and_the_filter_too(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    page.goto("/inbox?filter=unassigned")
    page.locator(".list .item").first.click()
    page.locator("#answer").wait_for()
    page.fill("#answer", "half a sentence")
    page.reload()
    assert page.input_value("#answer") == "half a sentence"
    assert page.locator('.chip[aria-current="true"]').first.inner_text().startswith("unassigned")


GROUND = "getComputedStyle(document.documentElement).backgroundColor"


def test_the_theme_changes_at_once_and_stays(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    before = page.evaluate(GROUND)
    page.locator(".topbar details.menu").last.locator("summary").click()
    with page.expect_response("**/appearance"):
        page.locator('.topbar [name="theme"][value="dark"]').click()
    after = page.evaluate(GROUND)
    assert after != before
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_first_page_is_light_and_quick(house: Organisation, open_page: Any) -> None:
    """≤ 250 kB over the wire even without compression of static files, and interactive within a second."""
    page = open_page()
    _sign_in(page)
    sizes: list[int] = []
    page.on("response", lambda r: sizes.append(int(r.headers.get("content-length") or len(r.body()))))
    page.goto("/", wait_until="load")
    assert sum(sizes) <= 250_000
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert ready <= 1000


def test_arabic_reads_from_the_right_inside_an_english_page(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    case = Case.objects.get(title__startswith="لم")
    page.goto(f"/cases/C-{case.number}")
    text = page.locator(".msg .text").first
    assert text.evaluate("e => getComputedStyle(e).direction") == "rtl"
    page.goto("/styleguide?dir=rtl")
    rail, stage = page.locator(".rail").bounding_box(), page.locator(".stage").bounding_box()
    assert rail["x"] > stage["x"]


BAD = """() => {
  const faults = [];
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const named = e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby');
    if (!named) faults.push(e.outerHTML.slice(0, 120));
  }
  for (const e of document.querySelectorAll('button, a[href], summary')) {
    if (!(e.textContent.trim() || e.getAttribute('aria-label') || e.title)) faults.push(e.outerHTML.slice(0, 120));
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) faults.push('twice: ' + id);
  if (document.querySelectorAll('h1').length !== 1) faults.push('h1: ' + document.querySelectorAll('h1').length);
  if (document.querySelectorAll('main').length !== 1) faults.push('main');
  return faults;
}"""


def test_every_control_has_a_name(house: Organisation, open_page: Any) -> None:
    page = open_page()
    _sign_in(page)
    number = Case.objects.first().number
    paths = ["/", f"/cases/C-{number}", "/rules", "/imports", "/audit", "/jobs", "/orders", "/search?q=x", "/settings"]
    paths += ["/settings/team", "/settings/tokens", "/settings/mail", "/settings/organisation", "/settings/shops/add"]
    for path in paths:
        page.goto(path)
        assert page.evaluate(BAD) == [], path
