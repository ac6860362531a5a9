"""Guessing what the columns of an unknown file mean, for a person to check. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from amends.intake.imports.core.dates import OrderEvidence, parse_moment
from amends.intake.imports.core.fields import FIELDS, KEEP
from amends.intake.imports.core.layout import REJECT_COLUMNS, Layout, normal
from amends.intake.imports.core.numbers import parse_minor
from amends.intake.imports.core.problems import BadValue
from amends.kernel.money import currency_codes

SURE, LIKELY, MAYBE = 1.0, 0.8, 0.5
_SAMPLE = 50  # rows looked at
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TRACKING = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|1Z[0-9A-Z]{16}|LP\d{14}")


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column probably is. `score` 1 means a heading we know; `target` is empty when nothing fits."""

    heading: str
    target: str
    score: float
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    guesses: tuple[Guess, ...]
    date_order: str
    decimal: str

    def mapping(self) -> dict[str, str]:
        """Heading → target, in the form that is saved."""
        return {g.heading: g.target for g in self.guesses}


def propose(headings: Sequence[str], rows: Iterable[Sequence[str]], known: Iterable[Layout]) -> Proposal:
    """A guess for each column; a target is given to the best column only, the others keep none."""
    sample = [row for _, row in zip(range(_SAMPLE), rows, strict=False)]
    columns = [[row[i] for row in sample if i < len(row) and row[i]] for i in range(len(headings))]
    vocabulary = _vocabulary(known)
    guesses = [_guess(h, c, vocabulary) for h, c in zip(headings, columns, strict=True)]
    best: dict[str, float] = {}
    for guess in guesses:
        best[guess.target] = max(best.get(guess.target, 0.0), guess.score)
    taken: set[str] = set()
    kept = []
    for guess in guesses:
        first = guess.score == best[guess.target] and guess.target not in taken
        if guess.target and (guess.target in KEEP or first):
            kept.append(guess)
            taken.add(guess.target)
        else:
            kept.append(Guess(guess.heading, "", 0.0, guess.sample))
    return Proposal(tuple(kept), _date_order(columns), _decimal(columns))


def _vocabulary(known: Iterable[Layout]) -> dict[str, str]:
    """Every heading of every built-in layout, with what it means there; our own template has the last word."""
    names: dict[str, str] = {}
    for layout in sorted(known, key=lambda one: one.family == "amends"):
        for target, headings in layout.columns.items():
            if target in FIELDS:
                names.update((normal(h.removesuffix("*")), target) for h in headings)
    return names


def _guess(heading: str, cells: Sequence[str], vocabulary: dict[str, str]) -> Guess:
    sample = tuple(dict.fromkeys(cells))[:3]
    name = normal(heading)
    if name in REJECT_COLUMNS:
        return Guess(heading, "drop", SURE, sample)
    if name in vocabulary:
        return Guess(heading, vocabulary[name], SURE, sample)
    target, score = _nearest(name, vocabulary)
    if score >= LIKELY:
        return Guess(heading, target, round(score * 0.9, 2), sample)
    target = _by_content(cells)
    return Guess(heading, target, MAYBE if target else 0.0, sample)


def _nearest(name: str, vocabulary: dict[str, str]) -> tuple[str, float]:
    """The known heading most like this one; separators do not count."""
    plain = re.sub(r"[-_.:()/]", "", name)
    best, score = "", 0.0
    for known, target in vocabulary.items():
        other = re.sub(r"[-_.:()/]", "", known)
        if plain == other:
            return target, 1.0
        matcher = SequenceMatcher(None, plain, other)
        if matcher.real_quick_ratio() > score and matcher.quick_ratio() > score and matcher.ratio() > score:
            best, score = target, matcher.ratio()
    return best, score


def _by_content(cells: Sequence[str]) -> str:
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("buyer.email", lambda c: bool(_MAIL.fullmatch(c))),
        ("order.currency", lambda c: c.upper() in currency_codes()),
        ("parcel.number", lambda c: bool(_TRACKING.fullmatch(c))),
    )
    for target, fits in tests:
        if cells and all(fits(c) for c in cells):
            return target
    return ""


def _date_order(columns: Iterable[Sequence[str]]) -> str:
    evidence = OrderEvidence()
    for cells in columns:
        for cell in cells:
            if _is_date(cell):
                evidence = evidence.seen(cell)
    return evidence.decide("")[0]


def _is_date(cell: str) -> bool:
    try:
        parse_moment(cell, "", "UTC")
    except BadValue as bad:
        return bad.code == "date_ambiguous"
    return True


def _decimal(columns: Iterable[Sequence[str]]) -> str:
    """`comma` when some amount can only be read that way (`4,99`) and none the other way (`4.99`)."""
    commas = points = 0
    for cells in columns:
        for cell in cells:
            match = re.search(r"([.,])(\d{1,2})\D*$", cell)
            if match and _is_amount(cell):
                commas += match.group(1) == ","
                points += match.group(1) == "."
    return "comma" if commas > points else "point"


def _is_amount(cell: str) -> bool:
    try:
        parse_minor(cell, "EUR", "point")
    except BadValue as bad:
        return bad.code == "currency_sign_differs"
    return True
