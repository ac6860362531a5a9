"""Giving a judgement on a case and keeping it: facts, clocks, rule versions, what changed, one ledger entry."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Q

from amends.base.accounts.core import Scope
from amends.base.ledger.actions import record
from amends.judgement.judge import Judgement, differences, digest, judge, judgement_json
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.core import Rulebook
from amends.judgement.rules.facts import contradictions, read_facts
from amends.judgement.rules.models import RuleVersion
from amends.kernel.outcome import InputError
from amends.resolution.cases.core.axes import FAR, mirrored_dispute
from amends.resolution.cases.gather import Sheet, gather
from amends.resolution.cases.lived import add_lived
from amends.resolution.cases.models import Case, CaseClock, StoredJudgement

OURS_LIVE = ("running", "paused")


def readable_facts(sheet: Sheet) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """(wire, typed, left out): facts that cannot be read or contradict others are left out and named.

    A bad import must not silence the whole case, so the offending facts become unknown.
    """
    wire = sheet.wire()
    left_out: list[str] = []
    for _ in range(len(wire) + 1):
        try:
            return wire, read_facts(wire), left_out
        except InputError as error:
            names = {p.where.split("[")[0] for p in error.problems}
            left_out += sorted(names)
            wire = {k: v for k, v in wire.items() if k not in names}
    return {}, {}, left_out


def next_due(judgement: Judgement) -> datetime:
    """Earliest clock that waits for us: running, or run out with nothing done yet."""
    dues = [
        c.due
        for c in judgement.clocks
        if c.owner == "seller" and c.due is not None and c.met_at is None and c.state.value in (*OURS_LIVE, "expired")
    ]
    return min(dues, default=FAR)


def _sync_clocks(case: Case, body: dict[str, Any]) -> None:
    """The clock rows mirror the newest judgement: the board and the reminders read them without judging again."""
    rows = [
        CaseClock(
            organisation_id=case.organisation_id,
            case=case,
            name=c["name"],
            owner=c["owner"],
            rule_id=c["rule"],
            state=c["state"],
            starts_at=c["starts"] and datetime.fromisoformat(c["starts"]),
            due_at=c["due"] and datetime.fromisoformat(c["due"]),
            body=c,
        )
        for c in body["clocks"]
        if c["state"] != "not_started"
    ]
    CaseClock.objects.filter(organisation_id=case.organisation_id, case=case).delete()
    CaseClock.objects.bulk_create(rows)


def _keep_rules(scope: Scope, judgement: Judgement, book: Rulebook, now: datetime) -> None:
    cited = {c.hash: c for c in judgement.citations}
    known = set(
        RuleVersion.objects.filter(
            Q(organisation=None) | Q(organisation_id=scope.organisation_id), hash__in=cited
        ).values_list("hash", flat=True)
    )
    rows = []
    for rule_hash, citation in cited.items():
        rule = book.find(citation.rule, citation.version)
        if rule_hash not in known and rule is not None:
            rows.append(
                RuleVersion(
                    organisation_id=rule.house_of,
                    rule_id=rule.id,
                    version=rule.version,
                    hash=rule_hash,
                    body=dict(rule.body),
                    first_used_at=now,
                )
            )
    if rows:
        RuleVersion.objects.bulk_create(rows, ignore_conflicts=True)


def rejudge(scope: Scope, case: Case, now: datetime, *, book: Rulebook | None = None) -> StoredJudgement | None:
    """Judge again; None when nothing changed. Call inside the action's transaction."""
    book = book or book_of(scope)
    sheet = gather(case)
    add_lived(sheet, scope, case, now)
    wire, facts, left_out = readable_facts(sheet)
    case.dispute = mirrored_dispute(facts, case.dispute, now)
    judgement = judge(facts, book, now)
    body = judgement_json(judgement, book)
    if left_out:
        body["warnings"] = [*body["warnings"], *(f"fact_left_out:{name}" for name in left_out)]
    body["conflicting_facts"] = [p.where for p in contradictions(facts)]
    fingerprint = digest(body)
    due = next_due(judgement)
    if fingerprint == case.judgement_hash:
        case.next_due_at = due
        case.save(update_fields=["next_due_at", "dispute"])
        return None
    last = (
        StoredJudgement.objects.filter(organisation_id=scope.organisation_id, case=case).order_by("-id").first()
        if case.judgement_hash
        else None
    )
    changes = differences(last.body if last else None, body)
    stored = StoredJudgement.objects.create(
        organisation_id=scope.organisation_id,
        case=case,
        at=now,
        facts=json.loads(json.dumps(wire)),
        body=body,
        hash=fingerprint,
        rulebook_hash=book.hash,
        changes=changes,
    )
    _keep_rules(scope, judgement, book, now)
    _sync_clocks(case, body)
    case.judgement_hash, case.next_due_at, case.changed_at = fingerprint, due, now
    case.save(update_fields=["judgement_hash", "next_due_at", "dispute", "changed_at"])
    record(
        scope,
        at=now,
        verb="case:judgement:given",
        subject_kind="case",
        subject_id=case.number,
        payload={
            "judgement": fingerprint,
            "rulebook": book.hash,
            "decision": body["decision"],
            "rules": [[c.rule, c.version] for c in judgement.citations],
            "changes": len(changes),
        },
    )
    return stored
