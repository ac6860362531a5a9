"""Doing something to a case, or seeing beforehand what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import AwareDatetime, BaseModel, Field

from amends.base.accounts.core import NotAllowed, Permission
from amends.base.ledger import queries as ledger
from amends.faces.api import facts as reading_facts
from amends.faces.api import idempotency
from amends.faces.api.documents.cases import JudgementDocument, judgement_document
from amends.faces.api.door import Caller, caller, guarded
from amends.faces.api.problems import Fault, not_found, unwrap
from amends.faces.api.reading import Body, IfMatch, Key, case_number, idempotency_key, version_wanted
from amends.faces.api.rendering import money
from amends.kernel.ids import case_reference
from amends.resolution.cases import actions, queries
from amends.resolution.cases.core.axes import BY_VERB, Verb
from amends.resolution.cases.models import Case

router = Router(tags=["cases"])
_REMEMBERED = 200  # how far back a key is looked for; `actions.perform` looks as far


class VerbArgs(Body):
    """What a verb may need; which ones it does stands in the how-to. Unknown fields are refused."""

    text: str | None = Field(None, description="Words to the buyer, or of a note.")
    language: str | None = Field(None, max_length=12)
    template: str | None = Field(None, max_length=60)
    guard_reason: str | None = Field(
        None, max_length=400, description="For words that the guard gates; kept with the name."
    )
    original: str | None = Field(None, max_length=20_000, description="The text before it was put into `language`.")
    original_language: str | None = Field(None, max_length=12)
    remedy: str | None = Field(None, max_length=40)
    amount: str | int | float | None = Field(None, description='In the currency of the order: "12.50".')
    kind: str | None = Field(None, max_length=20, description="refund: refund, partial_refund, goodwill or credit.")
    refund_id: int | None = None
    answer_by: AwareDatetime | None = None
    facts: list[str] | None = Field(None, max_length=50, description="ask_evidence: which facts are asked for.")
    rule: str | None = Field(None, max_length=120, description="refuse: the rule that stands behind it.")
    reason: str | None = Field(None, description="escalate: why.")
    root_cause: str | None = Field(None, max_length=60)
    note: str | None = None
    tracking: str | None = Field(None, max_length=80)
    user_id: int | None = Field(None, description="assign: a member; null for nobody.")
    priority: Literal[0, 1, 2] | None = None
    until: AwareDatetime | None = None
    leaf: str | None = Field(None, max_length=40)
    fact: str | None = Field(None, max_length=80)
    value: Any = None
    expected_version: int | None = Field(None, description="The same as If-Match, for clients that cannot set it.")


class EffectDocument(BaseModel):
    effect: str
    values: dict[str, Any]


class SimulationDocument(BaseModel):
    number: str
    verb: Verb
    version: int
    effects: list[EffectDocument]
    sends: bool = Field(description="Words would leave by themselves, after the time to change one's mind.")
    clocks_stopped: list[str]
    refunded_after: str
    left_after: str = Field(description="What could still be refunded afterwards.")


class PerformedDocument(BaseModel):
    number: str
    verb: Verb
    version: int
    message_id: int | None
    sends: bool
    undo_until: datetime | None
    refund_id: int | None
    changes: list[dict[str, Any]] = Field(description="How the judgement changed.")
    repeated: bool = Field(description="This Idempotency-Key had been used before; nothing new happened.")


@guarded(
    router.post, "/cases/{number}/simulate/{verb}", Permission.CASE_READ, response=SimulationDocument,
    summary="See what a verb would do",
)  # fmt: skip
def simulate_verb(request: HttpRequest, number: str, verb: str, payload: VerbArgs) -> SimulationDocument:
    """Decides as the verb itself would, and writes nothing. Needs the right of the verb."""
    who = caller(request)
    wanted = _allowed(who, verb)
    case = _case(who, number)
    seen = unwrap(actions.simulate(who.scope, case.pk, wanted.value, _args(payload), who.now))
    currency = seen.state.currency
    return SimulationDocument(
        number=case_reference(case.number),
        verb=wanted,
        version=seen.state.version,
        effects=[EffectDocument(effect=_snake(type(e).__name__), values=asdict(e)) for e in seen.decided.effects],
        sends=seen.sends,
        clocks_stopped=list(seen.clocks_stopped),
        refunded_after=money(seen.refund_after_minor, currency) if currency else "",
        left_after=money(seen.left_after_minor, currency) if currency else "",
    )


class NewFacts(Body):
    facts: dict[str, Any] = Field(min_length=1, description="Wire form; null makes a fact unknown again.")
    origin: Literal["person", "platform", "carrier"] = Field("person", description="Who says so.")
    ref: str = Field("", max_length=120, description="Where it can be read: a page, a document, a call.")


class LearntDocument(BaseModel):
    number: str
    judgement: JudgementDocument | None = Field(description="null when nothing changed.")


@guarded(
    router.post, "/cases/{number}/facts", Permission.CASE_WORK, response=LearntDocument, summary="Add facts to a case"
)
def add_facts(request: HttpRequest, number: str, payload: NewFacts) -> LearntDocument:
    """Learns facts and judges again; needs `case:read` too. Facts already known the same way are not written twice,
    so a repeat is harmless."""
    who = caller(request)
    facts = reading_facts.checked(payload.facts, "facts")
    case = _case(who, number)
    stored = actions.add_facts(who.scope, case.pk, facts, who.now, origin=payload.origin, ref=payload.ref)
    return LearntDocument(number=case_reference(case.number), judgement=judgement_document(stored) if stored else None)


@guarded(router.post, "/cases/{number}/{verb}", Permission.CASE_READ, response=PerformedDocument, summary="Do a verb")
def perform_verb(
    request: HttpRequest, number: str, verb: Verb, payload: VerbArgs, key: Key = None, if_match: IfMatch = None
) -> PerformedDocument:
    """Needs the right of the verb (`choices` of the case tells it). A refusal is 409 and changes nothing; with
    If-Match, another version than yours is 412."""
    who = caller(request)
    wanted = _allowed(who, verb)
    version = version_wanted(if_match)
    case = _case(who, number)
    args = _args(payload)
    outcome = actions.perform(
        who.scope, case.pk, wanted.value, args, who.now,
        expected_version=payload.expected_version if version is None else version,
        key=_key(who, case, wanted, key, args),
    )  # fmt: skip
    done = unwrap(outcome, conditional=version is not None)
    return PerformedDocument(
        number=case_reference(case.number), verb=done.verb, version=done.version, message_id=done.message_id,
        sends=done.sends, undo_until=done.undo_until, refund_id=done.refund_id, changes=list(done.changes),
        repeated=done.repeated,
    )  # fmt: skip


def _allowed(who: Caller, verb: str) -> Verb:
    """The verb, if the caller has its right at all: before the case is looked for, so that a refusal tells nothing."""
    if verb not in tuple(Verb):
        raise not_found()
    wanted = Verb(verb)
    if not who.scope.may(BY_VERB[wanted].permission):
        raise NotAllowed(BY_VERB[wanted].permission)
    if wanted is Verb.APPROVE_REFUND and not who.is_person:
        raise Fault(403, "not_for_tokens")  # the second pair of eyes must be eyes
    return wanted


def _case(who: Caller, number: str) -> Case:
    case = queries.get(who.scope, case_number(number))
    if case is None:
        raise not_found()
    return case


def _args(payload: VerbArgs) -> dict[str, Any]:
    """Only what was sent: a verb tells "not given" from "given as nothing"."""
    return payload.model_dump(exclude_unset=True, exclude={"expected_version"})


def _key(who: Caller, case: Case, verb: Verb, key: str | None, args: Mapping[str, Any]) -> str | None:
    given = idempotency_key(key)
    if given is None:
        return None
    stored = idempotency.stored_key(who.scope, f"{case.pk}:{verb.value}", given, args)
    entries = ledger.entries_of(who.scope, "case", case.number).filter(verb__endswith=":done").order_by("-seq")
    payloads = entries.values_list("payload", flat=True)[:_REMEMBERED]
    idempotency.refuse_other_use(stored, (str(payload.get("key", "")) for payload in payloads))
    return stored


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
