"""From what a text says to what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amends.judgement.guard.core.rule import STRENGTH, Cited, GuardRule, Verdict
from amends.language.statements.core.statement import Statement


@dataclass(frozen=True, slots=True)
class Context:
    """Where a text is going. `conditions` are those of `rule.CONDITIONS` that are known."""

    platform: str = ""
    country: str = ""
    surface: str = "draft"
    conditions: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fires. `statement` is None for a rule on the situation alone; `cites` are those that hold here."""

    rule: GuardRule
    statement: Statement | None
    cites: tuple[Cited, ...]

    @property
    def verdict(self) -> Verdict:
        return self.rule.verdict

    def to_json(self, text: str) -> dict[str, Any]:
        said = self.statement
        return {
            "rule": self.rule.id,
            "hash": self.rule.hash,
            "verdict": self.verdict.value,
            "confidence": self.rule.confidence,
            "title": dict(self.rule.title),
            "why": dict(self.rule.why),
            "instead": dict(self.rule.instead),
            "statement": said.code if said else "",
            "how": said.how.value if said else "",
            "strength": round(said.strength, 3) if said else None,
            "start": said.start if said else None,
            "end": said.end if said else None,
            "phrase": said.phrase(text) if said else "",
            "cites": [{"rule": c.rule, "source": c.source, "title": c.title, "url": c.url} for c in self.cites],
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """`verdict` is the strongest of the findings; None when nothing was found."""

    verdict: Verdict | None
    findings: tuple[Finding, ...]

    def to_json(self, text: str) -> dict[str, Any]:
        """JSON types only; `text` is the one that was checked."""
        return {
            "verdict": self.verdict.value if self.verdict else "",
            "findings": [f.to_json(text) for f in self.findings],
        }

    @property
    def blocked(self) -> bool:
        return self.verdict is Verdict.BLOCK

    @property
    def gated(self) -> bool:
        return self.verdict is Verdict.GATE


def decide(found: Sequence[Statement], context: Context, rules: Sequence[GuardRule]) -> Checked:
    """Every rule that fires, the strongest first. Of two rules on one statement the weaker one is left out, since the
    reader needs one reason to change a sentence, not three."""
    findings = [finding for rule in rules for finding in [_fires(rule, found, context)] if finding is not None]
    findings.sort(key=lambda f: (-STRENGTH[f.verdict], f.statement.start if f.statement else -1))
    kept: list[Finding] = []
    seen: set[tuple[str, int]] = set()
    for finding in findings:
        key = (finding.statement.code, finding.statement.start) if finding.statement else (finding.rule.id, -1)
        if key not in seen:
            kept.append(finding)
            seen.add(key)
    return Checked(kept[0].verdict if kept else None, tuple(kept))


def _fires(rule: GuardRule, found: Sequence[Statement], context: Context) -> Finding | None:
    if not rule.where.holds(context.platform, context.country, context.surface):
        return None
    if not all(context.conditions.get(name, False) for name in rule.when):
        return None
    statement = next((one for one in found if one.code in rule.says), None)
    if rule.says and statement is None:
        return None
    cites = tuple(c for c in rule.cites if c.where.holds(context.platform, context.country, context.surface))
    return Finding(rule, statement, cites or rule.cites[:1])
