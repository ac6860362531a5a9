"""Wish: who funds a refund that the platform gives. T7 and T8 are the platform's own worked examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from amends.judgement.rules.verify import check_example
from amends.kernel.parties import Confidence
from tests.judgement.judging import BOOK, at, clock, deciders, judged, shares

# Typed from the merchant's table once more: natural days from the order to the confirmed delivery.
DAYS = {
    "US": 15,
    "GB": 12,
    "FR": 16,
    "DE": 16,
    "CA": 18,
    "ES": 21,
    "IT": 21,
    "JP": 13,
    "AU": 14,
    "BR": 29,
    "MX": 22,
    "KR": 12,
    "RU": 23,
    "IN": 26,
    "IL": 23,
    "AR": 33,
    "ZA": 37,
    "HK": 5,
    "SG": 16,
    "MY": 20,
    "NL": 15,
    "PL": 18,
    "SE": 20,
    "NO": 18,
    "CH": 17,
}


@pytest.mark.parametrize(("country", "days"), DAYS.items())
def test_the_limit_of_each_country_to_the_second(country: str, days: int) -> None:
    rule = BOOK.find("WI-DELIV")
    assert rule is not None
    placed = datetime(2026, 8, 1, 9, tzinfo=UTC)
    due = placed + timedelta(days=days)
    given = {"order.ship_country": country, "order.placed_at": placed.isoformat()}
    in_time = given | {"at": due.isoformat()}
    too_late = given | {"at": (due + timedelta(seconds=1)).isoformat()}
    assert check_example(rule, in_time, {"due": due.isoformat(), "state": "running"}) == []
    assert (
        check_example(rule, too_late, {"state": "expired", "funded_by": "seller", "liability": {"seller": "1"}}) == []
    )


def test_every_country_with_a_limit_is_one_the_rule_applies_to() -> None:
    rule = BOOK.find("WI-DELIV")
    assert rule is not None
    assert rule.clock is not None
    rows = dict(rule.clock.amount.table)  # type: ignore[union-attr]  # a table, as the rule says
    assert rule.defaults["order.ship_country"] == frozenset(rows)
    assert DAYS.items() <= rows.items()


# T7: delivered on day nine of fifteen, then refunded as not arrived

T7 = {
    "platform": "wish",
    "case.kind": "not_received",
    "case.leaf": "delivered_not_received",
    "order.ship_country": "US",
    "order.placed_at": "2026-08-01T00:00:00Z",
    "order.shipped": "2026-08-02T00:00:00Z",
    "order.delivered": "2026-08-10T00:00:00Z",
    "order.total_with_tax_and_postage": "20.00 USD",
    "refund.issued": "2026-08-15T00:00:00Z",
    "dispute.refund_issued_by": "platform",
}
T7_FR = {
    **{k: v for k, v in T7.items() if k not in ("order.delivered", "refund.issued")},
    "case.leaf": "in_transit_late",
    "order.ship_country": "FR",
}


def test_t7_delivered_in_time_the_merchant_is_still_paid() -> None:
    result = judged(T7, "2026-08-16T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.PLATFORM_PAYS, ["WI-DELIV-INTIME"])
    assert shares(result) == {"platform": 100}
    assert {k: result.outcome[k] for k in ("refund", "funded_by", "appeal")} == {
        "refund": "full",
        "funded_by": "platform",
        "appeal": "WI-APPEAL",
    }
    assert clock(result, "WI-DELIV") == (State.MET, at("2026-08-16T00:00:00+00:00"))
    assert clock(result, "WI-APPEAL") == (State.RUNNING, at("2026-11-13T00:00:00+00:00"))
    assert result.confidence is Confidence.B
    assert [u.rules for u in result.unknowns] == [("CARRIER-MISDELIVERED",)]  # whose loss, not who is refunded
    assert "WI-DNR" not in {c.rule for c in result.citations}


def test_t7_charged_all_the_same_is_a_contradiction_with_a_date() -> None:
    result = judged({**T7, "dispute.funded_by": "seller"}, "2026-08-16T00:00:00+00:00")
    assert result.warnings == ("decision_contradicts_rules",)
    assert result.contradiction is not None
    assert (result.contradiction.appeal, result.contradiction.appeal_due) == (
        "WI-APPEAL",
        at("2026-11-13T00:00:00+00:00"),
    )


def test_t7_france_not_delivered_on_day_seventeen() -> None:
    undelivered = {**T7_FR, "refund.issued": "2026-08-18T00:00:00Z", "parcels": [{"status": "in_transit"}]}
    result = judged(undelivered, "2026-08-18T12:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-DELIV-LATE"])
    assert shares(result) == {"seller": 100}
    assert (result.outcome["refund"], result.outcome["funded_by"]) == ("full", "seller")
    assert clock(result, "WI-DELIV") == (State.EXPIRED, at("2026-08-17T00:00:00+00:00"))


def test_t7_the_same_parcel_is_late_for_the_united_states_and_not_for_france() -> None:
    day_sixteen = {"order.delivered": "2026-08-16T18:00:00Z", "refund.issued": "2026-08-20T00:00:00Z"}
    to_us = judged({**T7, **day_sixteen}, "2026-08-21T00:00:00+00:00")
    to_fr = judged({**T7, **day_sixteen, "order.ship_country": "FR"}, "2026-08-21T00:00:00+00:00")
    assert deciders(to_us) == ["WI-DELIV-LATE"]
    assert (to_us.outcome["funded_by"], shares(to_us)) == ("seller", {"seller": 100})
    # By day ten nothing had arrived, so in France the carrier's first scan still counts: it is asked for.
    assert (to_fr.decision, to_fr.unknowns[0].fact) == (Decision.UNDETERMINED, "parcels")
    scanned = {**T7, **day_sixteen, "order.ship_country": "FR", "parcels": [{"first_scan_at": "2026-08-03T00:00:00Z"}]}
    result = judged(scanned, "2026-08-21T00:00:00+00:00")
    assert (result.decision, result.outcome["funded_by"]) == (Decision.PLATFORM_PAYS, "platform")
    late_scan = {**scanned, "parcels": [{"first_scan_at": "2026-08-11T00:00:01Z"}]}
    result = judged(late_scan, "2026-08-21T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-CONF"])
    assert not result.may_act  # a copy only: a person confirms


def test_t7_a_country_without_a_limit_falls_back_to_the_policy_on_proof_of_delivery() -> None:
    result = judged({**T7, "order.ship_country": "KE"}, "2026-08-16T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-DNR"])
    assert "WI-DELIV-ELSEWHERE" in {c.rule for c in result.citations}
    assert "WI-DELIV" not in {c.rule for c in result.clocks}


# T8: no tracking number, or one that cannot be followed

T8 = {
    "platform": "wish",
    "case.kind": "not_received",
    "case.leaf": "tracking_invalid",
    "order.placed_at": "2026-02-01T00:00:00Z",
    "order.shipped": "2026-02-16T00:00:00Z",
    "order.tracking_declared": False,
    "refund.issued": "2026-02-22T00:00:00Z",
    "dispute.refund_issued_by": "platform",
}


def test_t8_marked_as_sent_without_a_number() -> None:
    result = judged(T8, "2026-02-23T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-TRACK-NONE"])
    assert shares(result) == {"seller": 100}
    assert (result.outcome["refund"], result.outcome["funded_by"]) == ("full", "seller")
    assert clock(result, "WI-APPEAL") == (State.RUNNING, at("2026-05-23T00:00:00+00:00"))


def test_t8_a_number_that_cannot_be_followed() -> None:
    second = {
        **{k: v for k, v in T8.items() if k != "order.tracking_declared"},
        "order.placed_at": "2026-03-02T00:00:00Z",
        "order.shipped": "2026-03-03T00:00:00Z",
        "shipment.tracking_valid": False,
        "refund.issued": "2026-03-20T00:00:00Z",
    }
    result = judged(second, "2026-03-21T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-TRACK"])
    assert (shares(result), result.outcome["funded_by"]) == ({"seller": 100}, "seller")
    delivered = {**second, "order.ship_country": "US", "order.delivered": "2026-03-08T00:00:00Z"}
    assert deciders(judged(delivered, "2026-03-21T00:00:00+00:00")) == ["WI-TRACK"]


# Before any refund

OPEN = {
    **T7_FR,
    "order.promised_by": "2026-09-01T00:00:00Z",
    "buyer.contacted": "2026-08-21T10:00:00Z",
    "parcels": [{"status": "in_transit", "first_scan_at": "2026-08-03T00:00:00Z"}],
}


def test_before_the_maximum_date_nothing_is_refunded_though_the_limit_is_over() -> None:
    result = judged(OPEN, "2026-08-21T12:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["WI-EARLY"])
    assert result.outcome["refund"] == "none"
    assert clock(result, "WI-DELIV")[0] is State.EXPIRED
    assert clock(result, "WI-TICKET") == (State.RUNNING, at("2026-08-23T10:00:00+00:00"))
    after = judged(OPEN, "2026-09-01T00:00:01+00:00")
    assert (after.decision, after.outcome["funded_by"]) == (Decision.FOR_BUYER, "seller")
    assert deciders(after) == ["WI-DELIV-LATE", "WI-MAXDATE-OVER"]
    assert after.outcome["escalates"] == "platform"  # the ticket was not answered in 48 hours


def test_without_the_maximum_date_it_is_asked_for() -> None:
    result = judged({k: v for k, v in OPEN.items() if k != "order.promised_by"}, "2026-08-21T12:00:00+00:00")
    assert result.decision is Decision.UNDETERMINED
    assert "order.promised_by" in [u.fact for u in result.unknowns]


def test_an_unapproved_carrier_ends_both_the_payment_and_the_appeal() -> None:
    result = judged({**T7, "shipment.carrier_approved": False}, "2026-08-16T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-CARRIER"])
    assert (result.outcome["funded_by"], result.outcome["appeal"]) == ("seller", "none")
    assert clock(result, "WI-APPEAL")[0] is State.EXCLUDED


def test_express_orders_have_their_own_limit() -> None:
    express = {
        **T7_FR,
        "programme": "express",
        "order.ship_country": "US",
        "order.placed_at": "2026-11-09T09:00:00Z",
        "order.released": "2026-11-09T10:00:00Z",
        "order.shipped": "2026-11-10T10:00:00Z",
        "refund.issued": "2026-11-19T00:00:00Z",
    }
    result = judged(express, "2026-11-20T00:00:00+00:00")
    assert clock(result, "WI-EXPRESS") == (State.EXPIRED, at("2026-11-17T23:59:59+00:00"))
    assert dict(result.excluded)["WI-DELIV"] == "WI-EXPRESS"
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WI-EXPRESS-LATE"])


def test_a_chargeback_silences_what_would_refund() -> None:
    result = judged({**OPEN, "payment_dispute.opened": "2026-09-02T00:00:00Z"}, "2026-09-03T00:00:00+00:00")
    assert (result.decision, deciders(result)) == (Decision.ELSEWHERE, ["CARD-ELSEWHERE"])
    assert result.conflicts == ()
