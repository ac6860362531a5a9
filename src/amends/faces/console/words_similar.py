"""What is alike and what differs in two cases, in words. `yours` is the case that is open on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from amends.faces.console import formats, words
from amends.judgement.precedents.core import Item, Outcome
from amends.judgement.precedents.core.features import NO_CHANNEL
from amends.judgement.precedents.queries import Match

MOST_CHIPS = 5
LEAST_WEIGHT = 4  # of what is known of one case only: the rest is noise

FEATURES: dict[str, Any] = {
    "kind": _("kind of problem"),
    "leaf": _("problem"),
    "platform": _("platform"),
    "site": _("site"),
    "programme": _("programme"),
    "fulfilment": _("who ships"),
    "ship_country": _("country"),
    "region": _("consumer law"),
    "channel": _("dispute"),
    "demand": _("what the buyer wants"),
    "hold_reason": _("why customs holds it"),
    "bank_reason": _("reason of the bank"),
    "delivered": _("delivery"),
    "to_address": _("delivery at the address"),
    "signature": _("signature"),
    "tracking_valid": _("valid tracking"),
    "protected_label": _("protected label"),
    "photos": _("photos"),
    "late": _("delay"),
    "returned": _("goods on the way back"),
    "opened": _("opened packaging"),
    "threat": _("threat"),
    "customs_held": _("held by customs"),
    "value": _("value"),
    "days": _("days until the complaint"),
}
# (yes, no) where both cases are so, and where only yours is.
BOTH: dict[str, tuple[Any, Any]] = {
    "delivered": (_("delivered"), _("not delivered")),
    "to_address": (_("delivered to the address"), _("not delivered to the address")),
    "signature": (_("signed for"), _("no signature")),
    "tracking_valid": (_("tracking valid"), _("tracking not valid")),
    "protected_label": (_("protected label"), _("no protected label")),
    "photos": (_("with photos"), _("without photos")),
    "late": (_("late"), _("in time")),
    "returned": (_("goods sent back"), _("goods not sent back")),
    "opened": (_("packaging opened"), _("packaging not opened")),
    "threat": (_("buyer threatens"), _("no threat")),
    "customs_held": (_("held by customs"), _("not held by customs")),
}
YOURS: dict[str, tuple[Any, Any]] = {
    "delivered": (_("yours is delivered"), _("yours is not delivered")),
    "to_address": (_("yours went to the address"), _("yours did not go to the address")),
    "signature": (_("yours is signed for"), _("yours has no signature")),
    "tracking_valid": (_("your tracking is valid"), _("your tracking is not valid")),
    "protected_label": (_("yours has a protected label"), _("yours has no protected label")),
    "photos": (_("yours has photos"), _("yours has no photos")),
    "late": (_("yours is late"), _("yours is in time")),
    "returned": (_("yours was sent back"), _("yours was not sent back")),
    "opened": (_("yours was opened"), _("yours was not opened")),
    "threat": (_("your buyer threatens"), _("your buyer does not threaten")),
    "customs_held": (_("yours is held by customs"), _("yours is not held by customs")),
}
RULED: dict[str, Any] = {"won": _("dispute won"), "lost": _("dispute lost"), "split": _("dispute divided")}
STATES = {"won": "ok", "lost": "late", "split": "soon"}
_LABELS = {
    "kind": "case_kind", "leaf": "leaf", "platform": "platform", "fulfilment": "fact_value", "demand": "fact_value",
    "hold_reason": "fact_value", "bank_reason": "fact_value",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """One similar case as the panel shows it. `state` colours the sign of how it ended: ok, late, soon or empty."""

    number: int
    closed_at: datetime
    likeness: Decimal
    outcome: Outcome
    ended: str
    state: str
    alike: list[str]
    differs: list[str]
    open: list[str]


def card(match: Match, locale: str) -> Card:
    compared = match.comparison
    ended, state = _ended(match.outcome)
    return Card(
        number=match.number,
        closed_at=match.closed_at,
        likeness=Decimal(str(round(match.likeness, 2))),
        outcome=match.outcome,
        ended=ended,
        state=state,
        alike=[alike(item, locale) for item in compared.alike[:MOST_CHIPS]],
        differs=[differs(item, locale) for item in compared.differs[:MOST_CHIPS]],
        open=[unknown(item) for item in compared.open if item.weight >= LEAST_WEIGHT][:MOST_CHIPS],
    )


def _ended(outcome: Outcome) -> tuple[str, str]:
    """In one word: what others decided, else what the buyer did."""
    if outcome.ruled:
        return str(RULED.get(outcome.ruled, outcome.ruled)), STATES.get(outcome.ruled, "")
    if outcome.escalated:
        return gettext("escalated"), "late"
    if outcome.accepted:
        return gettext("agreed"), "ok"
    if outcome.accepted is False or outcome.refused:
        return gettext("not agreed"), "soon"
    return gettext("closed without an offer"), ""


def alike(item: Item, locale: str) -> str:
    if item.code in BOTH:
        return str(BOTH[item.code][0 if item.mine else 1])
    if item.code == "value":
        return gettext("about the same value")
    if item.code == "days":
        return gettext("complained of about as late")
    if item.code == "region":
        return gettext("same consumer law")
    if item.code == "fulfilment":
        return gettext("shipped by the platform") if item.mine == "platform" else gettext("shipped by the seller")
    if item.code == "site":
        return gettext("site %(site)s") % {"site": value_of(item.code, item.mine, locale)}
    return value_of(item.code, item.mine, locale)


def differs(item: Item, locale: str) -> str:
    if item.code in YOURS:
        return str(YOURS[item.code][0 if item.mine else 1])
    if item.code == "value":
        return _value(item, locale)
    if item.code == "days":
        return ngettext(
            "yours was complained of after %(mine)s day, that one after %(theirs)s",
            "yours was complained of after %(mine)s days, that one after %(theirs)s",
            item.mine,
        ) % {"mine": item.mine, "theirs": item.theirs}
    return gettext("%(what)s: yours %(mine)s, there %(theirs)s") % {
        "what": FEATURES.get(item.code, item.code),
        "mine": value_of(item.code, item.mine, locale),
        "theirs": value_of(item.code, item.theirs, locale),
    }


def _value(item: Item, locale: str) -> str:
    """`three times the value`, whichever way it is more."""
    mine, theirs = Decimal(str(item.mine)), Decimal(str(item.theirs))
    larger, smaller = max(mine, theirs), min(mine, theirs)
    if not smaller:
        return gettext("yours has a value") if mine else gettext("yours has no value")
    ratio = larger / smaller
    times = formats.number(round(ratio, 1) if ratio < 10 else round(ratio), locale)  # noqa: PLR2004 - tenths say no more
    text = gettext("%(n)s times the value") if mine > theirs else gettext("that one was %(n)s times the value")
    return text % {"n": times}


def unknown(item: Item) -> str:
    what = FEATURES.get(item.code, item.code)
    text = gettext("yours unknown: %(what)s") if item.mine is None else gettext("there unknown: %(what)s")
    return text % {"what": what}


def value_of(code: str, value: Any, locale: str) -> str:
    if code == "ship_country":
        return formats.country_name(str(value), locale)
    if code == "channel":
        return gettext("no dispute") if value == NO_CHANNEL else words.label("fact_value", value)
    if code == "site":
        return str(value).upper()
    return words.label(_LABELS[code], value) if code in _LABELS else str(value)
