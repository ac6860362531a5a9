"""Dates as files write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.imports.core.dates import OrderEvidence, parse_moment
from amends.intake.imports.core.problems import BadValue


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2017-06-17T08:04:21+00:00", "", utc(2017, 6, 17, 8, 4, 21)),
        ("2017-09-23T14:18:23-07:00", "", utc(2017, 9, 23, 21, 18, 23)),
        ("2026-11-05T10:20:30Z", "", utc(2026, 11, 5, 10, 20, 30)),
        ("2026-11-02 09:15:00 +0800", "", utc(2026, 11, 2, 1, 15)),
        ("2026-11-02 09:15", "", utc(2026, 11, 2, 1, 15)),
        ("2026-11-02", "", utc(2026, 11, 1, 16)),
        ("2026/1/5", "", utc(2026, 1, 4, 16)),
        ("2026-1-5 10:20", "", utc(2026, 1, 5, 2, 20)),
        ("10-Jul-2025", "", utc(2025, 7, 9, 16)),
        ("Nov-02-26", "", utc(2026, 11, 1, 16)),
        ("05 Nov 2026 10:20", "", utc(2026, 11, 5, 2, 20)),
        ("Nov 5, 2026 10:20:30 PST", "", utc(2026, 11, 5, 18, 20, 30)),
        ("Sat, 5 Dec 2026 10:00:00 GMT", "", utc(2026, 12, 5, 10)),
        ("5 de novembro de 2026 10:20 hs.", "", utc(2026, 11, 5, 2, 20)),
        ("2026年11月5日 下午3:04", "", utc(2026, 11, 5, 7, 4)),
        ("03/04/2026", "mdy", utc(2026, 3, 3, 16)),
        ("03/04/2026", "dmy", utc(2026, 4, 2, 16)),
        ("13/04/2026", "", utc(2026, 4, 12, 16)),
        ("04/13/2026 1:05 PM", "", utc(2026, 4, 13, 5, 5)),
        ("04/04/2026", "", utc(2026, 4, 3, 16)),
        ("12/31/26 12:00 AM", "mdy", utc(2026, 12, 30, 16)),
        ("05.11.2026 14:05", "dmy", utc(2026, 11, 5, 6, 5)),
        ("45384.34", "", utc(2024, 4, 2, 0, 9, 36)),
        ("45384", "", utc(2024, 4, 1, 16)),
    ],
)
def test_dates(text, order, moment):
    assert parse_moment(text, order, "Asia/Shanghai") == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2026", "date_ambiguous"),
        ("2026-02-30", "not_a_date"),
        ("2026-11-05 25:00", "not_a_date"),
        ("13:00 PM", "not_a_date"),
        ("99999", "not_a_date"),
        ("tomorrow", "not_a_date"),
        ("=TODAY()", "not_a_date"),
        ("0001-01-01", "date_out_of_range"),
        ("2569-11-05", "date_out_of_range"),
        ("2026-11-05 10:00 CST", "not_a_date"),
    ],
)
def test_refused_dates(text, code):
    with pytest.raises(BadValue) as caught:
        parse_moment(text, "", "UTC")
    assert caught.value.code == code


def test_a_day_first_file_does_not_swallow_a_month_first_date():
    with pytest.raises(BadValue):
        parse_moment("04/13/2026", "dmy", "UTC")


@pytest.mark.parametrize(
    ("cells", "declared", "decision"),
    [
        (["03/04/2026", "13/04/2026"], "mdy", ("dmy", "")),
        (["03/04/2026", "04/13/2026"], "", ("mdy", "")),
        (["03/04/2026"], "mdy", ("mdy", "dates_assumed")),
        (["03/04/2026"], "", ("", "dates_ambiguous")),
        (["03/04/2026"], "ymd", ("", "dates_ambiguous")),
        (["2026-03-04"], "ymd", ("ymd", "")),
        (["13/04/2026", "14/04/2026", "04/15/2026"], "", ("dmy", "dates_contradict")),
        ([], "mdy", ("mdy", "")),
    ],
)
def test_day_and_month_are_told_apart_once_a_file(cells, declared, decision):
    evidence = OrderEvidence()
    for cell in cells:
        evidence = evidence.seen(cell)
    assert evidence.decide(declared) == decision


def test_the_hour_that_comes_twice_equals_itself_after_a_round_trip():
    """Two zone-aware times inside a repeated hour never compare equal; in UTC they do."""
    twice = parse_moment("2017-02-18 23:30:00", "", "America/Sao_Paulo")
    assert twice.tzinfo is UTC
    assert twice == twice.astimezone(UTC)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001 - the zone is the layout's
def test_every_written_form_of_a_time_is_the_same_time(moment):
    moment = moment.replace(microsecond=0)
    expected = moment.replace(tzinfo=UTC)
    forms = {
        "ymd": [f"{moment:%Y-%m-%d %H:%M:%S}", f"{moment:%Y/%m/%d %H:%M:%S}", f"{moment:%Y-%m-%dT%H:%M:%SZ}"],
        "mdy": [f"{moment:%m/%d/%Y %I:%M:%S %p}", f"{moment:%b-%d-%Y %H:%M:%S}"],
        "dmy": [f"{moment:%d.%m.%Y %H:%M:%S}", f"{moment:%d-%b-%Y %H:%M:%S}", f"{moment:%d %B %Y %H:%M:%S}"],
    }
    for order, texts in forms.items():
        for text in texts:
            assert parse_moment(text, order, "UTC") == expected, text


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_named_refusal(text):
    try:
        code = str(parse_moment(text, "", "UTC").tzinfo)
    except BadValue as bad:
        code = bad.code
    assert code in {"UTC", "not_a_date", "date_ambiguous", "date_out_of_range"}
