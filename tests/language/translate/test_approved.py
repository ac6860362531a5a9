"""A text that is an approved template is not given to an engine: its words in the other language are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends.base.accounts.core import ActorKind
from amends.language.templates import actions, catalogue
from amends.language.templates.core.recognise import filled
from amends.language.translate.actions import translate
from amends.language.translate.models import Translation

pytestmark = pytest.mark.django_db
ENGLISH = catalogue()["en"].texts["ask_photos"].strip().replace("{order}", "112-4195028-2373812")


@pytest.mark.parametrize(
    ("template", "text", "values"),
    [
        ("Order {order} left.", "Order 12-3 left.", {"order": "12-3"}),
        ("Order {order} left.", "  Order\n12-3   left. ", {"order": "12-3"}),
        ("Order {order} left.", "Order 12-3 left today.", None),
        ("{order} and {order}", "1 and 1", {"order": "1"}),
        ("{order} and {order}", "1 and 2", None),
        ("By {date}.", "By Monday.", None),
        ("We refund {amount}.", "We refund 5 EUR.", None),
        ("Thank you.", "Thank you.", {}),
    ],
)
def test_a_filled_template_is_recognised(template, text, values):
    assert filled(template, text) == values


def test_unsigned_words_are_not_approved(scope, now):
    found = translate(scope, ENGLISH, "en", "fi", now)
    assert not isinstance(found, Translation) or found.engines[0]["engine"] != "template"


def test_signed_words_are_used_and_remembered(scope, owner_user, now):
    person = replace(scope, actor_kind=ActorKind.PERSON, actor_id=owner_user.pk)
    actions.sign(person, "ask_photos", "fi", "Aino", now)
    found = translate(scope, ENGLISH, "en", "fi", now)
    assert isinstance(found, Translation)
    assert found.engines == [{"engine": "template", "model": "ask_photos", "source": "en", "target": "fi"}]
    assert found.text == catalogue()["fi"].texts["ask_photos"].strip().replace("{order}", "112-4195028-2373812")
    assert translate(scope, ENGLISH, "en", "fi", now).pk == found.pk
    assert translate(scope, f"{ENGLISH} Thanks!", "en", "fi", now) != found
