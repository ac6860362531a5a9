"""Template words for rules beside each other: sides, subjects, lengths, versions."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from amends.faces.console import formats, words
from amends.judgement.clocks.core import ClockSpec, Counted, Given, Lookup, Unit
from amends.judgement.rules.compare import Subject

register = template.Library()


@register.filter
def side_name(code: str) -> str:
    """A platform's name, or a country's in the reader's language."""
    from django.utils.translation import get_language

    if len(code) == 2 and code.isupper():  # noqa: PLR2004 - ISO 3166
        return formats.country_name(code, formats.locale_of(get_language() or "en"))
    return words.label("platform", code)


@register.filter
def version_name(version: str) -> str:
    return _("from the beginning") if version == "open" else version


@register.filter
def subject_name(subject: Subject) -> str:
    """The clock, the trouble with what is decided, the remedy or the metric."""
    match subject.about:
        case "clock":
            return words.label("clock", subject.what)
        case "decides":
            kind = _("any trouble") if subject.what == "any" else words.label("fact_value", subject.what)
            return f"{kind}: {words.label('decision', subject.whose)}"
        case "owes":
            return words.label("remedy", subject.what)
        case _:
            return words.label("metric", subject.what)


@register.simple_tag
def clock_length(clock: ClockSpec) -> str:
    """`3 working days (US) from …`, in the reader's language."""
    from_what = " / ".join(words.label("fact", name) for name in clock.starts.facts)
    match clock.amount:
        case Given(by):
            return _("as given: %(fact)s") % {"fact": words.label("fact", by)}
        case Lookup(_table, by):
            length = _("by a table of %(fact)s") % {"fact": words.label("fact", by)}
        case Counted(by):
            length = words.label("fact", by)
        case _:
            length = f"{clock.amount} {words.label('unit', clock.unit.value)}"
    if clock.unit in (Unit.BUSINESS_DAYS, Unit.BUSINESS_HOURS) and clock.country:
        length += f" ({_place(clock.country)})"
    if clock.starts.plus:
        later = f"{clock.starts.plus} {words.label('unit', clock.starts.plus_unit.value)}"
        return _("%(length)s, from %(later)s after %(start)s") % {
            "length": length,
            "later": later,
            "start": from_what,
        }
    return _("%(length)s from %(start)s") % {"length": length, "start": from_what}


def _place(country: str) -> Any:
    return words.label("fact", country) if "." in country else country
