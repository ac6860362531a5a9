"""What agents put right is learnt, for their own organisation, and only where nothing is read worse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.base.settings import env
from amends.language.understand import training, understand
from amends.language.understand.evaluate import held_out, load
from amends.language.understand.models import Correction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Numbers of organisations return from test to test; what one has learnt must not."""
    yield
    shutil.rmtree(env.home() / "models", ignore_errors=True)


def test_only_what_was_wrong_is_noted(scope, now):
    assert training.note(scope, now, text="a", language="en", predicted="damaged", corrected="damaged") is None
    assert training.note(scope, now, text=" ", language="en", predicted="damaged", corrected="quality") is None
    row = training.note(scope, now, text="x" * 9000, language="en", predicted="damaged", corrected="quality")
    assert len(row.text) == 4000


def test_corrections_are_the_organisations_own(scope, other_organisation, now):
    training.note(scope, now, text="the flux is gone", language="en", predicted="other", corrected="quality")
    assert len(training.corrections(scope)) == 1
    assert training.corrections(system_scope(other_organisation.pk)) == []


def test_nothing_to_learn_is_said(scope):
    assert training.train(scope) is None


def test_learning_needs_the_right_to_change_settings(organisation):
    with pytest.raises(NotAllowed):
        training.train(Scope(organisation.pk, frozenset({Permission.CASE_READ})))


def test_a_word_of_the_trade_is_learnt_and_serves_nobody_else(scope, other_organisation, now):
    text = "ASN 77 short against the pick list"
    assert understand(text).leaf != "short_shipment"
    said = [f"ASN {n} short against the pick list" for n in range(1, 13)]
    for one in said:
        training.note(scope, now, text=one, language="en", predicted="description", corrected="short_shipment")
    trained = training.train(scope)
    assert trained is not None
    assert trained.taken
    assert trained.learnt + trained.left_out == len(said) == Correction.objects.count()
    assert trained.after.leaf_accuracy >= trained.before.leaf_accuracy
    own, theirs = (training.classifier_for(pk) for pk in (scope.organisation_id, other_organisation.pk))
    assert understand(text, classifier=own).leaf == "short_shipment"
    assert understand(text, classifier=theirs).leaf == understand(text).leaf


def test_corrections_that_make_it_read_worse_are_refused(scope, now):
    for example in load(held_out())[::3]:
        if example.leaf in ("damaged", "where_is_my_order", "wrong_item"):
            training.note(
                scope, now, text=example.text, language=example.language, predicted=example.leaf, corrected="thanks"
            )
    before = training.classifier_for(scope.organisation_id)
    trained = training.train(scope)
    assert trained is not None
    assert not trained.taken
    assert trained.after.leaf_accuracy < trained.before.leaf_accuracy
    assert training.classifier_for(scope.organisation_id) is before
