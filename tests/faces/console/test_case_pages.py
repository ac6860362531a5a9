"""Working a case in the console: seeing, simulating, doing, being refused, being overtaken, taking back."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from amends.base.accounts.core import Role
from amends.base.accounts.models import User
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message
from amends.intake.tracking.models import Parcel
from amends.language.culture import address_of
from amends.resolution.cases.models import Case, CaseFact
from amends.resolution.refunds.models import Refund

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _html(response) -> str:
    return response.content.decode()


def test_the_case_page_shows_words_clocks_verdict_and_remedies(signed_in, make_case) -> None:
    case = make_case("Item arrived cracked, I want my money back.")
    page = _html(signed_in().get(f"/cases/C-{case.number}"))
    assert "Item arrived cracked, I want my money back." in page
    assert case.order.number in page
    assert 'class="verdict"' in page
    assert "HOUSE-FIRST-ANSWER" in page
    assert "Partial refund" in page
    assert "data-left" in page


def test_the_buyers_side_of_the_clock_and_the_form_of_address_are_hints(signed_in, make_case) -> None:
    case = make_case("The lamp came broken.")
    case.order.ship_country = "DE"
    case.order.save(update_fields=["ship_country"])
    page = _html(signed_in().get(f"/cases/C-{case.number}"))
    there = timezone.now().astimezone(ZoneInfo("Europe/Berlin"))
    assert any(f"{at:%H:%M} there" in page for at in (there, there - timedelta(minutes=1)))
    assert "From general knowledge, not verified." in page
    assert address_of("en")[1] in page
    case.order.ship_country = ""
    case.order.save(update_fields=["ship_country"])
    assert " there</span>" not in _html(signed_in().get(f"/cases/C-{case.number}"))


def test_a_language_that_is_not_sure_says_how_sure(signed_in, make_case) -> None:
    case, client = make_case("Ola"), signed_in()
    reading = {"language_probability": 0.62, "leaf": "damaged", "probability": 0.87}
    Message.objects.filter(thread=case.thread).update(language="pt", reading=reading)
    page = _html(client.get(f"/cases/C-{case.number}"))
    assert 'title="recognised with 62% · Damaged 87%"' in page
    assert "Portuguese (62%)" in page
    Message.objects.filter(thread=case.thread).update(reading=reading | {"language_probability": 0.98})
    assert "Portuguese</span>" in _html(client.get(f"/cases/C-{case.number}"))


def test_the_inbox_lists_filters_and_opens(signed_in, make_case) -> None:
    case, client = make_case("Where is my lamp"), signed_in()
    page = _html(client.get("/inbox?filter=unassigned&q=lamp"))
    assert "Where is my lamp" in page
    assert f"filter=unassigned&amp;q=lamp&amp;case=C-{case.number}" in page
    assert "No case fits this filter." in _html(client.get("/inbox?filter=mine"))
    pane = _html(client.get(f"/inbox?case=C-{case.number}", headers={**HTMX, "HX-Target": "case"}))
    assert pane.lstrip().startswith('<div class="case" id="case">')


def test_today_stands_in_order_of_the_deadline(signed_in, make_case) -> None:
    first, second = make_case("first"), make_case("second")
    Case.objects.filter(pk=second.pk).update(next_due_at=timezone.now())
    second.clocks.filter(name="first_answer").update(due_at=timezone.now() - timedelta(hours=1))
    page = _html(signed_in().get("/"))
    assert page.index(f'href="/cases/C-{second.number}"') < page.index(f'href="/cases/C-{first.number}"')
    assert "1 h over" in page


def test_a_simulation_shows_numbers_and_changes_nothing(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    entries = Entry.objects.count()
    shown = _html(
        client.post(
            f"/cases/C-{case.number}/simulate/settle",
            {"remedy": "partial_refund", "amount": "10.00", "text": "Hola, le devolvemos.", "language": "es"},
        )
    )
    assert "US$10.00" in shown
    assert "US$31.80" in shown
    assert "HOUSE-FIRST-ANSWER" in shown
    assert "Hola, le devolvemos." in shown
    assert (Refund.objects.count(), Entry.objects.count()) == (0, entries)


def test_a_simulation_says_why_not(signed_in, make_case) -> None:
    case = make_case()
    shown = _html(signed_in().post(f"/cases/C-{case.number}/simulate/refund", {"amount": "41.81"}))
    assert "more than what is left to refund" in shown


def test_settling_refunds_writes_and_offers_to_undo(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    done = client.post(
        f"/cases/C-{case.number}/do/settle",
        {"remedy": "partial_refund", "amount": "10.00", "text": "We refund 10.", "version": case.version, "key": "k1"},
    )
    assert done.status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.currency, refund.state) == (1000, "USD", "created")
    page = _html(client.get(done["Location"]))
    message = Message.objects.get(direction="out")
    assert f'action="/messages/{message.pk}/undo"' in page
    assert 'data-seconds="10"' in page
    client.post(f"/messages/{message.pk}/undo")
    message.refresh_from_db()
    assert message.state == "undone"


def test_the_same_key_twice_is_one_refund(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    form = {"amount": "5.00", "key": "the-same"}
    client.post(f"/cases/C-{case.number}/do/refund", form)
    client.post(f"/cases/C-{case.number}/do/refund", form)
    assert Refund.objects.count() == 1


def test_who_is_overtaken_keeps_the_words_and_sees_what_happened(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    seen = case.version
    client.post(f"/cases/C-{case.number}/do/prioritise", {"priority": "2", "version": seen})
    late = client.post(f"/cases/C-{case.number}/do/answer", {"text": "My long answer", "version": seen}, headers=HTMX)
    assert late.status_code == 409
    assert late["HX-Retarget"] == "#dialog-body"
    page = _html(late)
    assert "My long answer" in page
    assert "Priority set" in page
    assert f'name="version" value="{seen + 1}"' in page
    assert not Message.objects.filter(direction="out").exists()


def test_a_refusal_comes_back_with_its_reason(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    refused = client.post(f"/cases/C-{case.number}/do/close", {}, headers=HTMX)
    assert refused.status_code == 422
    assert "Choose the root cause." in _html(refused)
    case.refresh_from_db()
    assert case.closed_at is None


def test_without_scripts_a_refusal_is_a_note_on_the_page(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    refused = client.post(f"/cases/C-{case.number}/do/close", {}, follow=True)
    assert refused.status_code == 200
    assert "Choose the root cause." in _html(refused)


def test_a_channel_that_cannot_send_is_handed_over(signed_in, make_case) -> None:
    case, client = make_case(mail=False), signed_in()
    assert "Mark as handed over" in _html(client.get(f"/cases/C-{case.number}"))
    client.post(f"/cases/C-{case.number}/do/answer", {"text": "Copied over there", "handed_over": "1"})
    message = Message.objects.get(direction="out")
    assert (message.state, message.text) == ("handed_over", "Copied over there")
    page = _html(client.get(f"/cases/C-{case.number}"))
    assert "handed over" in page


def test_a_missing_fact_is_answered_on_the_page(signed_in, make_case) -> None:
    case, client = make_case(leaf="delivered_not_received"), signed_in()
    Parcel.objects.create(
        organisation_id=case.organisation_id, order=case.order, number="1Z9", delivered_at=timezone.now()
    )
    client.post(f"/cases/C-{case.number}/do/set_fact", {"fact": "parcels.signature", "value": "true"})
    fact = CaseFact.objects.get(case=case, key="parcels.signature")
    assert (fact.value, fact.origin) == (True, "person")


@pytest.mark.parametrize("verb", ["settle", "offer", "refuse", "close", "snooze", "assign", "escalate", "note"])
def test_every_dialogue_opens(signed_in, make_case, verb: str) -> None:
    case = make_case()
    page = signed_in().get(f"/cases/C-{case.number}/ask/{verb}")
    assert page.status_code == 200
    assert f'action="/cases/C-{case.number}/do/{verb}"' in _html(page)


def test_snoozing_reads_the_time_in_the_readers_zone(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    User.objects.update(time_zone="Asia/Tokyo")
    wake = (timezone.now() + timedelta(hours=9 + 2)).replace(
        second=0, microsecond=0
    )  # two hours from now, as Tokyo reads it
    client.post(f"/cases/C-{case.number}/do/snooze", {"until": wake.strftime("%Y-%m-%dT%H:%M")})
    case.refresh_from_db()
    assert case.snoozed_until == wake - timedelta(hours=9)


def test_another_organisations_case_is_not_there(signed_in, make_case, other_organisation) -> None:
    case = make_case("secret words")
    stranger: Client = signed_in(Role.OWNER, house=other_organisation)
    for path in (f"/cases/C-{case.number}", f"/inbox?case=C-{case.number}", f"/cases/C-{case.number}/ask/settle"):
        answer = stranger.get(path)
        assert answer.status_code == 404
        assert "secret words" not in _html(answer)
    assert stranger.post(f"/cases/C-{case.number}/do/note", {"text": "x"}).status_code == 404
    assert "secret" not in _html(stranger.get("/inbox?q=secret")).replace('value="secret"', "").replace("q=secret", "")


def test_a_viewer_reads_and_does_nothing(signed_in, make_case) -> None:
    case, client = make_case(), signed_in(Role.VIEWER)
    page = _html(client.get(f"/cases/C-{case.number}"))
    assert 'id="answer"' not in page
    client.post(f"/cases/C-{case.number}/do/answer", {"text": "no"})
    client.post(f"/cases/C-{case.number}/do/refund", {"amount": "1"})
    assert not Message.objects.filter(direction="out").exists()
    assert not Refund.objects.exists()


def test_a_buyers_markup_is_text(signed_in, make_case) -> None:
    case = make_case("<script>alert(1)</script><b>x</b>")
    page = _html(signed_in().get(f"/cases/C-{case.number}"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;x&lt;/b&gt;" in page


def _queries_of(client: Client, path: str, counter) -> int:
    client.get(path)  # warm: session, rulebook
    with counter() as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("path", ["/", "/inbox", "/search?q=parcel", "/orders"])
def test_a_longer_list_costs_no_more_queries(signed_in, make_case, django_assert_max_num_queries, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in()
    for _ in range(2):
        make_case()
    few = _queries_of(client, path, lambda: CaptureQueriesContext(connection))
    for _ in range(8):
        make_case()
    assert _queries_of(client, path, lambda: CaptureQueriesContext(connection)) == few
    assert few <= 20


def test_templates_fill_the_composer(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    menu = _html(client.get(f"/cases/C-{case.number}/templates?language=es"))
    assert len(re.findall('class="choice"', menu)) >= 49
    first = menu[menu.index('class="choice"') :]
    assert "fits" in first[: first.index("</button>")]
    filled = client.get(f"/cases/C-{case.number}/templates/ask_photos?language=es")
    assert filled.status_code == 204
    assert '"language": "es"' in filled["HX-Trigger"]
    assert client.get(f"/cases/C-{case.number}/templates/nonsense").status_code == 404


def test_search_goes_straight_to_a_case(signed_in, make_case) -> None:
    case, client = make_case("Unmistakable words here"), signed_in()
    assert client.get(f"/search?q=c-{case.number}")["Location"] == f"/cases/C-{case.number}"
    assert case.order.number in _html(client.get(f"/search?q={case.order.number}"))
    assert f"C-{case.number}" in _html(client.get("/search?q=Unmistakable"))
    assert "Nothing found." in _html(client.get("/search?q=zzzzzz"))
