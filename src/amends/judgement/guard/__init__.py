"""What may not be said: one engine for drafts, templates, automations, listings and policies."""

from __future__ import annotations

from amends.judgement.guard.core.deciding import Checked, Context, Finding, decide
from amends.judgement.guard.core.rule import GuardRule, Verdict
from amends.judgement.guard.parse import current

__all__ = ["Checked", "Context", "Finding", "GuardRule", "Verdict", "check", "current"]


def check(text: str, language: str = "", context: Context | None = None) -> Checked:
    """What stands in the way of sending `text`. Never raises on a text."""
    from amends.language.statements import statements

    return decide(statements(text, language), context or Context(), current())
