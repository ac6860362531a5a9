"""Judging a case in a test, and reading the parts of the judgement that tests ask about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import State
from amends.judgement.judge import Judgement, judge
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import load_folder, rulebook_dir

BOOK = load_folder(rulebook_dir())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def judged(wire: dict[str, Any], now: str | None = None) -> Judgement:
    """By the shipped rulebook, at `now` or else at what the facts say they were known at."""
    facts = read_facts(wire)
    return judge(facts, BOOK, at(now) if now else facts["known_at"])


def shares(judgement: Judgement) -> dict[str, int]:
    return {s.party.value: s.share for s in judgement.liability}


def deciders(judgement: Judgement) -> list[str]:
    return [c.rule for c in judgement.citations if c.role == "decides"]


def cited(judgement: Judgement) -> set[str]:
    return {c.rule for c in judgement.citations}


def clock(judgement: Judgement, rule: str) -> tuple[State, datetime | None]:
    return {c.rule: (c.state, c.due) for c in judgement.clocks}[rule]


def owed(judgement: Judgement) -> dict[str, str]:
    """Remedies that a rule makes due, with that rule."""
    return {r.code: r.statutory for r in judgement.remedies if r.statutory}


def barred(judgement: Judgement) -> dict[str, str]:
    """Remedies that may not be offered, with the rule that forbids them."""
    return {r.code: r.why_not for r in judgement.remedies if not r.allowed}
