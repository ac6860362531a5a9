"""The facts format, generated: a page for people and a JSON Schema for programs."""

from __future__ import annotations

from typing import Any

from amends.judgement.rules.facts import KNOWN_AT
from amends.judgement.rules.vocabulary import FACTS, Fact, Kind

_FORMS = {
    Kind.INSTANT: "time",
    Kind.EVENT: "event time",
    Kind.MONEY: "money",
    Kind.COUNT: "whole number",
    Kind.NUMBER: "decimal text",
    Kind.CODE: "code",
    Kind.TEXT: "text",
    Kind.FLAG: "true / false",
    Kind.COUNTRY: "country",
    Kind.LANGUAGE: "language",
    Kind.ZONE: "time zone",
    Kind.CURRENCY: "currency",
    Kind.DATE: "date",
    Kind.TABLE: "table",
    Kind.SPANS: "spans",
}
_INTRO = """# Facts

One flat JSON object a case, dotted keys. This page is generated from the vocabulary of the rules; the JSON Schema is
printed by `amends schema facts`.

- **Times** are ISO 8601 with a zone: `2026-11-20T10:00:00+08:00`. A time without a zone is refused.
- **Money** is text with its currency: `"41.80 USD"`. There are no floats and no negative amounts.
- **Countries** are ISO 3166 (`BR`), currencies ISO 4217, codes come from the list beside the fact.
- **Attributes are open**: an absent attribute is *unknown*, never false. `null` means unknown too.
- **Events are closed**: an absent event has not happened as far as we know. `known_at` sets how far we know.
- **Tables** are arrays of objects; their columns follow the same forms.
- An unknown fact is refused with the nearest known name.
"""


def _row(fact: Fact) -> str:
    form = _FORMS[fact.kind]
    if fact.codes:
        form += ": " + ", ".join(f"`{c}`" for c in fact.codes)
    return f"| `{fact.name}` | {form} | {fact.meaning} |"


def page() -> str:
    """`docs/reference/facts.md`."""
    head = ["| fact | form | meaning |", "|---|---|---|"]
    plain = [_row(f) for f in FACTS if f.kind is not Kind.TABLE]
    parts = [
        _INTRO,
        "## Facts of a case\n",
        *head,
        f"| `{KNOWN_AT}` | time | Up to when the events are known. |",
        *plain,
        "",
    ]
    for fact in FACTS:
        if fact.kind is Kind.TABLE:
            parts += [f"## Table `{fact.name}`\n", f"{fact.meaning}\n", *head, *(_row(c) for c in fact.columns), ""]
    return "\n".join(parts).rstrip() + "\n"


def _schema(fact: Fact) -> dict[str, Any]:
    base: dict[str, Any] = {"description": fact.meaning}
    match fact.kind:
        case Kind.INSTANT | Kind.EVENT | Kind.DATE:
            return base | {"type": ["string", "null"], "format": "date" if fact.kind is Kind.DATE else "date-time"}
        case Kind.MONEY:
            return base | {
                "type": ["string", "null"],
                "pattern": r"^(\d[\d,]*(\.\d+)? [A-Z]{3}|[A-Z]{3} \d[\d,]*(\.\d+)?)$",
            }
        case Kind.COUNT:
            return base | {"type": ["integer", "string", "null"]}
        case Kind.FLAG:
            return base | {"enum": [True, False, "true", "false", None]}
        case Kind.CODE:
            return base | {"enum": [*fact.codes, None]}
        case Kind.COUNTRY | Kind.CURRENCY:
            letters = 2 if fact.kind is Kind.COUNTRY else 3
            return base | {"type": ["string", "null"], "pattern": f"^[A-Z]{{{letters}}}$"}
        case Kind.TABLE:
            row = {
                "type": "object",
                "additionalProperties": False,
                "properties": {c.name: _schema(c) for c in fact.columns},
            }
            return base | {"type": "array", "items": row}
        case Kind.SPANS:
            moment = {"type": ["string", "null"], "format": "date-time"}
            span = {"type": "object", "required": ["from"], "properties": {"from": moment, "to": moment}}
            return base | {"type": "array", "items": span}
        case _:
            return base | {"type": ["string", "null"]}


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one case's facts."""
    properties = {KNOWN_AT: {"type": "string", "format": "date-time"}} | {f.name: _schema(f) for f in FACTS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Amends case facts",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
