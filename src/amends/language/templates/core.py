"""Reply templates: one text a language, variables formatted for that language, plurals by CLDR.

A template is text with `{name}` slots. A value may be a Money, a date, a count or text; each is formatted by the
locale of the text. Numbers and codes inside right-to-left text are isolated so that they keep their direction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from amends.kernel.money import Money

SLOT = re.compile(r"\{([a-z_]+)\}")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
FALLBACKS = {"gl": "es", "ca": "es", "eu": "es", "zh-Hant": "zh", "yue": "zh"}
LAST_RESORT = "en"
_LOCALES = {"zh": "zh_Hans", "pt": "pt_BR"}
_ISOLATE, _POP = "\u2068", "\u2069"
COUNTED = frozenset({"days"})  # slots whose unit has plural forms in the file's `units`


class BadPhrasebook(ValueError):
    """A phrasebook file says something templates do not have; the message names language and key."""


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """One language. `reviewed` is None until a native speaker has signed it (who, when)."""

    language: str
    texts: Mapping[str, str]
    units: Mapping[str, Mapping[str, str]]  # unit -> plural category -> text with {n}
    reviewed: str | None

    def placeholders(self, key: str) -> frozenset[str]:
        return frozenset(SLOT.findall(self.texts[key]))


@dataclass(frozen=True, slots=True)
class Rendered:
    """`language` is the one really used; `missing` names slots that had no value and were left visible."""

    text: str
    language: str
    missing: tuple[str, ...]
    reviewed: bool


def locale_of(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language.replace("-", "_")))


def parse(language: str, raw: Any) -> Phrasebook:
    """Check one file's content. Raises BadPhrasebook."""
    if not isinstance(raw, dict) or not isinstance(raw.get("texts"), dict):
        raise BadPhrasebook(f"{language}: expected a mapping with `texts`")
    units = raw.get("units", {})
    forms = locale_of(language).plural_form
    for unit, texts in units.items():
        missing = set(forms.tags | {"other"}) - set(texts)
        if missing:
            raise BadPhrasebook(f"{language}: unit {unit!r} lacks the plural forms {sorted(missing)}")
    for key, text in raw["texts"].items():
        if not isinstance(text, str) or not text.strip():
            raise BadPhrasebook(f"{language}: {key} is empty")
    reviewed = raw.get("reviewed")
    texts = {key: str(text).strip() for key, text in raw["texts"].items()}
    return Phrasebook(language, texts, units, str(reviewed) if reviewed else None)


def resolve(books: Mapping[str, Phrasebook], language: str) -> str:
    """The language whose texts are used: itself, its declared fallback, its base tag, then English."""
    for candidate in (language, FALLBACKS.get(language, ""), language.split("-", maxsplit=1)[0]):
        if candidate in books:
            return candidate
    return LAST_RESORT


def _format(book: Phrasebook, name: str, value: Any) -> str:
    locale = locale_of(book.language)
    if isinstance(value, Money):
        return format_currency(value.amount, value.currency, locale=locale)
    if isinstance(value, datetime | date):
        return format_date(value, format="long", locale=locale)
    if isinstance(value, int):
        number = format_decimal(value, locale=locale)
        if name in COUNTED and name in book.units:
            return book.units[name][locale.plural_form(value)].format(n=number)
        return number
    return str(value)


def _isolated(book: Phrasebook, text: str) -> str:
    return f"{_ISOLATE}{text}{_POP}" if book.language in RIGHT_TO_LEFT else text


def render(books: Mapping[str, Phrasebook], key: str, language: str, variables: Mapping[str, Any]) -> Rendered:
    """Fill a template. KeyError when no language has the key; a slot without value stays as `[name]`."""
    book = books[resolve(books, language)]
    if key not in book.texts:
        book = books[LAST_RESORT]
    missing: list[str] = []

    def fill(match: re.Match[str]) -> str:
        value = variables.get(match.group(1))
        if value is None or value == "":
            missing.append(match.group(1))
            return f"[{match.group(1)}]"
        written = _format(book, match.group(1), value)
        if written.endswith(".") and match.string.startswith(".", match.end()):
            written = written[:-1]  # a Russian date ends in "г.", and one full stop is enough
        return _isolated(book, written)

    text = SLOT.sub(fill, book.texts[key])
    return Rendered(text, book.language, tuple(dict.fromkeys(missing)), book.reviewed is not None)


# Which template answers what, first by the remedy we would offer, then by what the message is about. Data, not logic.
BY_REMEDY = {
    "wait_or_refund": "delay_choice",
    "refund_full": "offer_full_refund",
    "partial_refund": "offer_partial_refund",
    "refund_without_return": "offer_refund_without_return",
    "return_and_refund": "offer_return_refund",
    "replacement": "offer_replacement",
    "resend_part": "offer_resend_part",
    "refund_trace": "refund_trace",
    "cancel_and_refund": "cancellation_done",
    "refund_and_claim_carrier": "offer_full_refund",
}
BY_LEAF = {
    "tracking_invalid": "first_answer",
    "carrier_changed": "where_is_my_order",
    "wrong_address": "ask_address_check",
    "in_transit_late": "delay_choice",
    "customs_detained": "customs_hold",
    "parcel_returned": "ask_address_check",
    "delivered_not_received": "delivered_not_received",
    "buyer_refused": "first_answer",
    "short_shipment": "short_shipment",
    "wrong_item": "wrong_item",
    "damaged": "damaged_received",
    "quality": "quality_issue",
    "description": "size_issue",
    "counterfeit": "quality_issue",
    "returned_after_receipt": "return_instructions",
    "change_of_mind": "withdrawal_acknowledged",
    "cancellation": "cancellation_done",
    "address_change": "ask_address_check",
    "where_is_my_order": "where_is_my_order",
    "question": "general_answer",
    "thanks": "thanks",
    "other": "general_answer",
    "refund_missing": "refund_trace",
    "payment_failed": "payment_help",
    "duplicate_charge": "payment_help",
    "chargeback": "unauthorised_help",
    "unauthorised": "unauthorised_help",
}
# Leaves whose own text does not ask for photos; the others' do.
ASK_PHOTOS = frozenset({"damaged", "description"})
WITH_PHOTOS = {  # what to answer once the photos are there
    "damaged": "damaged_received",
    "quality": "damaged_received",
    "wrong_item": "first_answer",
    "description": "first_answer",
    "short_shipment": "first_answer",
    "counterfeit": "first_answer",
}
ONCE_SENT = {"cancellation": "cancellation_too_late", "address_change": "address_change_too_late"}
NOT_SENT = {"where_is_my_order": "first_answer", "in_transit_late": "first_answer"}
NOT_LATE = {"in_transit_late": "where_is_my_order"}
NOT_ABOUT_AN_ORDER = frozenset({"thanks", "question", "other"})


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides between two texts on the same matter. False: it is not so, or nobody knows."""

    has_order: bool
    sent: bool = False
    late: bool = False  # not there, and the promised date is over
    photos: bool = False  # the buyer has sent some
    at_the_bank: bool = False  # a chargeback is open: a refund now would pay twice
    ours_to_clear: bool = False  # customs waits for something of ours, so the buyer is not to be asked


def suggest(leaf: str, remedy: str | None, situation: Situation, missing: frozenset[str] | set[str]) -> str:
    """Key of the first draft: ask for what is missing before promising; offer nothing a person has not decided.

    `missing` names the facts that the judgement asks for.
    """
    if leaf in NOT_ABOUT_AN_ORDER:
        return BY_LEAF[leaf]
    if not situation.has_order:
        return "ask_order_number"
    if situation.at_the_bank:
        return "unauthorised_help"
    if leaf == "customs_detained" and situation.ours_to_clear:
        return "first_answer"
    if leaf in WITH_PHOTOS and situation.photos:
        return WITH_PHOTOS[leaf]
    if leaf == "damaged" or (leaf in ASK_PHOTOS and "case.photos" in missing):
        return "ask_photos"
    if situation.sent and leaf in ONCE_SENT:
        return ONCE_SENT[leaf]
    if not situation.sent and leaf in NOT_SENT:
        return NOT_SENT[leaf]
    if not situation.late and leaf in NOT_LATE:
        return NOT_LATE[leaf]
    return BY_LEAF.get(leaf) or BY_REMEDY.get(remedy or "", "first_answer")
