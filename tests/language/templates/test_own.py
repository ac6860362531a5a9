"""Own templates: one macro in many languages, and who has read which."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.base.accounts.core import ActorKind, Permission, Scope, system_scope
from amends.base.ledger.models import Entry
from amends.kernel.outcome import InputError
from amends.language.templates.actions import archive, sign, write_text
from amends.language.templates.core.own import checked
from amends.language.templates.queries import macros, one_macro, render_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(organisation, owner_user):
    return Scope(organisation.pk, frozenset(Permission), ActorKind.PERSON, owner_user.pk)


@pytest.fixture
def other_scope(other_organisation):
    return system_scope(other_organisation.pk)


def test_shipped_texts_serve_until_own_ones_are_written(scope, now):
    found = one_macro(scope, "thanks")
    assert found.source == "en"
    assert found.own == {}
    assert not any(found.stale(language) for language in found.languages)
    assert render_for(scope, "thanks", "de", {"buyer": "Kim", "shop": "Mugs"}).own is False


def test_changing_the_source_makes_the_others_stale(scope, now):
    write_text(scope, "thanks", "en", "Cheers for writing about {order}.", now)
    found = one_macro(scope, "thanks")
    assert found.stale("de")
    assert found.stale("zh")
    assert not found.stale("en")
    rendered = render_for(scope, "thanks", "de", {"buyer": "Kim", "shop": "Mugs", "order": "1"})
    assert (rendered.stale, rendered.own) == (True, False)
    write_text(scope, "thanks", "de", "Danke für Ihre Nachricht zu {order}.", now)
    assert not one_macro(scope, "thanks").stale("de")
    write_text(scope, "thanks", "en", "Thanks for writing about {order}.", now + timedelta(hours=1))
    assert one_macro(scope, "thanks").stale("de")


def test_a_new_macro_has_the_language_it_was_first_written_in(scope, now):
    write_text(scope, "gift_wrap", "zh", "订单 {order} 已按礼品包装。", now, title="礼品包装")
    found = one_macro(scope, "gift_wrap")
    assert (found.source, found.languages, found.title) == ("zh", ("zh",), "礼品包装")
    assert "gift_wrap" in macros(scope)
    rendered = render_for(scope, "gift_wrap", "de", {"buyer": "Kim", "shop": "Mugs", "order": "7"})
    assert rendered.language == "zh"  # nothing nearer: the source itself, and the reader is told which language it is
    assert "订单 7" in rendered.text


@pytest.mark.parametrize(
    ("key", "language", "text", "codes"),
    [
        ("Bad Key", "en", "x", ["bad_template_key"]),
        ("fine", "xx", "x", ["unknown_language"]),
        ("fine", "en", " ", ["required"]),
        ("fine", "en", "x" * 4001, ["too_long"]),
        ("fine", "en", "Hello {name}", ["unknown_slot"]),
        ("fine", "en", "Hello {order", ["stray_brace"]),
    ],
)
def test_every_problem_is_named(scope, now, key, language, text, codes):
    assert [p.code for p in checked(key, language, text)] == codes
    with pytest.raises(InputError):
        write_text(scope, key, language, text, now)


def test_a_translation_has_the_slots_of_its_source(scope, now):
    with pytest.raises(InputError) as raised:
        write_text(scope, "offer_full_refund", "de", "Wir erstatten {amount}.", now)
    (problem,) = raised.value.problems
    assert (problem.code, problem.params) == ("other_slots", {"missing": "order", "extra": ""})


def test_a_signature_holds_for_the_text_that_was_read(scope, person, now):
    assert not render_for(scope, "thanks", "fr", {"shop": "x"}).reviewed
    sign(person, "thanks", "fr", "Claire", now)
    assert render_for(scope, "thanks", "fr", {"shop": "x"}).reviewed
    write_text(scope, "thanks", "fr", "Merci de votre message.", now)
    assert not render_for(scope, "thanks", "fr", {"shop": "x"}).reviewed
    verbs = Entry.objects.filter(organisation_id=scope.organisation_id).values_list("verb", flat=True)
    assert list(verbs) == ["template:text:signed", "template:text:written"]


def test_putting_a_macro_away_brings_the_shipped_text_back(scope, now):
    write_text(scope, "thanks", "en", "Cheers.", now)
    assert archive(scope, "thanks", now)
    assert one_macro(scope, "thanks").own == {}
    assert not archive(scope, "thanks", now)
    write_text(scope, "thanks", "en", "Cheers again.", now)
    assert list(one_macro(scope, "thanks").own) == ["en"]


def test_own_templates_stay_in_their_organisation(scope, person, other_scope, now):
    write_text(scope, "gift_wrap", "en", "Wrapped.", now)
    sign(person, "thanks", "fr", "Claire", now)
    assert one_macro(other_scope, "gift_wrap") is None
    assert not render_for(other_scope, "thanks", "fr", {"shop": "x"}).reviewed


def test_only_a_person_can_sign(scope, now):
    with pytest.raises(InputError, match="needs_a_person"):
        sign(scope, "thanks", "fr", "Claire", now)
