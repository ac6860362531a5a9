"""Applying decided effects to rows. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Membership
from amends.intake.conversations import actions as conversations
from amends.intake.conversations import queries as conversations_queries
from amends.intake.conversations.models import Message
from amends.language.understand.training import note
from amends.resolution.cases.core import effects as effects_of
from amends.resolution.cases.core.effects import Effect
from amends.resolution.cases.models import Case, CaseFact, Offer, Task
from amends.resolution.refunds import actions as refunds


@dataclass
class Applied:
    """What came of the effects: ids for the answer, digests and codes for the ledger. No personal data."""

    message_id: int | None = None
    sends: bool = False
    undo_until: datetime | None = None
    refund_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def apply_effects(scope: Scope, case: Case, effects: Iterable[Effect], now: datetime, key: str) -> Applied:
    """Inside the action's transaction. Words are written first, so that an offer can point at its message."""
    applied = Applied()
    for effect in sorted(effects, key=lambda e: not isinstance(e, effects_of.Say)):
        _apply(scope, case, effect, now, key, applied)
    return applied


def _apply(scope: Scope, case: Case, effect: Effect, now: datetime, key: str, applied: Applied) -> None:  # noqa: C901 - one branch an effect
    match effect:
        case effects_of.Say():
            _say(scope, case, effect, now, key, applied)
        case effects_of.SetAxis(axis, value):
            applied.payload[axis] = [getattr(case, axis), str(value)]
            setattr(case, axis, str(value))
        case effects_of.SetField(name, value):
            if name == "leaf":
                _correct(scope, case, str(value), now)
            _set_field(scope, case, name, value, applied)
        case effects_of.LearnFact(fact, value, origin):
            CaseFact.objects.create(
                organisation_id=scope.organisation_id,
                case=case,
                key=fact,
                value=value,
                origin=origin,
                learnt_at=now,
                by_id=scope.user_id,
            )
            applied.payload["fact"] = fact
        case effects_of.MakeOffer(remedy, amount, currency, answer_by):
            offer = Offer.objects.create(
                organisation_id=scope.organisation_id,
                case=case,
                remedy=remedy,
                amount_minor=amount,
                currency=currency,
                answer_by=answer_by,
                message_id=applied.message_id,
                made_at=now,
            )
            applied.payload |= {"offer": offer.pk, "remedy": remedy, "amount_minor": amount, "currency": currency}
        case effects_of.CloseOffers(state):
            Offer.objects.filter(organisation_id=scope.organisation_id, case=case, state="offered").update(
                state=state, decided_at=now
            )
        case effects_of.Agree():
            _agree(scope, case, effect, now, applied)
        case effects_of.CreateRefund():
            assert case.order_id is not None  # noqa: S101 - the core refuses money without an order
            applied.refund_id = refunds.create(
                scope,
                now,
                case_id=case.pk,
                order_id=case.order_id,
                kind=effect.kind,
                amount_minor=effect.amount_minor,
                currency=effect.currency,
                state=effect.state,
                key=f"case:{case.pk}:{effect.key}",
            ).pk
            applied.payload |= {
                "refund": applied.refund_id,
                "amount_minor": effect.amount_minor,
                "currency": effect.currency,
                "refund_state": effect.state.value,
            }
        case effects_of.MoveRefund(refund_id, state):
            refunds.move(scope, refund_id, state, now)
            applied.payload |= {"refund": refund_id, "refund_state": state.value}
        case effects_of.AddTask(code, params):
            Task.objects.create(
                organisation_id=scope.organisation_id, case=case, code=code, params=dict(params), created_at=now
            )
        case effects_of.WriteNote(text):
            if case.thread_id is not None:
                conversations.note(scope, case.thread_id, text, now, author_id=scope.user_id)
            else:
                case.close_note = f"{case.close_note}\n{text}".strip()


def _agree(scope: Scope, case: Case, effect: effects_of.Agree, now: datetime, applied: Applied) -> None:
    """A settlement nobody had offered before is an offer taken at once: what was agreed on stands in one place."""
    made = Offer.objects.filter(organisation_id=scope.organisation_id, case=case, state="offered")
    taken = made.filter(remedy=effect.remedy).update(state="accepted", decided_at=now)
    made.update(state="refused", decided_at=now)
    if not taken:
        Offer.objects.create(
            organisation_id=scope.organisation_id,
            case=case,
            remedy=effect.remedy,
            amount_minor=effect.amount_minor,
            currency=effect.currency,
            state="accepted",
            message_id=applied.message_id,
            made_at=now,
            decided_at=now,
        )
    applied.payload["remedy"] = effect.remedy


def _say(scope: Scope, case: Case, effect: effects_of.Say, now: datetime, key: str, applied: Applied) -> None:
    assert case.thread_id is not None  # noqa: S101 - the core refuses words without a conversation
    message = conversations.queue_answer(
        scope,
        case.thread_id,
        effect.text,
        effect.language,
        now,
        template=effect.template,
        author_id=scope.user_id,
        idempotency_key=f"case:{case.pk}:{key}",
        original=effect.original,
    )
    # The machine's draft has been used or passed over; the next message gets a new one.
    Message.objects.filter(
        organisation_id=scope.organisation_id, thread_id=case.thread_id, state=Message.State.DRAFT, automatic=True
    ).delete()
    applied.message_id = message.pk
    applied.sends = message.state == Message.State.QUEUED
    applied.undo_until = message.at if applied.sends else None
    applied.payload |= {"message": message.pk, "language": effect.language, "sends": applied.sends}
    if effect.gates:  # the reason is a person's own words, kept where notes are; the ledger says who answered for what
        applied.payload["gates"] = list(effect.gates)
        conversations.note(
            scope, case.thread_id, f"{', '.join(effect.gates)}: {effect.reason}", now, author_id=scope.user_id
        )


def _correct(scope: Scope, case: Case, leaf: str, now: datetime) -> None:
    """An agent says what the buyer's words were about: kept, so that the reader can learn from it."""
    message = conversations_queries.last_from_buyer(scope, case.thread_id) if case.thread_id else None
    if message is not None:
        note(scope, now, text=message.text, language=message.language, predicted=case.leaf, corrected=leaf)


def _set_field(scope: Scope, case: Case, name: str, value: Any, applied: Applied) -> None:
    if name == "owner_id" and value is not None:
        # Only a member of this organisation can own its case; anyone else leaves it unassigned.
        member = Membership.objects.filter(organisation_id=scope.organisation_id, user_id=value).exists()
        value = value if member else None
    setattr(case, name, value)
    applied.payload[name] = value.isoformat() if isinstance(value, datetime) else value
    if name == "close_note":
        applied.payload.pop(name)  # free text may hold personal data
    if name == "closed_at" and value is not None:
        Task.objects.filter(organisation_id=scope.organisation_id, case=case, done_at=None).update(done_at=value)
