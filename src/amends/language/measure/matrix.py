"""What works in each language of the table: measured, never filled in by hand."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import date

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

from amends.kernel.languages import CODES, direction, locale_of, name, own_name
from amends.language.encode import encoder
from amends.language.templates import catalogue
from amends.language.translate.local import pairs
from amends.language.understand.evaluate import Report, evaluate, held_out, load

READERS = ("en", "zh")  # an agent's languages: translation in is into one of them


@dataclass(frozen=True, slots=True)
class Row:
    """Shares between 0 and 1. `detect` and `understand`: of the held-out messages of this language. `format`: of what
    CLDR must know to write it. `templates`: of the English texts that it has. `translate_in`, `translate_out`: of the
    agent's two languages that an engine on this machine reaches, directly or through English."""

    code: str
    detect: float
    understand: float
    format: float
    templates: float
    translate_in: float
    translate_out: float

    def shares(self) -> tuple[float, ...]:
        return astuple(self)[1:]


def measured(report: Report | None = None) -> list[Row]:
    """One row a language. `report`: of the held-out texts, where the caller has measured it already."""
    found = report or evaluate(load(held_out()))
    return [
        replace(
            row,
            detect=round(found.detected.get(row.code, 0.0), 3),
            understand=round(found.by_language.get(row.code, 0.0), 3),
        )
        for row in standing()
    ]


def standing() -> list[Row]:
    """What needs no measuring: texts, formats and directions. `detect` and `understand` are 0 here."""
    english = catalogue()["en"]
    local = pairs()
    rows = []
    for code in CODES:
        book = catalogue().get(code)
        rows.append(
            Row(
                code,
                0.0,
                0.0,
                _formats(code),
                round(len(book.texts) / len(english.texts), 3) if book else 0.0,
                _reached(code, local, inward=True),
                _reached(code, local, inward=False),
            )
        )
    return rows


def _formats(code: str) -> float:
    """Of six things: its own name, a date, money, a list, plural forms, a direction of writing."""
    locale = locale_of(code)
    day = date(2026, 11, 22)
    works = (
        own_name(code) != code,
        format_date(day, format="long", locale=locale) != format_date(day, format="long", locale="root"),
        "1" in format_currency(1, "EUR", locale=locale) or not format_currency(1, "EUR", locale=locale).isascii(),
        bool(format_list(["1", "2"], locale=locale)),
        bool(locale.plural_form(1)),
        direction(code) in ("ltr", "rtl"),
    )
    return round(sum(works) / len(works), 3)


def _reached(code: str, local: frozenset[tuple[str, str]], *, inward: bool) -> float:
    wanted = [reader for reader in READERS if reader != code]

    def goes(source: str, target: str) -> bool:
        return (source, target) in local or ((source, "en") in local and ("en", target) in local)

    return round(sum(goes(code, r) if inward else goes(r, code) for r in wanted) / len(wanted), 3)


def page(rows: list[Row]) -> str:
    """The reference page."""
    done = [row for row in rows if row.templates == 1.0]
    texts = len(load(held_out()))
    head = f"""\
# Languages

Written by `amends language matrix --write`; the figures are measured, not claimed. Detect and understand: share of
held-out buyers' messages (machine-written, not read by native speakers; {texts} in all, mostly the same situations in
every language) whose language and matter are read rightly, families such as Croatian, Bosnian and Serbian counting as
one language. Format: dates, money, lists, plurals, names, direction. Templates: share of the reply texts that exist in
the language. In and out: share of the agent's languages (English, Chinese) that an engine on the machine reaches;
measured with the Portuguese–English pair installed (`requirements/translate.txt`), more by `amends language add` or a
service.

Encoder: {encoder().name}. {len(rows)} languages, {len(done)} with every reply text.

| | language | detect | understand | format | templates | in | out |
|---|---|---|---|---|---|---|---|
"""
    lines = [
        f"| {row.code} | {name(row.code)} | " + " | ".join(f"{share:.2f}" for share in row.shares()) + " |"
        for row in rows
    ]
    return head + "\n".join(lines) + "\n"
