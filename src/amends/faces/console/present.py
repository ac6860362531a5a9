"""From a case as stored to what its page shows: the time line in words, the clocks in three zones. No queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from amends.faces.console import formats, words, words_facts
from amends.intake.conversations.models import Message
from amends.kernel.zones import principal_zone
from amends.resolution.cases.core.axes import CaseState, Choice, Verb
from amends.resolution.cases.models import Case
from amends.resolution.cases.timeline import Item

GROUPS = ("message", "tracking", "money", "rule", "people")
_GROUP_OF = {
    "order": "tracking",
    "message": "message",
    "note": "message",
    "tracking": "tracking",
    "money": "money",
    "rule": "rule",
    "person": "people",
}
# A scan or a payment says the same as the order's own date, and more.
_TOLD_BY = {"scan_delivered": "order_delivered", "money_paid": "order_paid", "scan_picked_up": "order_shipped"}
# The message, the note and the judgement stand in the time line themselves, so the acts behind them need not.
_SHOWN_ELSEWHERE = ("case:answer:done", "case:note:done", "case:judgement:given", "case:facts:learnt")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is written."""

    zone: tzinfo
    locale: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the time line."""

    item: Item
    group: str
    head: str
    detail: str
    message: Message | None


def timeline(items: Iterable[Item], reader: Reader, only: str = "") -> list[Shown]:
    items = list(items)
    told = {_TOLD_BY[i.code] for i in items if i.code in _TOLD_BY} | set(_SHOWN_ELSEWHERE)
    shown: list[Shown] = []
    for item in items:
        group = _GROUP_OF.get(item.kind, "people")
        if (not only or group == only) and item.code not in told:
            shown.append(Shown(item, group, _head(item), _detail(item, reader), item.message))
    return shown


def _head(item: Item) -> str:
    if item.kind == "person":
        return words.label("ledger_verb", item.code.removesuffix(":done"))
    if item.code.startswith("scan_"):
        return words.label("milestone", item.code.removeprefix("scan_"))
    if item.code.startswith("money_"):
        return words.label("payment", item.code.removeprefix("money_")).capitalize()
    return words.label("event", item.code)


def _detail(item: Item, reader: Reader) -> str:
    params = item.params
    if item.kind == "money":
        amount = formats.money(params.get("amount_minor"), params.get("currency", ""), reader.locale)
        return " · ".join(filter(None, (amount, str(params.get("method") or ""))))
    if item.kind == "tracking":
        carrier = " ".join(filter(None, (params.get("carrier"), params.get("number"))))
        return " · ".join(filter(None, (item.text, params.get("place"), carrier)))
    if item.kind == "rule":
        return _judged(params)
    if item.kind == "person":
        return " · ".join(filter(None, (_whose(item.actor), _did(params, reader))))
    return item.text


def _whose(actor: str) -> str:
    return words.label("actor", actor) if actor in words.LABELS["actor"] else actor


def _judged(params: dict[str, Any]) -> str:
    changes = [change_words(c) for c in params.get("changes") or ()]
    return "; ".join(changes[:3]) or words.label("decision", params.get("decision"))


def change_words(change: dict[str, Any]) -> str:
    """One difference between two judgements, in words."""
    what, was, now = change.get("what"), change.get("from"), change.get("to")
    if what == "decision":
        return f"{words.label('decision', was)} → {words.label('decision', now)}"
    if what == "best_remedy":
        return _("best remedy: %(now)s") % {"now": words.label("remedy", now) if now else "–"}
    if what == "unknown":
        return _("now missing: %(fact)s") % {"fact": words.label("fact", now)}
    if what == "learnt":
        return _("learnt: %(fact)s") % {"fact": words.label("fact", was)}
    if what == "clock":
        state = now.get("state") if isinstance(now, dict) else now
        name = change.get("name")  # not in what was stored before it was kept
        clock = words.label("clock", name) if name else words_facts.clock_of(str(change.get("rule")))
        return f"{clock}: {words.label('clock_state', state)}"
    return f"{words.label('change', what)}: {was or '–'} → {now or '–'}"


def _did(params: dict[str, Any], reader: Reader) -> str:
    parts = []
    if "amount_minor" in params and "currency" in params:
        parts.append(formats.money(params["amount_minor"], params["currency"], reader.locale))
    for key, kind in (("remedy", "remedy"), ("root_cause", "root_cause"), ("leaf", "leaf"), ("priority", "priority")):
        if params.get(key) not in (None, ""):
            parts.append(words.label(kind, params[key]))
    if params.get("fact"):
        parts.append(words.label("fact", params["fact"]))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock of the judgement with its moment in the reader's, the buyer's and the rule's zone."""

    body: dict[str, Any]
    due: datetime | None
    starts: datetime | None
    live: bool
    zones: tuple[tuple[str, str], ...]  # (whose, zone name), the reader's left out
    passed: bool  # somebody else's, and its moment is over: no fault of ours, so never shown as late
    house: bool = False  # it runs by a house rule

    @property
    def opens(self) -> bool:
        """Its moment lets the buyer do something, in place of ending it."""
        return str(self.body["name"]) in _OPENING


_OPENING = ("claim_opens", "dispute_may_open", "escalation_opens")
LIVE = ("running", "paused", "expired")


def clocks(case: Case, body: dict[str, Any], reader_zone: str, now: datetime) -> list[ClockShown]:
    out: list[ClockShown] = []
    buyer = buyer_zone(case)
    own = {cite["rule"] for cite in body.get("citations", ()) if cite.get("house")}
    for clock in body.get("clocks", ()):
        due = parse_datetime(clock.get("due") or "")
        if clock["state"] == "not_started" or (due is None and clock["state"] != "unknown"):
            continue
        places = ((_("buyer"), buyer), (words.label("party", "platform"), _official(clock)))
        seen, others = {reader_zone}, []
        for whose, zone in places:
            if zone and zone not in seen and _is_zone(zone):
                seen.add(zone)
                others.append((whose, zone))
        live = clock["state"] in LIVE and not clock.get("met_at")
        passed = clock.get("owner") != "seller" and due is not None and due <= now
        starts, house = parse_datetime(clock.get("starts") or ""), clock["rule"] in own
        out.append(ClockShown(clock, due, starts, live, tuple(others), passed, house))
    return sorted(out, key=lambda c: (not c.live, c.passed, c.due is None, c.due.timestamp() if c.due else 0))


def _official(clock: dict[str, Any]) -> str:
    """The zone the platform or the law counts in; UTC says only that none was given."""
    zone = str(clock.get("zone") or "")
    return "" if zone == "UTC" else zone


def buyer_zone(case: Case) -> str:
    """The buyer's own zone, else the principal one of the country the goods go to."""
    if case.buyer and case.buyer.time_zone:
        return case.buyer.time_zone
    country = (case.order.ship_country if case.order else "") or (case.buyer.country if case.buyer else "")
    return principal_zone(country)[0] if country else ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Button:
    verb: str
    label: str
    why_not: str  # empty when it can be pressed


def buttons(choices: Iterable[Choice]) -> dict[str, Button]:
    """Every verb of the transition table as a button; a verb out of reach says why in its title."""
    return {
        c.verb.value: Button(
            c.verb.value,
            words.label("verb", c.verb.value),
            words.refusal(c.refusal.code, c.refusal.params) if c.refusal else "",
        )
        for c in choices
    }


MAIN = (Verb.SETTLE, Verb.OFFER, Verb.ASK_EVIDENCE)
LATER = tuple(v for v in Verb if v not in (*MAIN, Verb.ANSWER, Verb.NOTE, Verb.SET_FACT, Verb.ASSIGN))


def more(shown: dict[str, Button]) -> list[Button]:
    """The rest of the verbs, for the menu: what cannot be done now is left out."""
    return [shown[v.value] for v in LATER if v.value in shown and not shown[v.value].why_not]


def remedies(body: dict[str, Any]) -> list[dict[str, Any]]:
    """As ranked; the first allowed one marked as best."""
    rows = [dict(r) for r in body.get("remedies", ())]
    best = next((r for r in rows if r["allowed"]), None)
    for row in rows:
        row["best"] = row is best
        row["offers"] = row["code"] not in ("contest", "appeal", "answer_only")
    return rows


def unknown_kind(fact: str) -> str:
    """How a missing fact can be answered on the page: flag, code, money, event, text …"""
    from amends.judgement.rules.vocabulary import find

    found = find(fact)
    return found.kind.value if found else ""


def unknown_codes(fact: str) -> tuple[str, ...]:
    from amends.judgement.rules.vocabulary import find

    found = find(fact)
    return found.codes if found else ()


def refundable(state: CaseState, locale: str) -> str:
    return formats.money(state.refundable_minor, state.currency, locale) if state.currency else "–"
