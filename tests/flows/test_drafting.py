"""What stands in a first draft: sums and dates that hold, and a visible hole where nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.flows.drafting import draft_text
from amends.intake.orders.models import PaymentEvent
from amends.resolution.cases import actions as cases
from amends.resolution.cases.queries import newest_judgement
from tests.flows import corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def scratch():
    return corpus.load("27-12303-45768", "14-12081-45222")


def text_of(scratch, got, template):
    judgement = newest_judgement(scratch.scope, got.case)
    return draft_text(scratch.scope, got.case, got.case.leaf, "en", corpus.world_now(), judgement, template=template)[1]


def test_a_late_parcel_is_offered_the_whole_sum_and_no_invented_date(scratch):
    text = text_of(scratch, corpus.send(scratch, "ar-02.eml"), "")
    assert "The carrier now expects it by [date]" in text
    assert "we refund $214.00 to you now" in text


def test_a_date_that_is_promised_is_used(scratch):
    got = corpus.send(scratch, "ar-02.eml")
    got.case.order.promised_by = corpus.world_now() + timedelta(days=4)
    assert "expects it by November 24, 2026" in text_of(scratch, got, "delay_choice")


def test_each_offer_names_its_own_sum(scratch):
    got = corpus.send(scratch, "en-03.eml")
    assert "we can refund £20.55 of the price" in text_of(scratch, got, "offer_partial_refund")
    assert "We will refund £68.50" in text_of(scratch, got, "offer_full_refund")
    assert "we refund £68.50" in text_of(scratch, got, "offer_return_refund")


def test_what_was_refunded_is_not_offered_again(scratch):
    got = corpus.send(scratch, "en-03.eml")
    PaymentEvent.objects.create(
        organisation=got.case.organisation, order=got.case.order, kind="refunded", external_id="r1", amount_minor=20_00,
        currency="GBP", at=corpus.world_now(),
    )  # fmt: skip
    cases.judge_again(scratch.scope, got.case.pk, corpus.world_now())
    assert "We will refund £48.50" in text_of(scratch, got, "offer_full_refund")


def test_a_language_without_texts_gets_english(scratch):
    got = corpus.send(scratch, "en-03.eml")
    _key, text, used = draft_text(scratch.scope, got.case, "thanks", "und", corpus.world_now(), got.judgement)
    assert (used, "thank you for your kind message" in text) == ("en", True)
