"""Writing templates: a text in one language, a signature, putting a macro away. Each is one ledger entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.ledger.actions import record
from amends.kernel.languages import base
from amends.kernel.outcome import InputError, Problem
from amends.language.templates.books import catalogue
from amends.language.templates.core.book import digest
from amends.language.templates.core.own import checked
from amends.language.templates.models import OwnTemplate, OwnText, TextSignature
from amends.language.templates.queries import one_macro


@transaction.atomic
def write_text(scope: Scope, key: str, language: str, text: str, now: datetime, *, title: str = "") -> OwnText:
    """The template's text in a language from now on. The first language of a new key is its source; writing the
    source again makes the other languages stale, writing another language makes that one current.

    Raises InputError with every problem.
    """
    scope.require(Permission.TEMPLATE_WRITE)
    language = base(language)
    known = one_macro(scope, key)
    is_source = known is None or language == known.source
    problems = checked(key, language, text, "" if known is None or is_source else known.source_text)
    if problems:
        raise InputError(list(problems))
    source = known.source if known else language
    row, _ = OwnTemplate.objects.get_or_create(
        organisation_id=scope.organisation_id, key=key, defaults={"source": source, "title": title, "created_at": now}
    )
    if row.archived_at is not None:  # what was put away starts anew
        row.texts.all().delete()
        row.archived_at, row.source = None, source
    row.title = title or row.title
    row.save(update_fields=["archived_at", "title", "source"])
    source_text = text if is_source or known is None else known.source_text
    written = OwnText.objects.create(
        organisation_id=scope.organisation_id, template=row, language=language, text=text.strip(),
        based_on=digest(source_text), at=now, by_id=scope.user_id,
    )  # fmt: skip
    _recorded(scope, now, "written", key, language, digest(text))
    return written


@transaction.atomic
def sign(scope: Scope, key: str, language: str, name: str, now: datetime) -> TextSignature:
    """A person says that they speak the language and have read the text in force. Raises InputError."""
    scope.require(Permission.TEMPLATE_WRITE)
    found = one_macro(scope, key)
    text = found.text(language) if found else ""
    problems = [] if text else [Problem("not_found", "language", {"value": language})]
    if not name.strip():
        problems.append(Problem("required", "name"))
    if scope.user_id is None:
        problems.append(Problem("needs_a_person", "name"))
    if problems:
        raise InputError(problems)
    signature, created = TextSignature.objects.get_or_create(
        organisation_id=scope.organisation_id, key=key, language=language, digest=digest(text),
        defaults={"name": name.strip()[:120], "at": now, "by_id": scope.user_id},
    )  # fmt: skip
    if created:
        _recorded(scope, now, "signed", key, language, digest(text))
    return signature


@transaction.atomic
def archive(scope: Scope, key: str, now: datetime) -> bool:
    """Put an own macro away; a replaced shipped one speaks again as shipped. False where there is nothing of ours."""
    scope.require(Permission.TEMPLATE_WRITE)
    row = OwnTemplate.objects.filter(organisation_id=scope.organisation_id, key=key, archived_at=None).first()
    if row is None:
        return False
    row.archived_at = now
    row.save(update_fields=["archived_at"])
    _recorded(scope, now, "archived", key, "", "")
    return True


def is_shipped(key: str) -> bool:
    return key in catalogue()["en"].texts


def _recorded(scope: Scope, now: datetime, done: str, key: str, language: str, text_digest: str) -> None:
    record(
        scope, at=now, verb=f"template:text:{done}", subject_kind="template", subject_id=key,
        payload={"language": language, "digest": text_digest},
    )  # fmt: skip
