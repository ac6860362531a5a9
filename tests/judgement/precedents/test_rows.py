"""Precedents in the database: remembered, forgotten, searched in step, counted, and each organisation for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.judgement.precedents import queries
from amends.judgement.precedents.actions import Closed, forget, remember
from amends.judgement.precedents.core import Counts, Features, Offered, Outcome, tallies
from amends.judgement.precedents.models import Precedent, Tally, Watermark
from amends.judgement.remedies.core.priors import Experience as AsRead
from amends.judgement.rules.facts import read_facts
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TEXT = "The mug of Jane Roe came broken, order 4711"


def facts(**more: Any) -> dict[str, Any]:
    wire = {
        "platform": "ebay", "site": "US", "case.leaf": "damaged", "order.ship_country": "US",
        "order.placed_at": "2026-10-20T00:00:00+00:00", "order.total_with_tax_and_postage": "41.80 USD",
        "buyer.contacted": "2026-11-10T00:00:00+00:00",
    } | more  # fmt: skip
    return read_facts({name: value for name, value in wire.items() if value is not None})


def closed(number: int, outcome: Outcome | None = None, text: str = TEXT, **more: Any) -> Closed:
    return Closed(number, NOW + timedelta(minutes=number), facts(**more), outcome or Outcome(), text, "en")


def numbers(scope: Scope, text: str = TEXT, **more: Any) -> list[int]:
    return [m.number for m in queries.similar(scope, facts(**more), text, 20, now=NOW).matches]


def test_a_closed_case_is_found_with_what_differs(scope: Scope) -> None:
    won = Outcome("for_seller", escalated=True, ruled="won", refunded="", share="0.00", days=9)
    remember(scope, closed(7, won, **{"order.total_with_tax_and_postage": "13.90 USD", "case.photos": True}))
    found = queries.similar(scope, facts(**{"case.photos": False}), "it came broken", now=NOW)
    assert (found.searched, found.method) == (1, "bm25")
    (match,) = found.matches
    assert (match.number, match.closed_at, match.outcome) == (7, NOW + timedelta(minutes=7), won)
    assert [(i.code, i.ratio) for i in match.comparison.differs] == [("value", "3.01"), ("photos", "")]
    assert 0.5 < match.likeness < 1
    assert match.words is not None
    assert 0 < match.words < 1


def test_nothing_is_like_it_yet(scope: Scope) -> None:
    assert queries.similar(scope, facts(), TEXT, now=NOW) == queries.Similar((), 0, "")


def test_the_index_follows_every_change(scope: Scope) -> None:
    """One process, one index: learnt, learnt anew, forgotten, learnt again."""
    remember(scope, closed(1))
    remember(scope, closed(2, text="Nothing but a question about colours"))
    assert numbers(scope) == [1, 2]
    remember(scope, closed(3))
    assert numbers(scope) == [3, 1, 2]
    remember(scope, closed(3, **{"case.leaf": "change_of_mind"}))
    assert numbers(scope) == [1, 2]
    assert numbers(scope, **{"case.leaf": "change_of_mind"}) == [3]
    assert forget(scope, 1)
    assert numbers(scope) == [2]
    assert not forget(scope, 1)
    remember(scope, closed(1))
    assert numbers(scope) == [1, 2]


def test_grown_in_steps_is_read_at_once(scope: Scope) -> None:
    for number in range(1, 9):
        remember(scope, closed(number, text=f"{TEXT} {'and again ' * number}"))
        queries.similar(scope, facts(), TEXT, now=NOW)
    for number in (2, 5):
        forget(scope, number)
    grown = queries.similar(scope, facts(), TEXT, 20, now=NOW)
    queries._held_of.clear()
    assert queries.similar(scope, facts(), TEXT, 20, now=NOW) == grown


def test_a_search_that_has_nothing_new_to_read_asks_little(scope: Scope) -> None:
    for number in range(1, 6):
        remember(scope, closed(number))
    numbers(scope)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        numbers(scope)
    assert len(seen) <= 4  # the rulebook's mark, the salt, the watermark, the cases shown
    assert not any('"words"' in query["sql"] for query in seen)


def test_a_restored_backup_is_read_anew(scope: Scope) -> None:
    """The database went back in time: what the index knows beyond is not there any more."""
    remember(scope, closed(1))
    remember(scope, closed(2))
    assert numbers(scope) == [2, 1]
    Precedent.objects.filter(case_number=2).delete()
    Watermark.objects.update(change=1)
    assert numbers(scope) == [1]


def test_rows_of_an_older_coding_are_coded_again(scope: Scope) -> None:
    remember(scope, closed(1))
    Precedent.objects.update(coding=0, vector=b"\x01\x02")
    found = queries.similar(scope, facts(), TEXT, now=NOW)
    assert [(m.number, m.likeness, m.words) for m in found.matches] == [(1, 1.0, 1.0)]


def test_nothing_of_another_organisation(scope: Scope, other_organisation: Organisation) -> None:
    other = system_scope(other_organisation.pk)
    remember(other, closed(1, Outcome(remedy="goodwill", offers=(Offered("goodwill", "accepted"),))))
    assert queries.similar(scope, facts(), TEXT, now=NOW).searched == 0
    assert queries.experience(scope, "ebay", "not_as_described") == ()
    assert not forget(scope, 1)
    assert numbers(other) == [1]


def test_rights(scope: Scope) -> None:
    nobody = Scope(scope.organisation_id, frozenset({Permission.ORDER_READ}))
    with pytest.raises(NotAllowed):
        queries.similar(nobody, facts(), "", now=NOW)
    with pytest.raises(NotAllowed):
        queries.experience(nobody, "ebay", "return")
    with pytest.raises(NotAllowed):
        remember(nobody, closed(1))
    with pytest.raises(NotAllowed):
        forget(nobody, 1)
    assert not Precedent.objects.exists()


def test_no_word_is_kept_and_nothing_of_a_forgotten_case(scope: Scope) -> None:
    row = remember(scope, closed(1))
    kept = repr([getattr(row, f.attname) for f in Precedent._meta.concrete_fields]).lower()
    for personal in ("jane", "roe", "mug", "4711", "broken"):
        assert personal not in kept
    assert {f.name for f in fields(Features)} >= row.features.keys()
    forget(scope, 1)
    row.refresh_from_db()
    empty = (row.features, row.outcome, bytes(row.vector), bytes(row.words), bytes(row.embedding), row.kind)
    assert empty == ({}, {}, b"", b"", b"", "")


class ByLetters:
    """A small real encoder: how often each of eight groups of letters stands in a text."""

    name, dimensions = "letters-1", 8

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        return [bytes(min(120, sum(ord(c) % 8 == group for c in text)) for group in range(8)) for text in texts]


def test_with_an_encoder_meaning_ranks_and_without_it_words_do(scope: Scope) -> None:
    encoder = ByLetters()
    texts = {1: "aaaa iiii qqqq", 2: "bbbb jjjj", 3: ""}
    for number, text in texts.items():
        remember(scope, closed(number, text=text), encoder)
    found = queries.similar(scope, facts(), "jjjj bbbb bbbb", 20, now=NOW, encoder=encoder)
    assert (found.method, [m.number for m in found.matches]) == ("cosine", [2, 3, 1])
    assert found.matches[1].words is None
    assert queries.similar(scope, facts(), "aaaa", 20, now=NOW).method == "bm25"
    assert Precedent.objects.get(case_number=3).engine == ""


def test_vectors_of_another_encoder_are_not_compared(scope: Scope) -> None:
    remember(scope, closed(1), ByLetters())
    later = ByLetters()
    later.name = "letters-2"
    assert queries.similar(scope, facts(), TEXT, now=NOW, encoder=later).method == "bm25"


CASES = (
    ("ebay", "damaged", Outcome(remedy="partial_refund", offers=(Offered("partial_refund", "accepted"),))),
    ("ebay", "damaged", Outcome(offers=(Offered("partial_refund", "refused"),), escalated=True, ruled="lost")),
    ("amazon", "damaged", Outcome(offers=(Offered("partial_refund", "expired"),))),
    ("ebay", "change_of_mind", Outcome(remedy="return_and_refund", offers=(Offered("return_and_refund", "accepted"),))),
)


def learn(scope: Scope) -> None:
    for number, (platform, leaf, outcome) in enumerate(CASES, start=1):
        remember(scope, closed(number, outcome, platform=platform, **{"case.leaf": leaf}))


def table(scope: Scope, platform: str, kind: str) -> dict[tuple[str, str], Counts]:
    return {(e.remedy, e.width): e.counts for e in queries.experience(scope, platform, kind)}


def test_experience_at_three_widths(scope: Scope) -> None:
    learn(scope)
    found = table(scope, "ebay", "not_as_described")
    assert found["partial_refund", "all"] == Counts(3, 3, 1, 2, 1)
    assert found["partial_refund", "kind"] == Counts(3, 3, 1, 2, 1)
    assert found["partial_refund", "platform_kind"] == Counts(2, 2, 1, 1, 1)
    assert found["contest", "platform_kind"] == Counts(n=1, decided=1, lost=1)
    assert found["any", "all"].n == 4
    assert (found["any", "kind"].refused, found["any", "kind"].escalated) == (2, 1)
    assert ("return_and_refund", "kind") not in found
    assert found["return_and_refund", "all"].accepted == 1


def test_experience_is_a_fact_the_remedies_read(scope: Scope) -> None:
    learn(scope)
    rows = [e.as_fact() for e in queries.experience(scope, "ebay", "not_as_described")]
    read = read_facts({"experience": rows})["experience"]
    estimate = AsRead(read, weight=1).estimate("partial_refund", "accepted", "offered", prior=0)  # type: ignore[arg-type]
    assert (estimate.n, estimate.basis) == (2, "own")


def test_experience_is_what_the_rows_add_up_to(scope: Scope) -> None:
    """After learning anew and forgetting, counted by hand."""
    learn(scope)
    learn(scope)
    remember(scope, closed(2, Outcome(remedy="refund_full", offers=(Offered("refund_full", "accepted"),))))
    forget(scope, 3)
    counted: dict[tuple[str, str, str], Counts] = {}
    for row in Precedent.objects.filter(forgotten=False):
        for remedy, counts in tallies(Outcome.from_json(row.outcome)).items():
            place = (row.platform, row.kind, remedy)
            counted[place] = counted.get(place, Counts()).plus(counts)
    names = [f.name for f in fields(Counts)]
    kept = {(t.platform, t.kind, t.remedy): Counts(*(getattr(t, name) for name in names)) for t in Tally.objects.all()}
    assert {place: counts for place, counts in kept.items() if counts != Counts()} == counted


def test_experience_is_one_query(scope: Scope, django_assert_num_queries: Any) -> None:
    learn(scope)
    with django_assert_num_queries(1):
        queries.experience(scope, "ebay", "not_as_described")


def test_changes_are_numbered_in_order(scope: Scope, now: datetime) -> None:
    for number in (5, 6, 5):
        remember(scope, closed(number))
    assert dict(Precedent.objects.values_list("case_number", "change")) == {5: 3, 6: 2}
    assert Watermark.objects.get().change == 3
