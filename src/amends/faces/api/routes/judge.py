"""The judgement alone: facts in, judgement out. Nothing is read from the database and nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Query, Router
from pydantic import AwareDatetime

from amends.base.accounts.core import Permission
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import Fault
from amends.judgement.judge import judge, judgement_json
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.core import Rulebook
from amends.judgement.rules.facts import not_yet, read_facts
from amends.kernel.outcome import InputError, Problem

router = Router(tags=["judgement"])
MOST = 200  # facts of so many cases in one request

One = dict[str, Any]


@guarded(router.post, "/judge", Permission.RULE_READ, response=One | list[One], summary="Judge facts")
def judge_facts(
    request: HttpRequest,
    payload: Annotated[One | list[One], Body(description="One object of facts, or a list of them (at most 200).")],
    at: Annotated[AwareDatetime | None, Query(description="As of this moment; now if absent.")] = None,
) -> One | list[One]:
    """Facts in wire form: dotted names, times with a zone, money as `41.80 USD`, null or absent for unknown. A list
    is answered by a list in the same order, or refused as a whole with the place of every problem. Without `at`, an
    event in the future is refused as a slip."""
    now = at or caller(request).now
    book = book_of(caller(request).scope)
    if isinstance(payload, list):
        return _judge_all(payload, book, now, replayed=at is not None)
    return judgement_json(judge(_read(payload, now, replayed=at is not None), book, now), book)


def _read(wire: One, now: datetime, *, replayed: bool) -> One:
    facts = read_facts(wire)
    early = [] if replayed else not_yet(facts, now)
    if early:
        raise InputError(early)
    return facts


def _judge_all(payload: list[One], book: Rulebook, now: datetime, *, replayed: bool) -> list[One]:
    if len(payload) > MOST:
        raise Fault(422, "too_many", {"most": MOST})
    read: list[One] = []
    problems: list[Problem] = []
    for index, wire in enumerate(payload):
        try:
            read.append(_read(wire, now, replayed=replayed))
        except InputError as error:
            problems += [Problem(p.code, f"[{index}].{p.where}", p.params) for p in error.problems]
    if problems:
        raise InputError(problems)
    return [judgement_json(judge(facts, book, now), book) for facts in read]
