"""The verbs of a case. Each gathers, decides in the core, applies, writes one ledger entry: one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import enqueue
from amends.base.ledger.actions import record
from amends.kernel.outcome import Refusal
from amends.resolution.cases import queries
from amends.resolution.cases.apply import apply_effects
from amends.resolution.cases.core.axes import BY_VERB, CaseState, Verb
from amends.resolution.cases.core.decide import Asked, decide
from amends.resolution.cases.core.effects import CreateRefund, Decided, Say
from amends.resolution.cases.judging import rejudge
from amends.resolution.cases.models import Case, CaseFact, StoredJudgement
from amends.resolution.cases.wording import check_words, read_words


@dataclass(frozen=True, slots=True)
class Performed:
    """What was done. `message_id` is set when words were written; `sends` when they leave by themselves."""

    case_id: int
    version: int
    verb: Verb
    message_id: int | None = None
    sends: bool = False
    undo_until: datetime | None = None
    refund_id: int | None = None
    changes: tuple[dict[str, Any], ...] = ()
    repeated: bool = False  # the same idempotency key had been used before; nothing new happened


def next_number(organisation_id: int) -> int:
    """The next case number of an organisation; locks its row until the transaction ends."""
    Organisation.objects.filter(pk=organisation_id).update(last_case_number=F("last_case_number") + 1)
    return Organisation.objects.values_list("last_case_number", flat=True).get(pk=organisation_id)


@transaction.atomic
def open_case(  # noqa: PLR0913 - what a case is about, all keyword-only
    scope: Scope,
    now: datetime,
    *,
    shop_id: int | None,
    order_id: int | None,
    buyer_id: int | None,
    thread_id: int | None = None,
    leaf: str = "other",
    title: str = "",
    priority: int = 0,
    dedup_key: str | None = None,
    facts: Mapping[str, Any] | None = None,
    origin: str = "message",
    judged: bool = True,
) -> tuple[Case, bool]:
    """Open a case, or find the one with the same `dedup_key`. (case, created).

    `judged` False: the caller learns more in the same transaction, and then judges.
    """
    scope.require(Permission.CASE_WORK)
    if dedup_key is not None:
        known = Case.objects.filter(organisation_id=scope.organisation_id, dedup_key=dedup_key).first()
        if known is not None:
            return known, False
    case = Case.objects.create(
        organisation_id=scope.organisation_id,
        number=next_number(scope.organisation_id),
        shop_id=shop_id,
        order_id=order_id,
        buyer_id=buyer_id,
        thread_id=thread_id,
        leaf=leaf,
        title=title[:200],
        priority=priority,
        dedup_key=dedup_key,
        opened_at=now,
        changed_at=now,
    )
    learn(scope, case, now, facts or {}, origin)
    record(
        scope,
        at=now,
        verb="case:case:opened",
        subject_kind="case",
        subject_id=case.number,
        payload={"leaf": leaf, "order_id": order_id, "thread_id": thread_id},
    )
    if judged:
        rejudge(scope, case, now)
    return case, True


def learn(scope: Scope, case: Case, now: datetime, facts: Mapping[str, Any], origin: str, ref: str = "") -> int:
    """Keep new facts (wire form). A value already known is not stored again. Returns how many were new."""
    if not facts:
        return 0
    newest: dict[str, Any] = {}
    known = CaseFact.objects.filter(organisation_id=scope.organisation_id, case=case, key__in=facts).order_by("id")
    for row in known.values("key", "value"):
        newest[row["key"]] = row["value"]
    fresh = [
        CaseFact(
            organisation_id=scope.organisation_id,
            case=case,
            key=key,
            value=value,
            origin=origin,
            origin_ref=ref,
            learnt_at=now,
        )
        for key, value in facts.items()
        if key not in newest or newest[key] != value
    ]
    CaseFact.objects.bulk_create(fresh)
    return len(fresh)


@transaction.atomic
def add_facts(
    scope: Scope, case_id: int, facts: Mapping[str, Any], now: datetime, *, origin: str, ref: str = ""
) -> StoredJudgement | None:
    """Facts from outside (platform, carrier, message). Judges again; None when the judgement did not change."""
    scope.require(Permission.CASE_WORK)
    case = queries.lock(scope, case_id)
    if not learn(scope, case, now, facts, origin, ref):
        return None
    record(
        scope,
        at=now,
        verb="case:facts:learnt",
        subject_kind="case",
        subject_id=case.number,
        payload={"keys": sorted(facts), "origin": origin, "ref": ref},
    )
    if case.closed_at is not None:
        tell_precedents(scope, case, now)
    return rejudge(scope, case, now)


def tell_precedents(scope: Scope, case: Case, now: datetime) -> None:
    """A case was closed, opened again, or learnt something after its end: what is remembered of it has to follow.
    Inside the transaction; the job looks at the case as it then is, so the order of jobs does not matter."""
    enqueue(
        "precedents.keep",
        {"case_id": case.pk},
        now=now,
        organisation_id=scope.organisation_id,
        key=f"precedents.keep:{case.pk}",
    )


@transaction.atomic
def judge_again(scope: Scope, case_id: int, now: datetime) -> StoredJudgement | None:
    return rejudge(scope, queries.lock(scope, case_id), now)


def request_key(case_id: int, verb: str, args: Mapping[str, Any], version: int) -> str:
    """The same click twice gives the same key; the same click after a change gives a new one."""
    text = repr((case_id, verb, sorted((k, str(v)) for k, v in args.items()), version))
    return hashlib.sha256(text.encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What `perform` would do: the same decision, nothing applied."""

    decided: Decided
    state: CaseState
    clocks_stopped: tuple[str, ...]
    sends: bool
    refund_after_minor: int
    left_after_minor: int


def _asked(  # noqa: PLR0917 - what a decision may look at
    scope: Scope, case: Case, state: CaseState, args: Mapping[str, Any], now: datetime, key: str, verb: Verb
) -> Asked:
    words = check_words(scope, case, state, args, now) if BY_VERB[verb].speaks or args.get("text") else None
    return Asked(state, args, now, scope.actor_id, scope.permissions, key, None if verb is Verb.NOTE else words)


def simulate(scope: Scope, case_id: int, verb: str, args: Mapping[str, Any], now: datetime) -> Simulation | Refusal:
    """Shows what would be sent, paid and stopped. Writes nothing."""
    case = queries.by_id(scope, case_id)
    found = queries.state_of(scope, case_id, case=case) if case else None
    if case is None or found is None:
        return Refusal("no_such_case")
    if verb not in tuple(Verb):
        return Refusal("unknown_verb", params={"text": verb[:40]})
    key = request_key(case_id, verb, args, found.version)
    decided = decide(Verb(verb), _asked(scope, case, found, args, now, key, Verb(verb)))
    if isinstance(decided, Refusal):
        return decided
    paid = sum(e.amount_minor for e in decided.effects if isinstance(e, CreateRefund))
    speaks = any(isinstance(e, Say) for e in decided.effects)
    return Simulation(
        decided,
        found,
        queries.clocks_stopped_by(scope, case_id, speaks=speaks),
        speaks and found.can_send,
        found.committed_minor + paid,
        max(found.refundable_minor - paid, 0),
    )


def perform(
    scope: Scope,
    case_id: int,
    verb: str,
    args: Mapping[str, Any],
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
) -> Performed | Refusal:
    """Do it. A refusal changes nothing. `expected_version` guards two agents; `key` makes a retry harmless."""
    if verb not in tuple(Verb):
        return Refusal("unknown_verb", params={"text": verb[:40]})
    read_words(args)
    with transaction.atomic():
        case = queries.lock_or_none(scope, case_id)
        if case is None:
            return Refusal("no_such_case")
        repeated = queries.done_before(scope, case, key) if key else None
        if repeated is not None:
            return Performed(case.pk, case.version, Verb(verb), repeated=True, **repeated)
        if expected_version is not None and case.version != expected_version:
            return Refusal("version_conflict", params={"expected": expected_version, "found": case.version})
        if BY_VERB[Verb(verb)].moves_money:
            queries.lock_order(scope, case)
        state = queries.state_of(scope, case_id, case=case)
        assert state is not None  # noqa: S101 - the row is locked above
        used_key = key or request_key(case_id, verb, args, case.version)
        decided = decide(Verb(verb), _asked(scope, case, state, args, now, used_key, Verb(verb)))
        if isinstance(decided, Refusal):
            return decided
        return _apply(scope, case, decided, now, used_key)


def _apply(scope: Scope, case: Case, decided: Decided, now: datetime, key: str) -> Performed:
    applied = apply_effects(scope, case, decided.effects, now, key)
    case.version += 1
    case.changed_at = now
    case.save()
    record(
        scope,
        at=now,
        verb=f"case:{decided.verb.value}:done",
        subject_kind="case",
        subject_id=case.number,
        payload=applied.payload | {"key": key},
    )
    if decided.verb in (Verb.CLOSE, Verb.REOPEN):
        tell_precedents(scope, case, now)
    stored = rejudge(scope, case, now)
    return Performed(
        case.pk,
        case.version,
        decided.verb,
        applied.message_id,
        applied.sends,
        applied.undo_until,
        applied.refund_id,
        tuple(stored.changes) if stored else (),
    )
