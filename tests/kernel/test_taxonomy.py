"""The taxonomy and the platforms' reason codes: every code maps, every leaf is reached, both ways agree."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.rules.vocabulary import PLATFORMS
from amends.kernel.reason_codes import (
    LISTS,
    NETWORKS,
    OWN_ONLY,
    PAYMENT_SERVICES,
    PAYPAL_DECIDED,
    Exactness,
    Match,
    ReasonCode,
    ReasonList,
    Status,
    codes_for,
    find,
    leaf_of,
    lists_of,
    platforms,
    problems,
    status_of,
)
from amends.kernel.taxonomy import BY_CODE, LEAVES, LOGISTICS_AND_PRODUCT, Leaf

NOW = date(2026, 11, 20)
EXPECTED = (*PLATFORMS, *NETWORKS, *PAYMENT_SERVICES)

with_codes = st.sampled_from([entry for entry in LISTS if entry.codes])
known_codes = with_codes.flatmap(lambda entry: st.tuples(st.just(entry), st.sampled_from(entry.codes)))


def _day_in(entry: ReasonList) -> date:
    return entry.since or (entry.until - timedelta(days=1) if entry.until else NOW)


def _said(code: ReasonCode, name: str) -> str:
    """A code as it would arrive: with something put on the end that varies."""
    return {Match.WHOLE: name, Match.PREFIX: f"{name}1234", Match.SUFFIX: f"AMZ-PG-WJ{name}"}[code.match]


def test_the_tables_hold() -> None:
    assert problems(expected=EXPECTED) == []


def test_fourteen_leaves_in_two_classes_and_three_phases() -> None:
    assert len(LOGISTICS_AND_PRODUCT) == 14
    assert len({(leaf.klass, leaf.phase) for leaf in LOGISTICS_AND_PRODUCT}) == 6


def test_a_platform_without_a_list_says_so_and_has_no_code() -> None:
    bare = [entry for entry in LISTS if entry.status is Status.NONE]
    assert {entry.platform for entry in bare} >= {"temu", "shein", "joom", "wish", "lazada", "own_shop"}
    assert all(entry.codes == () and entry.note for entry in bare)
    assert status_of("temu") is Status.NONE
    assert status_of("aliexpress") is Status.SOURCED
    assert status_of("ebay") is Status.PARTLY  # its payment disputes break off
    assert status_of("nowhere") is None


@given(known_codes, st.booleans())
def test_every_code_maps_to_its_leaves_and_back(known: tuple[ReasonList, ReasonCode], shout: bool) -> None:
    entry, code = known
    on = _day_in(entry)
    for name in (code.code, *code.aliases):
        text = _said(code, name)
        leaves = leaf_of(entry.platform, f" {text.upper() if shout else text} ", on, name=entry.name)
        assert leaves == code.leaves
        for leaf in leaves:
            assert leaf in BY_CODE
            assert code in [f.code for f in codes_for(leaf, entry.platform, on)]


@given(st.sampled_from(LEAVES), st.sampled_from(platforms()), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_the_codes_of_a_leaf_mean_it_and_are_in_force(leaf: Leaf, platform: str, on: date) -> None:
    found = codes_for(leaf.code, platform, on)
    for f in found:
        assert leaf.code in leaf_of(platform, _said(f.code, f.code.code), on, name=f.in_list.name)
        assert f.in_list.applies(on)
    order = [f.code.exactness for f in found]
    assert order == sorted(order, key=[Exactness.EXACT, Exactness.NARROWER, Exactness.WIDER].index)


@given(st.sampled_from(platforms()), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_one_version_of_a_list_a_day(platform: str, on: date) -> None:
    names = [(entry.platform, entry.name) for entry in lists_of(platform, on)]
    assert len(names) == len(set(names))


@given(st.text(max_size=40), st.sampled_from(platforms()))
def test_any_text_is_answered_with_known_leaves_only(text: str, platform: str) -> None:
    assert set(leaf_of(platform, text, NOW)) <= set(BY_CODE)


@pytest.mark.parametrize(
    ("platform", "code", "leaves"),
    [
        ("amazon", "CR-SWITCHEROO", ("wrong_item",)),
        ("amazon", "SWITCHEROO", ("wrong_item",)),
        ("amazon", "AMZ-PG-BAD-DESC", ("description",)),
        ("amazon", "AMZ-PG-WJ-TOO-SMALL", ("change_of_mind", "description")),
        ("shopee", "NOT_RECEIPT", leaf_of("shopee", "NONRECEIPT", NOW)),
        ("tiktok_shop", "buyer_refund_package_didn't_arrive_on_time", ("in_transit_late",)),
        ("visa", "1040", ("unauthorised",)),
        ("card", "13.4", ("counterfeit",)),
        ("temu", "DAMAGED", ()),
        ("nowhere", "DAMAGED", ()),
        ("amazon", "", ()),
        ("amazon", "NO_SUCH_CODE", ()),
    ],
)
def test_codes_as_they_arrive(platform: str, code: str, leaves: tuple[str, ...]) -> None:
    assert leaf_of(platform, code, NOW) == leaves


def test_the_numbers_of_mercado_libre_are_read_by_their_prefix_alone() -> None:
    leaves = leaf_of("mercado_libre", "PDD9939", NOW)
    assert {"damaged", "description", "change_of_mind"} <= set(leaves)
    assert find("mercado_libre", "PDD9939", NOW)[0].code.exactness is Exactness.WIDER


def test_the_version_of_the_day_answers() -> None:
    assert leaf_of("aliexpress", "buyer refused", date(2013, 7, 31)) == ()
    assert leaf_of("aliexpress", "buyer refused", date(2013, 8, 1)) == ("buyer_refused",)
    assert leaf_of("aliexpress", "buyer refused", date(2021, 12, 31)) == ("buyer_refused",)
    assert leaf_of("aliexpress", "buyer refused", date(2022, 1, 1)) == ()
    assert leaf_of("aliexpress", "package return", date(2022, 1, 1)) == ("parcel_returned",)
    assert leaf_of("aliexpress", "package return") == ("parcel_returned",)
    assert leaf_of("shopee", "SPOILED_ROTTEN", date(2026, 9, 14)) == ()
    assert leaf_of("shopee", "SPOILED_ROTTEN", date(2026, 9, 15)) == ("quality",)


# -- a table that does not hold is named ------------------------------------------------------------------------------


def _with(index: int, **changes: Any) -> tuple[ReasonList, ...]:
    return tuple(replace(entry, **changes) if i == index else entry for i, entry in enumerate(LISTS))


@given(known_codes, st.text("abcdefgh_", min_size=1, max_size=12).filter(lambda leaf: leaf not in BY_CODE))
def test_a_bad_leaf_fails_the_check_with_its_name(known: tuple[ReasonList, ReasonCode], leaf: str) -> None:
    entry, code = known
    bad = tuple(replace(c, leaves=(*c.leaves[:-1], leaf)) if c is code else c for c in entry.codes)
    found = problems(_with(LISTS.index(entry), codes=bad))
    named = [p for p in found if p.code == "unknown_leaf"]
    assert [(p.where, p.params) for p in named] == [(f"{entry.title} {code.code}", {"leaf": leaf})]


@pytest.mark.parametrize("leaf", sorted(set(BY_CODE) - set(OWN_ONLY)))
def test_a_leaf_without_a_code_of_its_own_is_named(leaf: str) -> None:
    bare = tuple(
        replace(entry, codes=tuple(c for c in entry.codes if c.leaves != (leaf,) or c.exactness is Exactness.WIDER))
        for entry in LISTS
    )
    assert ("leaf_unreached", leaf) in [(p.code, p.where) for p in problems(bare)]


@given(known_codes)
def test_a_code_twice_or_unmapped_is_named(known: tuple[ReasonList, ReasonCode]) -> None:
    entry, code = known
    index = LISTS.index(entry)
    twice = problems(_with(index, codes=(*entry.codes, replace(code, aliases=()))))
    assert ("code_twice", f"{entry.title} {code.code.casefold()}") in [(p.code, p.where) for p in twice]
    emptied = tuple(replace(c, leaves=()) if c is code else c for c in entry.codes)
    where = f"{entry.title} {code.code}"
    assert ("code_unmapped", where) in [(p.code, p.where) for p in problems(_with(index, codes=emptied))]


def test_versions_that_overlap_are_named() -> None:
    index, old = next((i, e) for i, e in enumerate(LISTS) if e.version == "2013")
    assert old.until
    for until in (old.until + timedelta(days=1), None):
        found = [p for p in problems(_with(index, until=until)) if p.code == "versions_overlap"]
        assert [(p.where, p.params) for p in found] == [("aliexpress disputes", {"earlier": "2013", "later": "2022"})]
    assert problems(_with(index, until=old.until - timedelta(days=1))) == []  # a gap is honest


def test_what_else_does_not_hold_is_named() -> None:
    index, entry = next((i, e) for i, e in enumerate(LISTS) if e.codes)

    def codes_of(found: list[Any]) -> set[str]:
        return {p.code for p in found}

    assert "source_missing" in codes_of(problems(_with(index, source="")))
    assert "source_missing" in codes_of(problems(_with(index, proof="M")))
    assert "status_and_codes_disagree" in codes_of(problems(_with(index, status=Status.NONE)))
    assert "validity_empty" in codes_of(problems(_with(index, until=entry.since)))
    narrow = (replace(entry.codes[0], leaves=("damaged", "quality")), *entry.codes[1:])
    assert "exactness_and_leaves_disagree" in codes_of(problems(_with(index, codes=narrow)))
    assert [p.where for p in problems(expected=("atlantis",))] == ["atlantis"]
    assert "own_only_but_reached" in codes_of(problems(own_only={**OWN_ONLY, "damaged": "we say so"}))
    assert "own_only_unknown_or_without_reason" in codes_of(problems(own_only={**OWN_ONLY, "thanks": ""}))
    assert "leaf_unreached" in codes_of(problems(own_only={}))


def test_an_alias_that_another_code_hides_is_named() -> None:
    index, entry = next((i, e) for i, e in enumerate(LISTS) if e.platform == "mercado_libre")
    hidden = (*entry.codes, ReasonCode("PN", "", ("damaged",), Exactness.EXACT, aliases=("PNR1",), match=Match.PREFIX))
    found = problems(_with(index, codes=hidden))
    assert ("code_not_found_again", {"spelling": "PNR1"}) in [(p.code, p.params) for p in found]


# -- against the providers' own files, where they are at hand ----------------------------------------------------------


def _contract(shared: Path, name: str) -> Any:
    path = shared / "contracts" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    return json.loads(path.read_text("utf-8"))


def _codes(platform: str, name: str) -> set[str]:
    return {c.code for entry in lists_of(platform) if entry.name == name for c in entry.codes}


@pytest.mark.data
def test_paypal_as_its_own_file_lists_it(shared: Path) -> None:
    schemas = _contract(shared, "paypal/customer_disputes_v1.json")["components"]["schemas"]
    assert _codes("paypal", "disputes") == set(schemas["dispute_reason"]["enum"])
    product = schemas["product_details"]["properties"]["sub_reasons"]["items"]["enum"]
    service = schemas["service_details"]["properties"]["sub_reasons"]["items"]["enum"]
    assert _codes("paypal", "sub-reasons") == {*product, *service}
    assert list(PAYPAL_DECIDED) == schemas["adjudication_reason"]["enum"]


@pytest.mark.data
def test_amazon_as_its_own_example_lists_it(shared: Path) -> None:
    model = _contract(shared, "amazon-sp-api/models/fulfillmentOutbound_2020-07-01.json")
    answer = model["paths"]["/fba/outbound/2020-07-01/returnReasonCodes"]["get"]["responses"]["200"]
    rows = answer["examples"]["payload"]["reasonCodeDetails"]
    entry = next(e for e in lists_of("amazon") if e.name == "returns")
    ours = {c.code: c.label for c in entry.codes}
    assert ours == {row["returnReasonCode"].removeprefix("CR-"): row["description"] for row in rows}
    for row in rows:
        assert len(find("amazon", row["returnReasonCode"], NOW)) == 1
