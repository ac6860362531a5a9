"""Numbers, money and moments as readers see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from amends.faces.console import formats

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (0, "0 m", "0 分"),
        (12, "12 m", "12 分"),
        (60, "1 h", "1 小时"),
        (192, "3 h 12 m", "3 小时 12 分"),
        (24 * 60, "1 d", "1 天"),
        (30 * 60 + 5, "1 d 6 h", "1 天 6 小时"),
        (11 * 1440 + 300, "11 d", "11 天"),
    ],
)
def test_a_duration_has_two_units_at_most(minutes: int, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert formats.duration(timedelta(minutes=minutes)) == english
    with translation.override("zh-hans"):
        assert formats.duration(timedelta(minutes=minutes)) == chinese


def test_a_moment_that_is_reached_is_late() -> None:
    with translation.override("en"):
        assert formats.left(NOW, NOW) == formats.Left("late", "0 m over")
        assert formats.left(NOW + timedelta(hours=23, minutes=59), NOW) == formats.Left("soon", "23 h 59 m")
        assert formats.left(NOW + timedelta(hours=24), NOW) == formats.Left("ok", "1 d")


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6))
def test_more_time_is_never_more_urgent(minutes: int, more: int) -> None:
    order = ["late", "soon", "ok"]
    first = formats.left(NOW + timedelta(minutes=minutes), NOW).state
    second = formats.left(NOW + timedelta(minutes=minutes + more), NOW).state
    assert order.index(second) >= order.index(first)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (4180, "USD", "en_GB", "US$41.80"),
        (4180, "USD", "zh_Hans_CN", "US$41.80"),
        (6480, "JPY", "en_GB", "JP¥6,480"),
        (6200, "EUR", "en_GB", "€62.00"),
        (18900, "SAR", "en_GB", "SAR\N{NO-BREAK SPACE}189.00"),
        (1234, "KWD", "en_GB", "KWD\N{NO-BREAK SPACE}1.234"),
        (-500, "USD", "en_GB", "-US$5.00"),
        (None, "USD", "en_GB", "–"),
    ],
)
def test_money_has_the_digits_of_its_currency(minor: int | None, currency: str, locale: str, text: str) -> None:
    assert formats.money(minor, currency, locale).replace(" ", "\N{NO-BREAK SPACE}") == text


def test_a_moment_names_its_year_only_when_it_is_another() -> None:
    assert formats.moment(NOW, SHANGHAI, NOW, "en_GB") == "Fri 20 Nov 10:00"
    assert formats.moment(NOW, SHANGHAI, NOW, "zh_Hans_CN") == "11月20日周五 10:00"
    assert formats.moment(NOW.replace(year=2025), SHANGHAI, NOW, "en_GB") == "20 Nov 2025 10:00"


def test_sizes_and_names() -> None:
    assert [formats.size(n) for n in (0, 999, 1000, 2_500_000, 2_000_000_000)] == [
        "0 B", "999 B", "1.0 kB", "2.5 MB", "2.0 GB",
    ]  # fmt: skip
    assert formats.language_name("pt", "en_GB") == "Portuguese"
    assert formats.language_name("xx-nonsense", "en_GB") == "xx-nonsense"
    assert formats.country_name("SA", "zh_Hans_CN") == "沙特阿拉伯"
