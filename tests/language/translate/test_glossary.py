"""The glossary: an organisation's words, in both directions, by form and by CSV, with every mistake named."""

from __future__ import annotations

import pytest

from amends.base.accounts.core import system_scope
from amends.base.ledger.models import Entry
from amends.kernel.outcome import InputError
from amends.language.translate import glossary
from amends.language.translate.glossary import TermInput

pytestmark = pytest.mark.django_db
WARRANTY = TermInput("pt", "garantia", ("garantias",), {"en": "warranty", "zh": "保修"})


def pairs(scope, source, target):
    return [(term.source, term.target) for term in glossary.for_direction(scope, source, target)]


def test_a_term_holds_in_both_directions_and_a_name_everywhere(scope, now):
    glossary.save_term(scope, WARRANTY, now)
    glossary.save_term(scope, TermInput("en", "Harbour Lights", keep=True), now)
    assert pairs(scope, "pt", "en") == [("Harbour Lights", ""), ("garantia", "warranty")]
    assert pairs(scope, "en", "pt") == [("Harbour Lights", ""), ("warranty", "garantia")]
    assert pairs(scope, "pt-BR", "zh-Hans") == [("Harbour Lights", ""), ("garantia", "保修")]
    assert pairs(scope, "de", "fr") == [("Harbour Lights", "")]


def test_saving_again_replaces_and_the_version_follows(scope, now):
    first = glossary.save_term(scope, WARRANTY, now)
    before = glossary.version(glossary.for_direction(scope, "pt", "en"))
    again = glossary.save_term(scope, TermInput("pt", "garantia", (), {"en": "guarantee"}), now)
    assert again.pk == first.pk
    assert pairs(scope, "pt", "en") == [("garantia", "guarantee")]
    assert glossary.version(glossary.for_direction(scope, "pt", "en")) not in ("", before)
    assert glossary.version(()) == ""


@pytest.mark.parametrize(
    ("row", "code", "where"),
    [
        (TermInput("xx", "a", (), {"en": "b"}), "unknown_language", "language"),
        (TermInput("pt", " ", (), {"en": "b"}), "required", "text"),
        (TermInput("pt", "a", (), {"pt-BR": "b"}), "unknown_language", "targets"),
        (TermInput("pt", "a"), "term_without_target", "targets"),
        (TermInput("pt", "a" * 121, (), {"en": "b"}), "too_long", "text"),
    ],
)
def test_a_wrong_term_is_refused_with_its_field(scope, now, row, code, where):
    with pytest.raises(InputError) as raised:
        glossary.save_term(scope, row, now)
    assert (code, where) in [(p.code, p.where) for p in raised.value.problems]
    assert glossary.terms(scope) == []


def test_csv_out_and_in_again_is_the_same(scope, other_organisation, now):
    glossary.save_term(scope, WARRANTY, now)
    glossary.save_term(scope, TermInput("en", "Harbour Lights", keep=True, context="our name"), now)
    theirs = system_scope(other_organisation.pk)
    assert glossary.from_csv(theirs, "\ufeff" + glossary.to_csv(scope), now) == (2, [])
    assert glossary.to_csv(theirs) == glossary.to_csv(scope)


def test_rows_of_a_table_that_are_wrong_are_named_and_the_others_taken(scope, now):
    taken, problems = glossary.from_csv(scope, "language,text,en\npt,troco,change\nxx,a,b\npt,,c\n", now)
    assert taken == 1
    assert [(p.where, p.code) for p in problems] == [("3", "unknown_language"), ("4", "required")]
    assert glossary.from_csv(scope, "word,meaning\na,b\n", now)[1][0].code == "column_missing"
    assert glossary.from_csv(scope, "", now)[1][0].code == "column_missing"


def test_nobody_else_sees_or_removes_a_term(scope, other_organisation, now):
    term = glossary.save_term(scope, WARRANTY, now)
    theirs = system_scope(other_organisation.pk)
    assert glossary.terms(theirs) == []
    assert glossary.remove_term(theirs, term.pk, now) is False
    assert glossary.remove_term(scope, term.pk, now) is True
    assert glossary.remove_term(scope, term.pk, now) is False
    assert [e.verb for e in Entry.objects.filter(organisation_id=scope.organisation_id).order_by("pk")] == [
        "glossary:term:saved", "glossary:term:removed",
    ]  # fmt: skip
