"""House rules on the pages: the number picker, its preview and its refusals, the editor, history, undo."""

from __future__ import annotations

import ast
import html
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from amends.base.accounts.core import Role, system_scope
from amends.base.settings import env
from amends.faces.console import house, words_parser
from amends.judgement.policies import queries
from amends.judgement.policies.core import overridable, own_rule
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.core import Rule
from amends.judgement.rules.load import current

pytestmark = pytest.mark.django_db
FIRST = "/rules/HOUSE-FIRST-ANSWER"
FORM = {"path": "clock.runs.hours", "value": "12", "reason": "We are fast", "citation": "https://shop.example/fast"}


def _html(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_the_starter_is_a_rule_without_a_fault() -> None:
    assert isinstance(own_rule(house.STARTER, 1), Rule)


def test_a_number_is_saved_shown_and_listed(signed_in, organisation) -> None:
    client = signed_in(Role.LEAD)
    assert "24 hours" in _html(client.get(FIRST))
    assert client.post(f"{FIRST}/override", FORM).status_code == 302
    page = _html(client.get(FIRST))
    for text in (
        "house rule",
        "24 hours → 12 hours",
        "We are fast",
        "https://shop.example/fast",
        "differs",
        "Withdraw",
    ):
        assert text in page
    listed = _html(client.get("/rules?house=1"))
    assert "HOUSE-FIRST-ANSWER" in listed
    assert "EB-SIG" not in listed
    assert len(queries.history(system_scope(organisation.pk))) == 1


def test_the_shipped_version_can_still_be_read(signed_in) -> None:
    client = signed_in(Role.LEAD)
    client.post(f"{FIRST}/override", FORM)
    assert "hours: '24'" in _html(client.get(f"{FIRST}?version=open"))
    assert "hours: '12'" in _html(client.get(f"{FIRST}?version=open%2Bhouse.1"))


def test_a_refused_number_comes_back_with_the_words(signed_in, organisation) -> None:
    client = signed_in(Role.LEAD)
    page = _html(client.post("/rules/EU-WD-14/override", FORM | {"path": "clock.runs.days", "value": "7"}))
    assert "may only move in the buyer’s favour, and 7 is worse than 14" in page
    assert "We are fast" in page
    page = _html(client.post(f"{FIRST}/override", FORM | {"reason": ""}))
    assert "This field is required." in page
    assert not HouseRule.objects.filter(organisation=organisation).exists()
    assert client.post("/rules/NO-SUCH/override", FORM).status_code == 302


def test_the_preview_tells_before_anything_is_written(signed_in, make_case, organisation) -> None:
    make_case()
    client = signed_in(Role.LEAD)
    shown = _html(client.post(f"{FIRST}/override/preview", {"path": "clock.runs.hours", "value": "12"}))
    assert "C-1001" in shown
    assert "1 would be judged otherwise" in shown
    assert "answered in the last second" in shown
    worse = _html(client.post("/rules/EU-WD-14/override/preview", {"path": "clock.runs.days", "value": "7"}))
    assert "This is a law" in worse
    assert not _html(client.post(f"{FIRST}/override/preview", {"path": "clock.runs.hours", "value": ""})).strip()
    assert not HouseRule.objects.filter(organisation=organisation).exists()


def test_withdrawing_can_be_undone(signed_in, organisation) -> None:
    client = signed_in(Role.LEAD)
    client.post(f"{FIRST}/override", FORM)
    row = HouseRule.objects.get(organisation=organisation)
    page = _html(client.post(f"/rules/house/{row.pk}/withdraw", {"reason": "a test"}, follow=True))
    assert f"/rules/house/{row.pk}/restore" in page
    assert "a test" in page
    assert "24 hours → 12 hours" not in page
    page = _html(client.post(f"/rules/house/{row.pk}/restore", follow=True))
    assert "24 hours → 12 hours" in page
    assert "It is in force" in _html(client.post(f"/rules/house/{row.pk + 1}/restore", follow=True))


def test_the_editor_names_the_line_in_the_readers_language(signed_in) -> None:
    wrong = house.STARTER.replace("case.kind: return", "case.knid: return")
    for language, line, said in (
        ("en", "Line 5", "no fact is called 'case.knid'; did you mean 'case.kind'?"),
        ("zh-hans", "第 5 行", "没有名为 'case.knid' 的事实；是否指 'case.kind'？"),
    ):
        page = _html(signed_in(Role.LEAD, language).post("/rules/new/check", {"text": wrong}))
        assert line in page
        assert said in page
    client = signed_in(Role.LEAD)
    page = _html(client.post("/rules/new", {"text": wrong, "reason": "r", "citation": "c"}))
    assert "Line 5" in page
    assert "case.knid" in page


def test_an_own_rule_is_written_changed_withdrawn_and_found_again(signed_in, organisation) -> None:
    client = signed_in(Role.LEAD)
    assert "OWN-RETURNS" in _html(client.get("/rules/new"))
    form = {"text": house.STARTER.replace("\n", "\r\n"), "reason": "Our terms", "citation": "Terms, 4"}
    assert client.post("/rules/new", form)["Location"] == "/rules/OWN-RETURNS"
    assert "A rule of your own" in _html(client.get("/rules/OWN-RETURNS"))
    assert "OWN-RETURNS" in _html(client.get("/rules/new?rule=OWN-RETURNS"))
    changed = form | {"text": house.STARTER.replace("sixty", "about sixty"), "reason": "Plainer"}
    client.post("/rules/new", changed)
    page = _html(client.get("/rules/OWN-RETURNS"))
    assert "about sixty" in page
    assert "Our terms" in page
    last = HouseRule.objects.filter(organisation=organisation).latest("number")
    page = _html(client.post(f"/rules/house/{last.pk}/withdraw", follow=True))
    assert "has been withdrawn" in page
    assert "Restore" in page
    assert "OWN-RETURNS" in _html(client.get("/rules?house=1"))


def test_a_rule_is_tried_on_a_case_and_on_facts(signed_in, make_case) -> None:
    case = make_case(leaf="in_transit_late")
    client = signed_in(Role.LEAD)
    judged = _html(client.post("/rules/new/try", {"text": house.STARTER, "case": str(case)}))
    assert "the rule does not speak" in judged
    facts = (
        '{"case.kind": "return", "order.ship_country": "US", "order.delivered": "2026-03-01T12:00:00Z",'
        ' "return.requested": "2026-04-10T12:00:00Z"}'
    )
    judged = _html(client.post("/rules/new/try", {"text": house.STARTER, "facts": facts}))
    assert "the rule speaks" in judged
    assert "OWN-RETURNS" in judged
    for sent in ({"facts": "[1]"}, {"facts": "{"}, {"facts": "[" * 5000}, {"case": "C-9"}, {"case": "x"}):
        assert "notice late" in _html(client.post("/rules/new/try", {"text": house.STARTER, **sent}))


def test_who_only_reads_sees_the_rule_and_no_form(signed_in) -> None:
    signed_in(Role.LEAD).post(f"{FIRST}/override", FORM)
    page = _html(signed_in(Role.VIEWER).get(FIRST))
    assert "24 hours → 12 hours" in page
    assert "Save as house rule" not in page
    assert "/withdraw" not in page


def test_another_house_reads_nothing_of_it(signed_in, other_organisation) -> None:
    client = signed_in(Role.LEAD)
    client.post(f"{FIRST}/override", FORM)
    client.post("/rules/new", {"text": house.STARTER, "reason": "r", "citation": "c"})
    stranger = signed_in(Role.OWNER, house=other_organisation)
    assert "We are fast" not in _html(stranger.get(FIRST))
    assert stranger.get("/rules/OWN-RETURNS").status_code == 404
    assert "hours: '12'" not in _html(stranger.get(f"{FIRST}?version=open%2Bhouse.1"))


def test_a_case_shows_the_badge_beside_the_clock(signed_in, make_case, scope) -> None:
    from django.utils import timezone

    from amends.resolution.cases.judging import rejudge

    client = signed_in(Role.LEAD)
    case = make_case()
    client.post(f"{FIRST}/override", FORM)
    rejudge(scope, case, timezone.now())
    assert "house rule" in _html(client.get(f"/cases/{case}"))


def test_every_number_of_the_rulebook_has_words() -> None:
    for rule in current().rules:
        for number in overridable(rule):
            said = house.number_words(rule, number)
            assert said, (rule.id, number.path)
            assert "%(" not in said


# ---- the parser's sentences


def _sentences() -> list[str]:
    """Each message that the parser can raise, with X for what it found."""
    rules = env.package_dir() / "judgement" / "rules"
    own = env.package_dir() / "judgement" / "policies" / "core" / "own.py"
    found = []
    for path in [*sorted(rules.glob("parse*.py")), own]:
        for node in ast.walk(ast.parse(Path(path).read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused" and node.args:
                found.append(_said(node.args[0]))
    return found


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join("X" if isinstance(part, ast.FormattedValue) else _said(part) for part in node.values)
    assert isinstance(node, ast.Constant)
    return str(node.value)


def test_every_sentence_of_the_parser_has_a_translation() -> None:
    """If this names a sentence of yours: add it to words_parser.SAID, and its Chinese to the catalogue."""
    sentences = _sentences()
    assert len(sentences) > 50
    with translation.override("zh-hans"):
        untranslated = [text for text in sentences if words_parser.translated(text) == text]
    assert untranslated == []
