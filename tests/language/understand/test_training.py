"""What agents put right is learnt, for their own organisation, and only where nothing is read worse."""

from __future__ import annotations

import pytest

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.language.understand import training, understand
from amends.language.understand.models import Correction

pytestmark = pytest.mark.django_db


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
    said = [f"the zwirbel of unit {n} went gribbly again" for n in range(1, 13)]
    for text in said:
        training.note(scope, now, text=text, language="en", predicted="other", corrected="quality")
    trained = training.train(scope)
    assert trained is not None
    assert trained.learnt + trained.left_out == len(said) == Correction.objects.count()
    assert trained.taken is (
        trained.after.leaf_accuracy >= trained.before.leaf_accuracy
        and (trained.own_after or 0.0) >= (trained.own_before or 0.0)
    )
    own, theirs = (training.classifier_for(pk) for pk in (scope.organisation_id, other_organisation.pk))
    text = "the zwirbel of unit 77 went gribbly again"
    if trained.taken:
        assert understand(text, classifier=own).leaf == "quality"
    assert understand(text, classifier=theirs).leaf == understand(text).leaf
