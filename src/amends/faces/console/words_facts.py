"""Facts in words. Their meanings and questions are written once, in the vocabulary of rules, and translated here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext

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
