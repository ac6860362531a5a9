"""A judgement as JSON: the same keys in the API, the CLI, the database and the documentation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import Clock
from amends.judgement.judge.core import Because, Citation, Contradiction, Judgement, Simulation
from amends.judgement.remedies.core import Plan, Remedy
from amends.judgement.rules.core import Rulebook
from amends.judgement.rules.facts import to_wire
from amends.kernel.clauses import CLOCK_PREFIX


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def clock_json(clock: Clock) -> dict[str, Any]:
    return {
        "name": clock.name,
        "owner": clock.owner,
        "rule": clock.rule,
        "state": clock.state.value,
        "zone": clock.zone,
        "starts": _at(clock.starts),
        "due": _at(clock.due),
        "computed_due": _at(clock.computed_due),
        "external_due": _at(clock.external_due),
        "met_at": _at(clock.met_at),
        "provisional": clock.provisional,
        "missing": list(clock.missing),
        "pauses": [{"from": _at(a), "to": _at(b), "because": why} for a, b, why in clock.pauses],
    }


def remedy_json(remedy: Remedy) -> dict[str, Any]:
    return {
        "code": remedy.code,
        "pay": str(remedy.pay),
        "cost": str(remedy.cost),
        "parts": [{"name": p.name, "amount": str(p.amount)} for p in remedy.parts],
        "p_accept": str(remedy.p_accept),
        "p_escalate": str(remedy.p_escalate),
        "p_lose": str(remedy.p_lose),
        "effects": [
            {"metric": e.metric, "price": str(e.price), "budget": e.budget, "basis": e.basis} for e in remedy.effects
        ],
        "days": remedy.days,
        "statutory": remedy.statutory,
        "allowed": remedy.allowed,
        "why_not": remedy.why_not,
        "basis": remedy.basis,
        "n": remedy.n,
    }


def _because_json(because: Because) -> dict[str, Any]:
    """A table is told by its number of rows: the rows themselves stand with the facts."""
    told: dict[str, Any] = {"fact": because.fact, "saw": to_wire(because.saw), "holds": because.holds}
    if isinstance(because.saw, tuple):
        told |= {"saw": None, "rows": len(because.saw)}
    if because.fact.startswith(CLOCK_PREFIX):
        told["clock"] = because.fact.removeprefix(CLOCK_PREFIX)
    return told


def _plan_json(plan: Plan) -> dict[str, Any]:
    even = plan.break_even
    return {
        "steps": [
            {
                "code": s.code,
                "remedy": s.remedy,
                "pay": str(s.pay) if s.pay else None,
                "by": _at(s.by),
                "rule": s.rule,
                "if_silent": s.if_silent,
                "template": s.template,
                "get": list(s.get),
            }
            for s in plan.steps
        ],
        "break_even": {"price": str(even.price), "below": even.below, "above": even.above} if even else None,
        "contest_below": plan.contest_below or None,
    }


def _contradiction_json(found: Contradiction | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "actual": found.actual,
        "expected": found.expected,
        "rules": list(found.rules),
        "appeal": found.appeal,
        "appeal_due": _at(found.appeal_due),
    }


def judgement_json(judgement: Judgement, book: Rulebook) -> dict[str, Any]:
    """Titles, sources and notes of cited rules come along, so that a page or a pack needs nothing else."""
    return {
        "decision": judgement.decision.value,
        "confidence": judgement.confidence.value if judgement.confidence else None,
        "may_act": judgement.may_act,
        "liability": [
            {
                "party": s.party.value,
                "share": s.share / 100,
                "rule": s.rule,
                "confidence": s.confidence.value if s.confidence else None,
            }
            for s in judgement.liability
        ],
        "outcome": to_wire(dict(judgement.outcome)),
        "outcome_rules": dict(judgement.outcome_rules),
        "clocks": [clock_json(c) for c in judgement.clocks],
        "remedies": [remedy_json(r) for r in judgement.remedies],
        "plan": _plan_json(judgement.plan),
        "citations": [_citation(c, book) for c in judgement.citations],
        "unknowns": [
            {
                "fact": u.fact,
                "ask": dict(u.ask),
                "rules": list(u.rules),
                "moves": [
                    {"value": to_wire(m.value), "rule": m.rule, "decision": m.decision, "liable": m.liable}
                    for m in u.moves
                ],
            }
            for u in judgement.unknowns
        ],
        "conflicts": [{"rules": list(c.rules), "decisions": list(c.decisions)} for c in judgement.conflicts],
        "excluded": [{"rule": rule, "by": by} for rule, by in judgement.excluded],
        "contradiction": _contradiction_json(judgement.contradiction),
        "warnings": list(judgement.warnings),
        "rulebook": book.hash,
    }


def _citation(citation: Citation, book: Rulebook) -> dict[str, Any]:
    rule = book.find(citation.rule, citation.version)
    source = book.sources.get(rule.cite.source) if rule and rule.cite else None
    return {
        "rule": citation.rule,
        "version": citation.version,
        "hash": citation.hash,
        "confidence": citation.confidence.value,
        "role": citation.role,
        "because": [_because_json(b) for b in citation.because],
        "title": dict(rule.title) if rule else {},
        "layer": rule.layer.value if rule else "",
        "house": rule is not None and rule.house_of is not None,
        "note": dict(rule.then.note) if rule and rule.then else {},
        "source": {"key": source.key, "title": source.title, "url": source.url, "dated": source.dated}
        if source
        else None,
    }


def simulation_json(found: Simulation) -> dict[str, Any]:
    """Clocks on one line, with what the what-ifs change."""
    return {
        "at": _at(found.at),
        "begins": _at(found.begins),
        "ends": _at(found.ends),
        "decision": found.decision.value,
        "decision_before": found.decision_before.value,
        "clocks": [
            clock_json(bar.clock) | {"lane": bar.lane, "title": dict(bar.title), "new": bar.is_new, "was": _at(bar.was)}
            for bar in found.bars
        ],
        "gone": list(found.gone),
        "events": [{"event": name, "at": _at(at)} for name, at in found.events],
    }


def digest(body: Mapping[str, Any]) -> str:
    """Hash of a judgement's JSON, the same for the same facts, rulebook and moment."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What changed between two judgements that a person would care about."""
    if old is None:
        return []
    out: list[dict[str, Any]] = []
    for key in ("decision", "confidence"):
        if old.get(key) != new.get(key):
            out.append({"what": key, "from": old.get(key), "to": new.get(key)})
    before = {c["rule"]: c for c in old.get("clocks", ())}
    for clock in new["clocks"]:
        was = before.get(clock["rule"])
        if was is None or was["state"] != clock["state"] or was["due"] != clock["due"]:
            out.append(
                {
                    "what": "clock",
                    "rule": clock["rule"],
                    "name": clock["name"],  # the rule may be an organisation's own, or gone when this is read
                    "from": was and {"state": was["state"], "due": was["due"]},
                    "to": {"state": clock["state"], "due": clock["due"]},
                }
            )
    best = [r["code"] for r in new["remedies"] if r["allowed"]][:1]
    was_best = [r["code"] for r in old.get("remedies", ()) if r["allowed"]][:1]
    if best != was_best:
        out.append({"what": "best_remedy", "from": was_best[0] if was_best else None, "to": best[0] if best else None})
    asks, were = {u["fact"] for u in new["unknowns"]}, {u["fact"] for u in old.get("unknowns", ())}
    out += [{"what": "unknown", "from": None, "to": f} for f in sorted(asks - were)]
    out += [{"what": "learnt", "from": f, "to": None} for f in sorted(were - asks)]
    return out
