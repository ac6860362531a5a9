"""Translating for an organisation: memory, then an engine, then another engine; kept with what made it.

An approved text in the reader's language is the phrasebook's business and is chosen before anything is translated.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.base.accounts.core import Permission, Scope
from amends.kernel.languages import BY_CODE, base
from amends.language.detect import detect
from amends.language.templates.queries import said_elsewhere
from amends.language.translate import access, glossary, local
from amends.language.translate.core.engine import EngineFailed, Term
from amends.language.translate.core.pipeline import Step, Translated, run
from amends.language.translate.core.routing import Kind, Leg, Offer, Route, route
from amends.language.translate.models import Translation
from amends.language.translate.ports import MTEngine

TEMPLATE = "template"  # in the place of an engine: the words of an approved template
LONGEST = 20_000  # characters of one text; a longer one is translated up to here and says so


@dataclass(frozen=True, slots=True)
class Unserved:
    """No engine serves the pair, or those that do failed. `failed`: engine and code of each that was tried."""

    source: str
    target: str
    failed: tuple[tuple[str, str], ...] = ()


def digest_of(text: str) -> str:
    return hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()


def remembered(scope: Scope, text: str, target: str, terms_version: str | None = None) -> Translation | None:
    """The newest rendering of exactly this text: a person's, else a machine's under the same glossary."""
    rows = Translation.objects.filter(
        organisation_id=scope.organisation_id, source_digest=digest_of(text), target=base(target)
    ).order_by("-pk")
    person = rows.filter(origin=Translation.Origin.PERSON).first()
    if person is not None:
        return person
    machine = rows.filter(origin=Translation.Origin.MACHINE)
    return (machine if terms_version is None else machine.filter(glossary=terms_version)).first()


def translate(
    scope: Scope, text: str, source: str, target: str, now: datetime, *, about: str = "", again: bool = False
) -> Translation | Unserved | None:
    """A stored rendering: a person's, an approved template's, one remembered, or an engine's.

    None where the reader reads the source as it is. `again`: do not take it from memory. Words go to a
    service only where this organisation has agreed to it. An engine that fails is passed over.
    """
    scope.require(Permission.CASE_READ)
    begin, end = base(source), base(target)
    if begin not in BY_CODE or end not in BY_CODE:
        return Unserved(begin, end)
    terms = glossary.for_direction(scope, begin, end)
    version = glossary.version(terms)
    known = None if again else remembered(scope, text, end, version)
    if known is not None and known.origin == Translation.Origin.PERSON:
        return known
    approved = said_elsewhere(scope, text, begin, end)
    if approved is not None:
        key, words = approved
        if known is not None and known.text == words:
            return known
        made_by = [{"engine": TEMPLATE, "model": key, "source": begin, "target": end}]
        return _stored(scope, text, words, (begin, end), now=now, about=about, engines=made_by)
    if known is not None:
        return known
    engines = _engines(scope)
    failed: list[tuple[str, str]] = []
    offers = [offer for _, offer in engines]
    while True:
        way = route(begin, end, [offer for offer in offers if offer.engine not in {name for name, _ in failed}])
        if way.kind is Kind.SAME:
            return None
        if way.kind is Kind.NONE:
            return Unserved(begin, end, tuple(failed))
        try:
            return _kept(scope, text, way, engines, terms, version, now, about)
        except _LegFailed as error:
            failed.append((error.engine, error.code))


def _engines(scope: Scope) -> list[tuple[MTEngine, Offer]]:
    found = [(engine, Offer(engine.id, engine.pairs(), priority)) for engine, priority in local.engines()]
    for service, row in access.services(scope):
        try:
            pairs = service.pairs()
        except EngineFailed:
            continue  # a server of one's own that is down offers nothing now
        offer = Offer(service.id, pairs, row.priority, service.external, consented=row.agreed_at is not None)
        found.append((service, offer))
    return found


class _LegFailed(Exception):
    def __init__(self, engine: str, code: str) -> None:
        super().__init__(f"{engine}: {code}")
        self.engine = engine
        self.code = code


def _step(engine: MTEngine, leg: Leg) -> Step:
    def ask(question: Any) -> Any:
        try:
            return engine.translate(question)
        except EngineFailed as error:
            raise _LegFailed(engine.id, error.code) from error

    return Step(ask, engine.caps(), leg.source, leg.target)


def _kept(  # noqa: PLR0913, PLR0917 - what a rendering is made of
    scope: Scope, text: str, way: Route, engines: Sequence[tuple[MTEngine, Offer]], terms: Sequence[Term], version: str,
    now: datetime, about: str,
) -> Translation:  # fmt: skip
    by_id = {engine.id: engine for engine, _ in engines}
    steps = [_step(by_id[leg.engine], leg) for leg in way.legs]
    started = time.monotonic()
    done = run(text[:LONGEST], steps, terms, _language_of)
    return _stored(
        scope,
        text,
        done.text,
        (way.legs[0].source, way.legs[-1].target),
        now=now,
        about=about,
        engines=[
            {"engine": leg.engine, "model": model, "source": leg.source, "target": leg.target}
            for leg, model in zip(way.legs, (*done.models, *[""] * len(way.legs)), strict=False)
        ],
        glossary=version,
        hits=[
            {"term": hit.term.source, "target": hit.term.target, "start": hit.start, "end": hit.end}
            for hit in done.hits
        ],
        violations=_violations(done, cut=len(text) > LONGEST),
        fallbacks=done.fallbacks,
        milliseconds=round((time.monotonic() - started) * 1000),
    )


def _stored(
    scope: Scope, text: str, words: str, pair: tuple[str, str], *, now: datetime, about: str, **made: Any
) -> Translation:
    """`pair`: from which language to which. `made`: what else is known of how the words came to be."""
    return Translation.objects.create(
        organisation_id=scope.organisation_id, source_digest=digest_of(text), source=pair[0], target=pair[1],
        text=words, about=about, at=now, by_id=scope.user_id, **({"origin": Translation.Origin.MACHINE} | made),
    )  # fmt: skip


def _violations(done: Translated, *, cut: bool) -> list[dict[str, str]]:
    found = [{"code": one.code, "detail": one.detail} for one in done.violations]
    return [*found, {"code": "cut", "detail": str(LONGEST)}] if cut else found


def _language_of(text: str) -> str:
    return detect(text).language


def keep_human(
    scope: Scope, text: str, rendering: str, source: str, target: str, now: datetime, *, about: str = ""
) -> Translation:
    """A person's wording of a text: from now on the memory's answer for exactly this text."""
    scope.require(Permission.CASE_ANSWER)
    pair = (base(source), base(target))
    return _stored(scope, text, rendering, pair, now=now, about=about, origin=Translation.Origin.PERSON)


def forget(scope: Scope, about: str) -> int:
    """Erase renderings of what is erased itself. Returns how many."""
    gone, _ = Translation.objects.filter(organisation_id=scope.organisation_id, about=about).delete()
    return gone
