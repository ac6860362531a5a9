"""The buyer's clock: night, holidays, weekends, and when something automatic may arrive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.languages import CODES
from amends.language.culture import Now, address_of, next_holiday, place, quiet_until


@pytest.mark.parametrize(
    ("country", "at", "what"),
    [
        ("DE", datetime(2026, 11, 20, 2, 0, tzinfo=UTC), Now.NIGHT),
        ("DE", datetime(2026, 11, 20, 10, 0, tzinfo=UTC), Now.WORK),
        ("DE", datetime(2026, 11, 20, 18, 0, tzinfo=UTC), Now.FREE),
        ("DE", datetime(2026, 11, 21, 10, 0, tzinfo=UTC), Now.WEEKEND),
        ("DE", datetime(2026, 12, 25, 10, 0, tzinfo=UTC), Now.HOLIDAY),
        ("SA", datetime(2026, 11, 20, 10, 0, tzinfo=UTC), Now.WEEKEND),  # Friday
        ("SA", datetime(2026, 11, 22, 10, 0, tzinfo=UTC), Now.WORK),  # Sunday
    ],
)
def test_what_the_buyer_is_doing(country, at, what):
    assert place(country, at).now is what


def test_a_country_of_many_zones_says_that_the_zone_is_a_guess():
    there = place("BR", datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    assert not there.zone_sure
    assert place("BR", datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "America/Manaus").zone_sure


def test_nothing_is_claimed_of_an_unknown_place():
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert place("", now) is None
    assert place("", now, "No/Where") is None
    assert quiet_until("", now) == now


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - made aware
def test_an_automatic_notice_waits_for_the_morning_and_no_longer(now):
    then = quiet_until("DE", now)
    local = then.astimezone(ZoneInfo("Europe/Berlin"))
    assert now <= then <= now + timedelta(hours=12)
    assert 8 <= local.hour < 21


def test_coming_holidays_are_named():
    day, name = next_holiday("DE", date(2026, 12, 20))
    assert (day, bool(name)) == (date(2026, 12, 25), True)
    assert next_holiday("DE", date(2026, 11, 5)) is None
    assert next_holiday("", date(2026, 12, 20)) is None


def test_forms_of_address():
    assert address_of("ja", "zh")[0] == "family"
    assert "Sie" in address_of("de")[1]
    assert address_of("kk") == ("", "")
    assert sum(bool(address_of(code)[1]) for code in CODES) >= 40
