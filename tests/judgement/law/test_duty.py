"""Duty and import tax: small parcels into the Union and the United States, goods that come home to China."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from tests.judgement.judging import BOOK, at, cited, clock, judged

# --- into the European Union

TO_EU = {
    "platform": "own_shop",
    "seller.country": "CN",
    "order.placed_at": "2026-07-10T12:00:00+02:00",
    "order.ship_country": "DE",
    "order.total_with_tax_and_postage": "40.00 EUR",
    "case.kind": "not_received",
    "case.leaf": "customs_detained",
    "customs.import_at": "2026-07-20T12:00:00+02:00",
    "customs.declared_value": "35.00 EUR",
    "customs.ioss_holder": "seller",
}
SUMMER = "2026-07-25T12:00:00+02:00"


def test_three_euros_a_tariff_line_in_the_one_stop_shop() -> None:
    result = judged(TO_EU, SUMMER)
    assert (result.outcome["duty"], result.outcome["fee"]) == ("due", "3.00 EUR")
    assert {"EU-3EUR", "EU-3EUR-SELLER"} <= cited(result)
    platform = judged({**TO_EU, "customs.ioss_holder": "platform"}, SUMMER)
    assert {"EU-3EUR", "EU-3EUR-PLATFORM"} <= cited(platform)
    assert "EU-3EUR-SELLER" not in cited(platform)


@pytest.mark.parametrize(
    ("imported", "value", "levied"),
    [
        ("2026-06-30T23:59:59+02:00", "35.00 EUR", False),
        ("2026-07-01T00:00:00+02:00", "35.00 EUR", True),
        ("2026-07-01T00:00:00+02:00", "149.99 EUR", True),
        ("2026-07-01T00:00:00+02:00", "150.00 EUR", False),
    ],
)
def test_three_euros_by_day_of_import_and_value(imported: str, value: str, levied: bool) -> None:
    facts = {**TO_EU, "order.placed_at": "2026-06-20T12:00:00+02:00"}
    result = judged({**facts, "customs.import_at": imported, "customs.declared_value": value}, SUMMER)
    assert ("EU-3EUR" in cited(result)) is levied


def test_outside_the_one_stop_shop_two_readings_stand_beside_each_other() -> None:
    result = judged({**TO_EU, "customs.ioss_holder": "none"}, SUMMER)
    assert {"EU-3EUR-ALL", "EU-3EUR-IOSS"} <= cited(result)
    assert "EU-3EUR" not in cited(result)
    assert {rule for conflict in result.conflicts for rule in conflict.rules} == {"EU-3EUR-ALL", "EU-3EUR-IOSS"}
    for name in ("EU-3EUR-ALL", "EU-3EUR-IOSS"):
        rule = BOOK.find(name)
        assert rule is not None
        assert (rule.confidence.value, bool(rule.conflicts)) == ("C", True)


def test_vat_of_a_return_comes_from_the_seller_or_from_customs() -> None:
    back = {
        **TO_EU,
        "case.kind": "return",
        "case.leaf": "change_of_mind",
        "return.delivered_at": "2026-08-10T12:00:00+02:00",
    }
    assert judged(back, "2026-08-11T12:00:00+02:00").outcome["duty"] == "due"  # the import itself was taxed
    assert "EU-IOSS-RET" in cited(judged(back, "2026-08-11T12:00:00+02:00"))
    older = {**back, "order.placed_at": "2026-05-01T12:00:00+02:00", "customs.import_at": "2026-05-10T12:00:00+02:00"}
    assert judged(older, "2026-08-11T12:00:00+02:00").outcome["duty"] == "vat_from_seller"
    outside = judged({**older, "customs.ioss_holder": "none"}, "2026-08-11T12:00:00+02:00")
    assert outside.outcome["duty"] == "vat_from_customs"


# --- into the United States

TO_US = {
    "platform": "own_shop",
    "seller.country": "CN",
    "order.placed_at": "2025-08-01T12:00:00-04:00",
    "order.ship_country": "US",
    "order.total_with_tax_and_postage": "40.00 USD",
    "case.kind": "not_received",
    "case.leaf": "customs_detained",
}


@pytest.mark.parametrize(
    ("imported", "duty", "version"),
    [
        ("2025-08-28T23:59:59-04:00", None, ""),
        ("2025-08-29T00:00:00-04:00", "due", "2025-08-29"),
        ("2026-02-23T23:59:59-05:00", "due", "2025-08-29"),
        ("2026-02-24T00:00:00-05:00", "due", "2026-02-24"),
        ("2026-07-24T23:59:59-04:00", "due", "2026-02-24"),
        ("2026-07-25T00:00:00-04:00", "look_up", ""),
    ],
)
def test_low_values_into_the_us_by_day_of_import(imported: str, duty: str | None, version: str) -> None:
    result = judged({**TO_US, "customs.import_at": imported}, "2026-08-10T12:00:00-04:00")
    assert result.outcome.get("duty") == duty
    assert [c.version for c in result.citations if c.rule == "US-DEMIN"] == ([version] if version else [])
    assert ("US-DEMIN-LOOKUP" in cited(result)) is (duty == "look_up")
    assert "US-DEMIN-AFTER" not in cited(result)  # a draft never speaks


def test_by_post_a_flat_sum_until_the_surcharge() -> None:
    post = {**TO_US, "customs.postal": True}
    for band, fee in (("low", "80.00 USD"), ("middle", "160.00 USD"), ("high", "200.00 USD")):
        facts = {**post, "customs.tariff_band": band}
        winter = judged({**facts, "customs.import_at": "2026-01-10T12:00:00-05:00"}, "2026-08-10T12:00:00-04:00")
        assert winter.outcome["fee"] == fee
        spring = judged({**facts, "customs.import_at": "2026-03-10T12:00:00-05:00"}, "2026-08-10T12:00:00-04:00")
        assert spring.outcome["fee"] == "10 percent"
        assert {"US-DEMIN-POST-122", "US-DEMIN-POST-122-15"} <= cited(spring)


def test_gifts_to_a_hundred_dollars_stay_free() -> None:
    gift = {**TO_US, "customs.import_at": "2026-01-10T12:00:00-05:00", "customs.gift": True}
    free = judged({**gift, "customs.declared_value": "100.00 USD"}, "2026-02-10T12:00:00-05:00")
    assert free.outcome["duty"] == "not_levied"
    assert (
        judged({**gift, "customs.declared_value": "100.01 USD"}, "2026-02-10T12:00:00-05:00").outcome["duty"] == "due"
    )


# --- home to China

EXPORTED = {
    "platform": "own_shop",
    "seller.country": "CN",
    "order.placed_at": "2026-01-01T08:00:00+08:00",
    "order.ship_country": "MY",
    "order.total_with_tax_and_postage": "40.00 USD",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "sale.regime": "9610",
    "customs.export_released": "2026-01-05T10:00:00+08:00",
    "return.sent": "2026-06-20T10:00:00+08:00",
    "customs.return_entered": "2026-07-05T23:59:59+08:00",
    "return.condition": "as_sent",
    "goods.food": False,
    "customs.export_tax_settled": True,
}
AUGUST = "2026-08-01T10:00:00+08:00"


def test_goods_home_in_six_months_are_free_of_tax() -> None:
    result = judged(EXPORTED, AUGUST)
    assert clock(result, "CN-EXPORT-RET-TAX") == (State.MET, at("2026-07-05T23:59:59+08:00"))
    assert clock(result, "CN-EXPORT-RET-1Y") == (State.MET, at("2027-01-05T23:59:59+08:00"))
    assert result.outcome["duty"] == "waived"
    late = judged({**EXPORTED, "customs.return_entered": "2026-07-06T00:00:00+08:00"}, AUGUST)
    assert late.outcome["duty"] == "due"
    assert "CN-EXPORT-RET-TAX-LOST" in cited(late)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"goods.food": True}, "CN-EXPORT-RET-TAX-LOST"),
        ({"return.condition": "used"}, "CN-EXPORT-RET-TAX-LOST"),
        ({"customs.export_tax_settled": False}, "CN-EXPORT-RET-TAX-SETTLE"),
    ],
)
def test_what_takes_the_waiver_away(changed: dict[str, Any], rule: str) -> None:
    result = judged({**EXPORTED, **changed}, AUGUST)
    assert result.outcome.get("duty") != "waived"
    assert rule in cited(result)


def test_the_day_of_export_chooses_the_waiver() -> None:
    older = {
        **EXPORTED,
        "order.placed_at": "2025-12-20T08:00:00+08:00",
        "customs.export_released": "2025-12-31T23:59:59+08:00",
    }
    result = judged({**older, "customs.return_entered": "2026-03-01T10:00:00+08:00"}, AUGUST)
    assert "duty" not in result.outcome
    assert "CN-EXPORT-RET-TAX" not in cited(result)
    bulk = judged({**EXPORTED, "sale.regime": "9710"}, AUGUST)
    assert bulk.outcome["duty"] == "waived"
    assert "CN-EXPORT-RET-1Y" not in {c.rule for c in bulk.clocks}


def test_unknown_state_of_the_goods_is_asked_for() -> None:
    unknown = {k: v for k, v in EXPORTED.items() if k != "goods.food"}
    result = judged(unknown, AUGUST)
    assert "goods.food" in [u.fact for u in result.unknowns]
    assert "duty" not in result.outcome


def test_retail_import_comes_back_in_time() -> None:
    facts = {
        "platform": "own_shop",
        "order.placed_at": "2026-03-01T08:00:00+08:00",
        "order.ship_country": "CN",
        "order.total_with_tax_and_postage": "400.00 CNY",
        "case.kind": "return",
        "case.leaf": "change_of_mind",
        "sale.regime": "1210",
        "customs.import_at": "2026-03-02T10:00:00+08:00",
        "customs.return_applied": "2026-04-01T23:59:59+08:00",
        "customs.return_entered": "2026-04-16T23:59:59+08:00",
    }
    result = judged(facts, "2026-05-01T10:00:00+08:00")
    assert clock(result, "CN-IMPORT-RET-APPLY") == (State.MET, at("2026-04-01T23:59:59+08:00"))
    assert clock(result, "CN-IMPORT-RET-BACK") == (State.MET, at("2026-04-16T23:59:59+08:00"))
    assert result.outcome["duty"] == "not_levied"
    late = judged({**facts, "customs.return_entered": "2026-04-17T00:00:00+08:00"}, "2026-05-01T10:00:00+08:00")
    assert late.outcome["duty"] == "due"
