"""What a verb does, decided without doing it: a list of effects, or a refusal. `simulate` and `perform` share it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from amends.base.accounts.core import Permission
from amends.judgement.guard.core.deciding import Checked, Finding
from amends.judgement.guard.core.rule import Verdict
from amends.judgement.rules.facts import Bad, parse_value, to_wire
from amends.judgement.rules.vocabulary import BY_NAME, Kind
from amends.kernel import taxonomy
from amends.kernel.money import exponent
from amends.kernel.outcome import Refusal
from amends.resolution.cases.core.axes import (
    BY_VERB,
    Args,
    CaseState,
    Dispute,
    Replacement,
    Request,
    Verb,
    guard,
)
from amends.resolution.cases.core.effects import (
    AddTask,
    Agree,
    CloseOffers,
    CreateRefund,
    Decided,
    Effect,
    LearnFact,
    MakeOffer,
    MoveRefund,
    Say,
    SetAxis,
    SetField,
    WriteNote,
)
from amends.resolution.cases.core.remedies import ACCEPTS, GOODS_REMEDIES, MONEY_REMEDIES, REMEDIES, TASKS
from amends.resolution.refunds.core import MoneyState

MAX_TEXT = 20_000
MAX_REASON = 400
# What a template leaves visible where it had no value. Such a text is a form, not an answer.
HOLE = re.compile(r"\[(?:buyer|order|item|amount|date|days|tracking|carrier|shop)\]")
ROOT_CAUSES = (
    "carrier_lost",
    "carrier_delay",
    "carrier_damage",
    "customs",
    "address",
    "packaging",
    "product_quality",
    "listing_description",
    "size",
    "wrong_pick",
    "missing_part",
    "late_dispatch",
    "payment",
    "buyer_changed_mind",
    "buyer_claim_unproven",
    "platform_error",
    "unknown",
)


class _No(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _refuse(code: str, **params: Any) -> _No:
    return _No(Refusal(code, params=params))


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything a verb's function may look at."""

    state: CaseState
    args: Args
    now: datetime
    actor_id: int | None
    permissions: frozenset[Permission]
    key: str  # idempotency key of this request
    words: Checked | None = None  # what the guard says of `text`; None where nothing is said


def _text(asked: Asked, name: str = "text") -> str:
    text = str(asked.args.get(name, "")).strip()
    if not text:
        raise _refuse("text_missing", field=name)
    if len(text) > MAX_TEXT:
        raise _refuse("text_too_long", field=name, most=MAX_TEXT)
    return text


def _optional_say(asked: Asked) -> tuple[Say, ...]:
    if not str(asked.args.get("text", "")).strip():
        return ()
    if not asked.state.has_thread:
        raise _refuse("no_conversation")
    return (_say(asked),)


def _say(asked: Asked) -> Say:
    language = str(asked.args.get("language") or asked.state.buyer_language or "en")
    text = _text(asked)
    hole = HOLE.search(text)
    if hole is not None:
        raise _refuse("unfilled_slot", field="text", slot=hole.group(0))
    gates, reason = _passed(asked)
    original = (str(asked.args.get("original", ""))[:MAX_TEXT], str(asked.args.get("original_language", ""))[:12])
    return Say(text, language, str(asked.args.get("template", "")), gates, reason, original)


def _passed(asked: Asked) -> tuple[tuple[str, ...], str]:
    """(rules that a person has answered for, the reason given). A blocked text is never passed: it must be changed."""
    if asked.words is None:
        return (), ""
    first = next(iter(asked.words.findings), None)
    if first is not None and asked.words.blocked:
        raise _No(Refusal("words_blocked", (first.rule.id,), {"field": "text", "phrase": _phrase(asked, first)}))
    gates = tuple(f.rule.id for f in asked.words.findings if f.verdict is Verdict.GATE)
    reason = str(asked.args.get("guard_reason", "")).strip()[:MAX_REASON]
    if first is not None and gates and not reason:
        raise _No(Refusal("words_need_reason", gates, {"field": "guard_reason", "phrase": _phrase(asked, first)}))
    return gates, reason if gates else ""


def _phrase(asked: Asked, finding: Finding) -> str:
    text = str(asked.args.get("text", "")).strip()
    return finding.statement.phrase(text)[:120] if finding.statement else text[:120]


def amount_minor(asked: Asked, *, required: bool = True) -> int:
    """The amount asked for, in minor units of the order's currency.

    Refuses fractions of a minor unit and sums above what is left to refund.
    """
    raw = asked.args.get("amount")
    if raw in (None, ""):
        if required:
            raise _refuse("amount_missing", field="amount")
        return 0
    try:
        scaled = Decimal(str(raw)).scaleb(exponent(asked.state.currency))
    except InvalidOperation:
        raise _refuse("not_a_number", field="amount", text=str(raw)[:40]) from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise _refuse("too_many_decimals", field="amount", currency=asked.state.currency)
    minor = int(scaled)
    if minor <= 0:
        raise _refuse("amount_not_positive", field="amount")
    if minor > asked.state.refundable_minor:
        raise _refuse(
            "more_than_paid", field="amount", left=asked.state.refundable_minor, currency=asked.state.currency
        )
    return minor


def _remedy(asked: Asked) -> str:
    remedy = str(asked.args.get("remedy", ""))
    if remedy not in REMEDIES:
        raise _refuse("unknown_remedy", field="remedy", text=remedy[:40])
    if remedy in asked.state.forbidden:
        raise _No(Refusal("remedy_forbidden", (asked.state.forbidden[remedy],), {"remedy": remedy}))
    if remedy in MONEY_REMEDIES | GOODS_REMEDIES and not asked.state.has_order:
        raise _refuse("no_order")
    if remedy in MONEY_REMEDIES and asked.state.charged_back and remedy not in ACCEPTS:
        raise _No(Refusal("double_recovery", asked.state.decision_rules))
    return remedy


def _refund_state(asked: Asked, minor: int) -> MoneyState:
    """Above the limit a refund waits for a second person."""
    return MoneyState.DUE if minor > asked.state.refund_limit_minor else MoneyState.CREATED


def _answer(asked: Asked) -> list[Effect]:
    return [_say(asked), SetField("waiting_for", "buyer")]


def _ask_evidence(asked: Asked) -> list[Effect]:
    facts = asked.args.get("facts") or []
    tasks = [AddTask("await_fact", (("fact", str(f)),)) for f in facts if str(f) in BY_NAME or "." in str(f)]
    return [_say(asked), SetField("waiting_for", "buyer"), *tasks]


def _offer(asked: Asked) -> list[Effect]:
    remedy = _remedy(asked)
    minor = amount_minor(asked) if remedy in MONEY_REMEDIES else 0
    answer_by = asked.args.get("answer_by")
    return [
        SetAxis("request", Request.ASKED),
        CloseOffers("withdrawn"),
        MakeOffer(remedy, minor, asked.state.currency, answer_by),
        *_optional_say(asked),
        SetField("waiting_for", "buyer"),
    ]


def _settle(asked: Asked) -> list[Effect]:
    remedy = _remedy(asked)
    minor = amount_minor(asked) if remedy in MONEY_REMEDIES else 0
    effects: list[Effect] = [SetAxis("request", Request.APPROVED), Agree(remedy, minor, asked.state.currency)]
    if remedy in MONEY_REMEDIES:
        kind = "partial_refund" if minor < asked.state.paid_minor else "refund"
        kind = "goodwill" if remedy == "goodwill" else kind
        effects.append(CreateRefund(kind, minor, asked.state.currency, _refund_state(asked, minor), asked.key))
    if remedy in GOODS_REMEDIES:
        if asked.state.replacement in (Replacement.DUE, Replacement.RESERVED, Replacement.SENT):
            raise _refuse("wrong_state", axis="replacement", state=asked.state.replacement)
        effects += [SetAxis("replacement", Replacement.DUE), AddTask("ship_replacement", (("remedy", remedy),))]
    if remedy in TASKS:
        effects.append(AddTask(TASKS[remedy]))
    if asked.state.dispute == Dispute.NONE:
        effects.append(SetAxis("dispute", Dispute.PREVENTED))
    return [*effects, *_optional_say(asked)]


def _refuse_request(asked: Asked) -> list[Effect]:
    rule = str(asked.args.get("rule", "")).strip()
    if not rule:
        raise _refuse("refusal_needs_rule", field="rule")
    return [
        SetAxis("request", Request.REFUSED),
        CloseOffers("withdrawn"),
        _say(asked),
        SetField("waiting_for", "buyer"),
    ]


def _refund(asked: Asked) -> list[Effect]:
    minor = amount_minor(asked)
    kind = str(asked.args.get("kind") or ("refund" if minor == asked.state.paid_minor else "partial_refund"))
    if kind not in ("refund", "partial_refund", "goodwill", "credit"):
        raise _refuse("unknown_refund_kind", field="kind", text=kind[:40])
    return [CreateRefund(kind, minor, asked.state.currency, _refund_state(asked, minor), asked.key)]


def _refund_of(asked: Asked, state: MoneyState) -> Any:
    wanted = str(asked.args.get("refund_id", ""))
    found = [r for r in asked.state.refunds if r.state is state and wanted in ("", str(r.id))]
    if len(found) != 1:
        raise _refuse("which_refund", field="refund_id")
    return found[0]


def _approve_refund(asked: Asked) -> list[Effect]:
    refund = _refund_of(asked, MoneyState.DUE)
    if asked.actor_id is not None and refund.requested_by == asked.actor_id:
        raise _refuse("needs_second_person")
    return [MoveRefund(refund.id, MoneyState.CREATED)]


def _refund_done(asked: Asked) -> list[Effect]:
    refund = _refund_of(asked, MoneyState.CREATED)
    full = asked.state.committed_minor >= asked.state.paid_minor
    fact = "refund.issued" if full else "refund.partly_issued"
    return [MoveRefund(refund.id, MoneyState.DONE), LearnFact(fact, asked.now.isoformat(), "person")]


def _replace(asked: Asked) -> list[Effect]:
    return [SetAxis("replacement", Replacement.DUE), AddTask("ship_replacement"), *_optional_say(asked)]


def _replacement_sent(asked: Asked) -> list[Effect]:
    tracking = str(asked.args.get("tracking", "")).strip()[:80]
    return [
        SetAxis("replacement", Replacement.SENT),
        *_optional_say(asked),
        *([WriteNote(tracking)] if tracking else []),
    ]


def _escalate(asked: Asked) -> list[Effect]:
    return [
        SetAxis("dispute", Dispute.ESCALATED),
        SetField("waiting_for", "platform"),
        LearnFact("dispute.escalated", asked.now.isoformat(), "person"),
        WriteNote(_text(asked, "reason")),
    ]


def _close(asked: Asked) -> list[Effect]:
    cause = str(asked.args.get("root_cause", ""))
    if cause not in ROOT_CAUSES:
        raise _refuse("root_cause_missing", field="root_cause")
    if any(r.state in (MoneyState.DUE, MoneyState.CREATED) for r in asked.state.refunds):
        raise _refuse("money_still_due")
    if asked.state.replacement == Replacement.DUE:
        raise _refuse("replacement_still_due")
    note = str(asked.args.get("note", ""))[:MAX_TEXT]
    return [
        SetField("root_cause", cause),
        SetField("close_note", note),
        SetField("closed_at", asked.now),
        CloseOffers("expired"),
    ]


def _reopen(_asked: Asked) -> list[Effect]:
    return [SetField("closed_at", None), SetField("waiting_for", "us")]


def _assign(asked: Asked) -> list[Effect]:
    raw = asked.args.get("user_id")
    if raw in (None, "", "none"):
        return [SetField("owner_id", None)]
    if not str(raw).isdigit():
        raise _refuse("unknown_user", field="user_id")
    return [SetField("owner_id", int(str(raw)))]


def _prioritise(asked: Asked) -> list[Effect]:
    raw = str(asked.args.get("priority", ""))
    if raw not in ("0", "1", "2"):
        raise _refuse("unknown_priority", field="priority")
    return [SetField("priority", int(raw))]


def _snooze(asked: Asked) -> list[Effect]:
    until = asked.args.get("until")
    if until in (None, ""):
        return [SetField("snoozed_until", None)]
    if not isinstance(until, datetime):
        try:
            until = datetime.fromisoformat(str(until))
        except ValueError:
            raise _refuse("not_a_time", field="until", text=str(until)[:40]) from None
    if until.tzinfo is None:
        raise _refuse("zone_missing", field="until")
    if until <= asked.now:
        raise _refuse("time_in_past", field="until")
    if asked.state.next_due_at is not None and until > asked.state.next_due_at:
        raise _refuse("snooze_past_deadline", field="until", due=asked.state.next_due_at.isoformat())
    return [SetField("snoozed_until", until)]


def _note(asked: Asked) -> list[Effect]:
    return [WriteNote(_text(asked))]


def _reclassify(asked: Asked) -> list[Effect]:
    leaf = str(asked.args.get("leaf", ""))
    if leaf not in taxonomy.BY_CODE:
        raise _refuse("unknown_leaf", field="leaf", text=leaf[:40])
    return [SetField("leaf", leaf)]


def _set_fact(asked: Asked) -> list[Effect]:
    """Keys of the vocabulary, or `parcels.signature`-like columns, which hold for every parcel of the order."""
    key = str(asked.args.get("fact", ""))
    value = asked.args.get("value")
    table, _, column = key.partition(".")
    fact = BY_NAME.get(key)
    if fact is None and table in BY_NAME and BY_NAME[table].kind is Kind.TABLE:
        fact = next((c for c in BY_NAME[table].columns if c.name == column), None)
    if fact is None or fact.kind in (Kind.TABLE, Kind.SPANS):
        raise _refuse("unknown_fact", field="fact", text=key[:60])
    if value in (None, ""):
        return [LearnFact(key, None, "person")]
    try:
        return [LearnFact(key, to_wire(parse_value(fact, value)), "person")]
    except Bad as bad:
        raise _No(Refusal(bad.code, params={"field": "value", **bad.params})) from None


_HOW: dict[Verb, Callable[[Asked], list[Effect]]] = {
    Verb.ANSWER: _answer,
    Verb.ASK_EVIDENCE: _ask_evidence,
    Verb.OFFER: _offer,
    Verb.SETTLE: _settle,
    Verb.REFUSE: _refuse_request,
    Verb.REFUND: _refund,
    Verb.APPROVE_REFUND: _approve_refund,
    Verb.REFUND_DONE: _refund_done,
    Verb.REPLACE: _replace,
    Verb.REPLACEMENT_SENT: _replacement_sent,
    Verb.ESCALATE: _escalate,
    Verb.CLOSE: _close,
    Verb.REOPEN: _reopen,
    Verb.ASSIGN: _assign,
    Verb.PRIORITISE: _prioritise,
    Verb.SNOOZE: _snooze,
    Verb.NOTE: _note,
    Verb.RECLASSIFY: _reclassify,
    Verb.SET_FACT: _set_fact,
}
assert set(_HOW) == set(BY_VERB), "every verb of the transition table has its function"  # noqa: S101


def decide(verb: Verb, asked: Asked) -> Decided | Refusal:
    """The effects of a verb, or why not. Nothing is done here."""
    refusal = guard(verb, asked.state, asked.permissions)
    if refusal is not None:
        return refusal
    try:
        effects = _HOW[verb](asked)
    except _No as no:
        return no.refusal
    if any(isinstance(e, Say) for e in effects) and Permission.CASE_ANSWER not in asked.permissions:
        return Refusal("not_allowed", params={"permission": Permission.CASE_ANSWER.value})
    return Decided(verb, tuple(effects))
