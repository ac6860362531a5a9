"""The clock simulator: all clocks of an order on one line, "today" dragged along it, a few what-ifs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.faces.console import formats, words
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.model_orders import MODELS
from amends.faces.console.views import inbox
from amends.judgement.clocks.core import State
from amends.judgement.judge import WHAT_IFS, Simulation, simulate
from amends.judgement.judge.core.simulation import Bar
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.facts import Bad, parse_instant, read_facts
from amends.kernel.outcome import InputError, Problem

WIDTH = 1000  # of a track, in its own units
MOST_TEXT = 200_000
MOST_SHOWN = 12
FEW_DAYS, SOME_WEEKS = 21, 120


@dataclass(frozen=True, slots=True)
class Row:
    """One clock as it is drawn; places are in units of the track."""

    bar: Bar
    begins: int
    length: int
    met: int | None
    was: int | None
    left: formats.Left | None
    pauses: tuple[tuple[int, int], ...]  # place and length


@dataclass(frozen=True, slots=True)
class Tick:
    place: int
    at: datetime

    @property
    def percent(self) -> str:
        """For words, which keep their shape while the track is stretched."""
        return f"{self.place / WIDTH:.1%}"


def _place(moment: datetime, found: Simulation) -> int:
    whole = (found.ends - found.begins).total_seconds()
    return max(0, min(WIDTH, round((moment - found.begins).total_seconds() / whole * WIDTH)))


def _row(bar: Bar, found: Simulation) -> Row:
    clock = bar.clock
    begins = _place(clock.starts or found.begins, found)
    ends = _place(clock.due or found.ends, found)
    live = clock.state in (State.RUNNING, State.PAUSED) and clock.due is not None
    return Row(
        bar,
        begins,
        max(ends - begins, 3),
        _place(clock.met_at, found) if clock.met_at else None,
        _place(bar.was, found) if bar.was else None,
        formats.left(clock.due, found.at) if live and clock.due else None,
        tuple(_span(_place(a, found), _place(b or found.at, found)) for a, b, _why in clock.pauses),
    )


def _span(first: int, last: int) -> tuple[int, int]:
    return first, max(last - first, 0)


def _ticks(found: Simulation) -> list[Tick]:
    """Midnights of the reader's zone, about a dozen of them."""
    zone = timezone.get_current_timezone()
    days = (found.ends - found.begins).days
    step = 1 if days <= FEW_DAYS else 7 if days <= SOME_WEEKS else 30
    step = max(step, 2 if days > FEW_DAYS / 2 and step == 1 else step)
    day = found.begins.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    out = []
    while day < found.ends:
        out.append(Tick(_place(day, found), day))
        day += timedelta(days=step)
    return out


def _minutes(found: Simulation) -> tuple[int, int]:
    """Where "today" stands and how far it can go, in minutes from the beginning."""
    return (
        round((found.at - found.begins).total_seconds() / 60),
        round((found.ends - found.begins).total_seconds() / 60),
    )


def _facts(text: str) -> dict[str, Any]:
    """Raises InputError; a JSON text that is no object is refused like any other."""
    if len(text) > MOST_TEXT:
        raise InputError([Problem("text_too_long", "", {"most": MOST_TEXT})])
    try:
        return read_facts(json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError([Problem("not_json", f"line {error.lineno}", {"text": error.msg})]) from None


def _moment(facts: dict[str, Any], wanted: str) -> datetime:
    """The moment asked for; otherwise a little after the last thing that happened."""
    try:
        return parse_instant(wanted)
    except Bad:
        last = [v for v in facts.values() if isinstance(v, datetime) and v <= timezone.now()]
        return max(last, default=timezone.now()) + timedelta(hours=1)


def _board(request: HttpRequest, text: str, at: str, steps: tuple[str, ...]) -> dict[str, Any]:
    context: dict[str, Any] = {"facts_text": text, "what_ifs": tuple(WHAT_IFS), "chosen": steps}
    try:
        facts = _facts(text)
    except InputError as error:
        return context | {"wrong": [(p.where, words.problem(p.code, p.params)) for p in error.problems[:MOST_SHOWN]]}
    found = simulate(facts, book_of(scope_of(request)), _moment(facts, at), [s for s in steps if s in WHAT_IFS])
    minutes, most = _minutes(found)
    return context | {
        "found": found,
        "rows": [_row(bar, found) for bar in found.bars],
        "ticks": _ticks(found),
        "today": _place(found.at, found),
        "minutes": minutes,
        "most": most,
    }


@needs(Permission.RULE_READ)
def clock(request: HttpRequest) -> HttpResponse:
    """`?case=C-12` for a case of ours, `?model=ebay` for an invented order; `?at=` sets today."""
    number, model = request.GET.get("case", "").strip(), request.GET.get("model", "")
    name = model if model in MODELS else next(iter(MODELS))
    wire: dict[str, Any] = MODELS[name]
    view = inbox.find(request, number) if number else None
    if view is not None:
        wire = {key: seen.value for key, seen in view.facts.items()}
    text = json.dumps(wire, indent=2, ensure_ascii=False)
    steps = tuple(request.GET.getlist("what_if"))
    context = _board(request, text, request.GET.get("at", ""), steps) | {
        "section": "clock",
        "models": tuple(MODELS),
        "model": "" if number else name,
        "number": f"C-{view.case.number}" if view is not None else "",
    }
    return render(request, "clock/page.html", context)


@needs(Permission.RULE_READ)
@require_POST
def board(request: HttpRequest) -> HttpResponse:
    """The line again, for another moment, other what-ifs or other facts."""
    at = request.POST.get("at", "")
    begins, minutes = request.POST.get("begins", ""), request.POST.get("minutes", "")
    if request.POST.get("moved") and minutes.isascii() and minutes.isdigit() and len(minutes) < 9:  # noqa: PLR2004 - within 1900 years
        try:
            at = (parse_instant(begins) + timedelta(minutes=int(minutes))).isoformat()
        except (Bad, OverflowError):
            at = ""
    context = _board(request, request.POST.get("facts", ""), at, tuple(request.POST.getlist("what_if")))
    return render(request, "clock/board.html", context, status=422 if "wrong" in context else 200)
