"""What each verb asks for. A verb's dialog, its simulation and its execution read the same fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from amends.kernel.money import Money
from amends.kernel.taxonomy import LEAVES
from amends.language.templates import catalogue
from amends.resolution.cases.core.axes import CaseState, Verb
from amends.resolution.cases.core.decide import ROOT_CAUSES
from amends.resolution.cases.core.remedies import MONEY_REMEDIES


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: text, area, amount, moment, select, words (a text to the buyer with its language), hidden."""

    name: str
    label: Any
    kind: str
    required: bool = True
    help: Any = ""
    words: str = ""  # which words name its choices


_WORDS = Field("text", _("Words to the buyer"), "words", required=False, help=_("Leave empty to write later."))
_REMEDY = Field("remedy", _("Remedy"), "select", words="remedy")
_AMOUNT = Field("amount", _("Amount"), "amount")

FIELDS: dict[Verb, tuple[Field, ...]] = {
    Verb.ASK_EVIDENCE: (Field("facts", _("What is missing"), "facts"), Field("text", _("Words to the buyer"), "words")),
    Verb.OFFER: (_REMEDY, _AMOUNT, Field("answer_by", _("Answer by"), "moment", required=False), _WORDS),
    Verb.SETTLE: (_REMEDY, _AMOUNT, _WORDS),
    Verb.REFUSE: (Field("rule", _("Rule it rests on"), "rule"), Field("text", _("Words to the buyer"), "words")),
    Verb.REFUND: (_AMOUNT, Field("kind", _("Kind"), "select", words="refund_kind")),
    Verb.APPROVE_REFUND: (Field("refund_id", _("Refund"), "refund"),),
    Verb.REFUND_DONE: (Field("refund_id", _("Refund"), "refund"),),
    Verb.REPLACE: (_WORDS,),
    Verb.REPLACEMENT_SENT: (Field("tracking", _("Tracking number"), "text", required=False), _WORDS),
    Verb.ESCALATE: (Field("reason", _("Why"), "area", help=_("Kept as a note; the buyer does not see it.")),),
    Verb.CLOSE: (
        Field("root_cause", _("Root cause"), "select", words="root_cause", help=_("Who or what began it.")),
        Field("note", _("Note"), "area", required=False),
    ),
    Verb.REOPEN: (),
    Verb.PRIORITISE: (Field("priority", _("Priority"), "select", words="priority"),),
    Verb.SNOOZE: (
        Field("until", _("Until"), "moment", required=False, help=_("Empty wakes it. Never past a deadline of ours.")),
    ),
    Verb.RECLASSIFY: (Field("leaf", _("Kind of case"), "select", words="leaf"),),
    Verb.ASSIGN: (Field("user_id", _("Owner"), "person", required=False),),
    Verb.NOTE: (Field("text", _("Note"), "area"),),
    Verb.ANSWER: (Field("text", _("Answer"), "words"),),
    Verb.SET_FACT: (Field("fact", "", "hidden"), Field("value", "", "text")),
}
_ALONG = ("language", "template", "guard_reason", "original", "original_language")  # ride with words
REFUND_KINDS = ("refund", "partial_refund", "goodwill", "credit")


def choices_of(field: Field, body: dict[str, Any]) -> list[str]:
    """The codes a select offers. Remedies: those the judgement ranked, in its order."""
    if field.name == "remedy":
        return [r["code"] for r in body.get("remedies", ()) if r["code"] not in ("contest", "appeal", "answer_only")]
    if field.name == "root_cause":
        return list(ROOT_CAUSES)
    if field.name == "leaf":
        return [leaf.code for leaf in LEAVES]
    if field.name == "kind":
        return list(REFUND_KINDS)
    if field.name == "priority":
        return ["0", "1", "2"]
    return []


def args_from(verb: Verb, data: QueryDict, zone: tzinfo) -> dict[str, Any]:
    """The verb's arguments from a form. Moments are read in the reader's zone; empty fields are left out."""
    args: dict[str, Any] = {}
    for field in FIELDS[verb]:
        if field.kind == "facts":
            args[field.name] = [f for f in data.getlist(field.name) if f]
            continue
        value: Any = data.get(field.name, "").strip()
        if field.kind == "moment":
            value = _moment(value, zone)
        if field.kind == "amount" and not _wants_amount(verb, data):
            continue
        if value not in ("", None):
            args[field.name] = value
        if field.kind == "words":
            args |= {name: data[name] for name in _ALONG if data.get(name)}
    return args


def _moment(text: str, zone: tzinfo) -> datetime | str | None:
    """What `<input type=datetime-local>` sends has no zone. Anything unreadable is passed on, to be refused by name."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        return text
    if found is None:
        return text
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _wants_amount(verb: Verb, data: QueryDict) -> bool:
    """A remedy without money takes no amount; the field is hidden and its old value must not count."""
    return verb not in (Verb.OFFER, Verb.SETTLE) or data.get("remedy") in MONEY_REMEDIES


def suggested_amount(remedy: str, body: dict[str, Any], state: CaseState) -> str:
    """What the judgement would pay for a remedy, no more than what is left to refund. Empty without money."""
    if remedy not in MONEY_REMEDIES or not state.currency:
        return ""
    row = next((r for r in body.get("remedies", ()) if r["code"] == remedy), None)
    left = Money.from_minor(state.refundable_minor, state.currency)
    if row is None:
        return f"{left.amount:f}"
    amount, _space, currency = str(row["pay"]).partition(" ")
    if currency != state.currency:
        return f"{left.amount:f}"
    wanted = Money.of(amount, currency)
    if remedy == "wait_or_refund":
        wanted = left  # the judgement prices the chance of it; what is promised is the whole
    return f"{min(wanted.minor, left.minor) and Money.from_minor(min(wanted.minor, left.minor), currency).amount:f}"


def answer_languages(buyer_language: str) -> tuple[str, ...]:
    """What an answer can be written in: the buyer's own language first, then those of the phrasebook."""
    return tuple(dict.fromkeys(code for code in (buyer_language, "en", "zh", *catalogue()) if code and code != "und"))
