"""Every code a reader can meet has a word, and the catalogue has it in Chinese."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from django.utils import translation

from amends.base.accounts.core import Permission, Role
from amends.base.jobs.core import JobState
from amends.base.settings import env
from amends.faces.console import words, words_facts
from amends.intake.conversations.models import Message
from amends.intake.imports.core.fields import TARGETS
from amends.intake.imports.core.layout import Kind
from amends.intake.imports.models import ImportRun
from amends.judgement.rules.core import Decision, Layer
from amends.judgement.rules.load import current
from amends.judgement.rules.vocabulary import BY_NAME
from amends.kernel.parties import Confidence, Party
from amends.kernel.taxonomy import LEAVES
from amends.language.templates import catalogue
from amends.resolution.cases.core.axes import Dispute, Replacement, Request, Status, Verb
from amends.resolution.cases.core.decide import ROOT_CAUSES
from amends.resolution.cases.core.remedies import REMEDIES
from amends.resolution.refunds.core import MoneyState

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))
import messages as catalogue_tool  # noqa: E402 - a script of tools/, which is no package

CODES = {
    "role": [r.value for r in Role],
    "permission": [p.value for p in Permission],
    "job_state": [s.name.lower() for s in JobState],
    "run_state": [s.value for s in ImportRun.State],
    "message_state": [s.value for s in Message.State],
    "record": [k.value for k in Kind if k is not Kind.LOOKUP],
    "decision": [d.value for d in Decision],
    "layer": [layer.value for layer in Layer],
    "confidence": [c.value for c in Confidence],
    "party": [p.value for p in Party],
    "leaf": [leaf.code for leaf in LEAVES],
    "verb": [v.value for v in Verb],
    "status": [s.value for s in Status],
    "request": [s.value for s in Request],
    "replacement": [s.value for s in Replacement],
    "dispute": [s.value for s in Dispute],
    "money": [s.value for s in MoneyState],
    "remedy": sorted(REMEDIES | {"contest"}),
    "root_cause": list(ROOT_CAUSES),
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in codes])
def test_every_code_has_a_word(kind: str, code: str) -> None:
    assert code in words.LABELS[kind]


def test_every_clock_of_the_rulebook_has_a_word() -> None:
    names = {rule.clock.name for rule in current().rules if rule.clock}
    assert names - set(words.LABELS["clock"]) == set()


def test_every_outcome_of_the_rulebook_has_a_word() -> None:
    thens = [then for rule in current().rules for then in (rule.then, rule.silence) if then]
    assert {key for then in thens for key in then.outcome} - set(words.LABELS["outcome"]) == set()


def test_every_template_and_every_target_has_a_word() -> None:
    keys = {key for book in catalogue().values() for key in book.texts}
    assert keys - set(words.LABELS["template"]) == set()
    for target in TARGETS:
        group, _, part = target.partition(".")
        assert target == "drop" or (group in words.LABELS["target_group"] and part in words.LABELS["target_part"])


def _refusal_codes(path: Path) -> set[str]:
    """First arguments of `Refusal("…")` and `_refuse("…")` in a file."""
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    named = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id in ("Refusal", "_refuse") and c.args]
    return {c.args[0].value for c in named if isinstance(c.args[0], ast.Constant)}


def test_every_refusal_has_a_sentence() -> None:
    folders = ("base", "resolution", "intake/conversations")
    files = [p for f in folders for p in (env.package_dir() / f).rglob("*.py")]
    codes = set().union(*(_refusal_codes(p) for p in files))
    assert len(codes) > 30
    assert codes - set(words.LABELS["refusal"]) == set()


def test_a_code_nobody_has_worded_is_shown_and_never_hidden() -> None:
    assert words.label("platform", "new_platform") == "new platform"
    assert words.refusal("something_new") == "something new"


def test_a_refusal_without_its_values_is_still_a_sentence() -> None:
    with translation.override("en"):
        assert words.refusal("not_a_time", {"text": "soon"}) == "Not a time: soon."
        assert "%(" not in words.refusal("not_a_time")


def test_facts_speak_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert words_facts.name("order.placed_at") == "下单时间"
        assert words_facts.question({"fact": "parcels.signature", "ask": {"en": "x", "zh": "带签名的妥投证明"}}) == (
            "带签名的妥投证明"
        )
    with translation.override("en"):
        assert words_facts.question({"fact": "f", "ask": {"en": "the order total"}}) == "The order total"
        assert words_facts.name("something.unheard") == "something.unheard"
    assert len(BY_NAME) > 60


def test_the_chinese_catalogue_is_complete() -> None:
    assert catalogue_tool.missing() == []
