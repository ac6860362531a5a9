"""The plan: what to do first, what to offer, what to fall back on, and the latest moment of each.

The moments come from the clocks that wait for us, so the same facts on three platforms give three plans. A rung
before the last leaves the buyer time to answer; where no clock runs, no moment is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from amends.judgement.clocks.core import Clock, State
from amends.judgement.liability.core import Verdict
from amends.judgement.remedies.core.options import BreakEven, Weighed
from amends.judgement.remedies.core.pricing import Remedy
from amends.judgement.rules.core import Decision
from amends.kernel.money import Money

# Our estimate: half of all buyers answer an offer within a day.
ANSWER_TIME = timedelta(hours=24)
LIVE = (State.RUNNING, State.PAUSED)
MONEY_LAST = ("refund_full", "refund_without_return", "accept_dispute", "accept_decision", "cancel_and_refund")
CONTESTS = ("contest", "appeal")

# Reply templates of the phrasebook by remedy; a remedy without one is offered in the agent's own words.
TEMPLATES: Mapping[str, str] = {
    "refund_full": "offer_full_refund",
    "refund_and_claim_carrier": "offer_full_refund",
    "cancel_and_refund": "cancellation_done",
    "partial_refund": "offer_partial_refund",
    "return_and_refund": "offer_return_refund",
    "return_to_warehouse": "offer_return_refund",
    "refund_without_return": "offer_refund_without_return",
    "refund_and_dispose": "offer_refund_without_return",
    "replacement": "offer_replacement",
    "resend_part": "offer_resend_part",
    "exchange": "offer_exchange",
    "wait_or_refund": "delay_choice",
    "refund_trace": "refund_trace",
    "contest": "refusal_with_reason",
    "appeal": "escalated",
}
ANSWERS: Mapping[str, str] = {
    "not_received": "delivered_not_received",
    "cancellation": "first_answer",
    "refund_not_processed": "refund_trace",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: what to do, by when at the latest, the rule behind that moment, and what its silence brings."""

    code: str
    remedy: str = ""
    pay: Money | None = None
    by: datetime | None = None
    rule: str = ""
    if_silent: str = ""  # refund, escalates, closes … as the clock's rule says
    template: str = ""
    get: tuple[str, ...] = ()  # facts and evidence still to get


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]
    break_even: BreakEven | None = None
    contest_below: str = ""  # chance of losing below which contesting is the cheaper way


@dataclass(frozen=True, slots=True)
class Deadline:
    clock: Clock
    due: datetime
    silence: str


def _deadlines(clocks: Iterable[Clock], silences: Mapping[str, str]) -> list[Deadline]:
    """What waits for us, soonest first; of two at one moment, the one whose silence costs."""
    ours = [
        Deadline(c, c.due, silences.get(c.rule, ""))
        for c in clocks
        if c.owner == "seller" and c.state in LIVE and c.due is not None and c.met_at is None
    ]
    return sorted(ours, key=lambda d: (d.due.timestamp(), not d.silence, d.clock.rule))


def _takeover(deadlines: list[Deadline]) -> Deadline | None:
    """The last moment at which the case is still ours: the soonest clock whose silence costs, else the last one."""
    costly = [d for d in deadlines if d.silence]
    return costly[0] if costly else deadlines[-1] if deadlines else None


def _earlier(due: datetime, by: timedelta, now: datetime) -> datetime:
    """Some time before the deadline, but never in the past."""
    moment = (due.astimezone(UTC) - by).astimezone(due.tzinfo)
    return max(moment, min(now.astimezone(due.tzinfo), due))


def _rungs(weighed: Weighed) -> list[Remedy]:
    """Offers in the order they are put: cheapest first, each next one more likely to end it."""
    offers = [r for r in weighed.remedies if r.allowed and r.code not in CONTESTS]
    rungs: list[Remedy] = []
    for offer in offers:
        if not rungs or offer.p_accept > rungs[-1].p_accept:
            rungs.append(offer)
    return rungs


def plan_for(
    verdict: Verdict,
    clocks: Iterable[Clock],
    weighed: Weighed,
    now: datetime,
    *,
    kind: str = "",
    missing: tuple[str, ...] = (),
    silences: Mapping[str, str] | None = None,
) -> Plan:
    """`missing` are facts a rule asks for; `silences` say by rule what its clock brings when it runs out."""
    deadlines = _deadlines(clocks, silences or {})
    first, last = (deadlines[0] if deadlines else None), _takeover(deadlines)
    steps: list[Step] = [_step("answer_now", first, template=ANSWERS.get(kind, "first_answer"))]
    if missing:
        steps.append(_step("get_facts", first, get=missing))
    contest = next((r for r in weighed.remedies if r.allowed and r.code in CONTESTS), None)
    allowed = [r for r in weighed.remedies if r.allowed]
    rungs = _rungs(weighed)
    if contest is not None and allowed[0] is contest:
        steps.append(_step("contest_first", last, contest, get=missing))
        if rungs:
            steps.append(_step("fallback", last, rungs[0]))
        return _plan(steps, deadlines, weighed)
    names = ("offer_first", "fallback", "last_offer")
    count = min(len(rungs), len(names))
    for index, remedy in enumerate([*rungs[: count - 1], *rungs[-1:]] if count else []):
        by = _earlier(last.due, ANSWER_TIME * (count - 1 - index), now) if last else None
        steps.append(_step(names[index], last, remedy, by=by))
    if contest is not None and verdict.decision is not Decision.FOR_BUYER and last is not None:
        steps.append(_step("or_contest", last, contest))
    return _plan(steps, deadlines, weighed)


def _step(
    code: str,
    deadline: Deadline | None,
    remedy: Remedy | None = None,
    *,
    by: datetime | None = None,
    template: str = "",
    get: tuple[str, ...] = (),
) -> Step:
    return Step(
        code,
        remedy.code if remedy else "",
        remedy.pay if remedy and remedy.pay.amount else None,
        by or (deadline.due if deadline else None),
        deadline.clock.rule if deadline else "",
        deadline.silence if deadline else "",
        TEMPLATES.get(remedy.code, "") if remedy else template,
        get,
    )


def _plan(steps: list[Step], deadlines: list[Deadline], weighed: Weighed) -> Plan:
    """Adds a rung for each further clock of ours, since each platform asks for steps of its own."""
    told = {s.rule for s in steps}
    for deadline in deadlines:
        if deadline.clock.rule not in told and deadline.silence:
            steps.append(_step("keep_clock", deadline))
    limit = weighed.contest_below
    return Plan(tuple(steps), weighed.break_even, str(limit) if limit is not None else "")
