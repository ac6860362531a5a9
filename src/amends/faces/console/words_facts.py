"""Facts in words. Their meanings and questions are written once, in the vocabulary of rules, and translated here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext

from amends.faces.console import words_rules
from amends.judgement.rules.load import current
from amends.judgement.rules.vocabulary import find


def name(key: str) -> str:
    """What a fact is: its meaning without the full stop; an unknown key as it stands."""
    fact = find(key)
    return gettext(fact.meaning).rstrip(".。") if fact else key


def question(unknown: dict[str, Any]) -> str:
    """What to ask for, from a judgement's `unknowns`: the rule's own words in the reader's language, else ours."""
    texts = unknown.get("ask") or {}
    language = (get_language() or "en").split("-")[0]
    text = texts.get(language) or gettext(texts.get("en") or str(unknown.get("fact", "")))
    return text[:1].upper() + text[1:]


def clock_of(rule_id: str) -> str:
    """The clock a rule runs, in words; the rule's own id when it has none or is gone from the book."""
    rule = current().find(rule_id)
    if rule is None or rule.clock is None:
        return rule_id
    code = rule.clock.name
    return str(words_rules.LABELS["clock"].get(code, code.replace("_", " ")))
