"""Reads. Every one is bound to the caller's organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from amends.base.accounts.core import Permission, Scope
from amends.language.templates.books import catalogue
from amends.language.templates.core.book import digest, resolve
from amends.language.templates.core.own import Macro, Written, macro
from amends.language.templates.core.recognise import filled
from amends.language.templates.core.render import Rendered, fill, letter
from amends.language.templates.models import OwnTemplate, OwnText, TextSignature


def macros(scope: Scope) -> dict[str, Macro]:
    """Every template by key, shipped ones first in the order of the file, then own ones by key. Two queries."""
    scope.require(Permission.CASE_READ)
    books = catalogue()
    rows = {
        row.key: row
        for row in OwnTemplate.objects.filter(organisation_id=scope.organisation_id, archived_at=None).order_by("key")
    }
    texts: dict[int, dict[str, Written]] = {}
    for text in OwnText.objects.filter(organisation_id=scope.organisation_id, template__archived_at=None).order_by(
        "pk"
    ):
        texts.setdefault(text.template_id, {})[text.language] = Written(text.text, text.based_on)
    keys = dict.fromkeys([*books["en"].texts, *rows])
    return {key: _macro(key, rows.get(key), texts, books) for key in keys}


def one_macro(scope: Scope, key: str) -> Macro | None:
    """None where there is no such template here."""
    scope.require(Permission.CASE_READ)
    books = catalogue()
    row = OwnTemplate.objects.filter(organisation_id=scope.organisation_id, key=key, archived_at=None).first()
    if row is None and key not in books["en"].texts:
        return None
    texts: dict[int, dict[str, Written]] = {}
    if row is not None:
        for text in OwnText.objects.filter(organisation_id=scope.organisation_id, template=row).order_by("pk"):
            texts.setdefault(row.pk, {})[text.language] = Written(text.text, text.based_on)
    return _macro(key, row, texts, books)


def _macro(key: str, row: OwnTemplate | None, texts: dict[int, dict[str, Written]], books: Any) -> Macro:
    own = texts.get(row.pk, {}) if row else {}
    return macro(key, books, own, row.source if row else "", row.title if row else "")


def signatures(scope: Scope, key: str = "") -> dict[tuple[str, str, str], TextSignature]:
    """By (key, language, digest of the text that was read)."""
    scope.require(Permission.CASE_READ)
    found = TextSignature.objects.filter(organisation_id=scope.organisation_id)
    found = found.filter(key=key) if key else found
    return {(row.key, row.language, row.digest): row for row in found}


def render_for(scope: Scope, key: str, language: str, variables: Mapping[str, Any]) -> Rendered:
    """A whole answer: the organisation's own text where there is one, else the shipped one. KeyError for no template.

    `reviewed` is whether somebody signed this very text; `stale` whether its source has been changed since.
    """
    found = one_macro(scope, key)
    if found is None:
        raise KeyError(key)
    used = found.serves(language)
    books = catalogue()
    book = books[resolve(books, used)]
    if book.language != used:  # an own text in a language without a phrasebook: its dates and money, English around it
        book = replace(book, language=used)
    text, missing = letter(book, found.text(used), variables)
    signed = TextSignature.objects.filter(
        organisation_id=scope.organisation_id, key=key, language=used, digest=digest(found.text(used))
    ).exists()
    shipped_review = used not in found.own and book.reviewed is not None
    return Rendered(text, used, missing, signed or shipped_review, found.stale(used), used in found.own)


def said_elsewhere(scope: Scope, text: str, source: str, target: str) -> tuple[str, str] | None:
    """(template, its words in `target`) where `text` is a template in `source`, filled, and a person stands behind the
    words in `target`: written here and not stale, or signed. None otherwise."""
    signed = signatures(scope)
    for key, found in macros(scope).items():
        ours, theirs = found.text(source), found.text(target)
        if not ours or not theirs or found.stale(target):
            continue
        if target not in found.own and (key, target, digest(theirs)) not in signed:
            continue
        values = filled(ours, text)
        if values is not None:
            books = catalogue()
            return key, fill(replace(books[resolve(books, target)], language=target), theirs, values)[0].strip()
    return None
