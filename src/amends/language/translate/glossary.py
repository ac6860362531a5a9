"""The organisation's glossary: kept, read for one direction, brought in and out as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.ledger.actions import record
from amends.kernel.languages import BY_CODE, base
from amends.kernel.outcome import InputError, Problem
from amends.language.translate.core.engine import Term
from amends.language.translate.models import GlossaryTerm

LONGEST = 120
MOST_ROWS = 5000
_FIXED = ("language", "text", "forms", "keep", "context")


@dataclass(frozen=True, slots=True)
class TermInput:
    """One row as typed or imported. `targets`: language → word; empty words are left out."""

    language: str
    text: str
    forms: tuple[str, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    keep: bool = False
    context: str = ""


def checked(row: TermInput, where: str = "") -> list[Problem]:
    """All that is wrong with one row."""
    problems: list[Problem] = []
    if base(row.language) not in BY_CODE:
        problems.append(Problem("unknown_language", where or "language", {"value": row.language}))
    if not row.text.strip():
        problems.append(Problem("required", where or "text"))
    targets = dict(row.targets)
    problems += [
        Problem("too_long", where or "text", {"most": LONGEST})
        for word in (row.text, *row.forms, *targets.values())
        if len(word) > LONGEST
    ]
    problems += [
        Problem("unknown_language", where or "targets", {"value": code})
        for code in targets
        if base(code) not in BY_CODE or base(code) == base(row.language)
    ]
    if not row.keep and not any(word.strip() for word in targets.values()):
        problems.append(Problem("term_without_target", where or "targets"))
    return problems


@transaction.atomic
def save_term(scope: Scope, row: TermInput, now: datetime) -> GlossaryTerm:
    """Adds a word or replaces what is known of it. Raises InputError."""
    scope.require(Permission.TEMPLATE_WRITE)
    problems = checked(row)
    if problems:
        raise InputError(problems)
    term = _stored(scope, row, now)
    record(
        scope, at=now, verb="glossary:term:saved", subject_kind="glossary_term", subject_id=term.pk,
        payload={"language": term.language, "targets": sorted(term.targets), "keep": term.keep},
    )  # fmt: skip
    return term


def _stored(scope: Scope, row: TermInput, now: datetime) -> GlossaryTerm:
    term, _ = GlossaryTerm.objects.update_or_create(
        organisation_id=scope.organisation_id,
        language=base(row.language),
        text=row.text.strip(),
        defaults={
            "forms": [form.strip() for form in row.forms if form.strip()],
            "targets": {base(code): word.strip() for code, word in dict(row.targets).items() if word.strip()},
            "keep": row.keep,
            "context": row.context.strip()[:300],
            "changed_at": now,
            "changed_by_id": scope.user_id,
        },
    )
    return term


@transaction.atomic
def remove_term(scope: Scope, term_id: int, now: datetime) -> bool:
    """False where it was gone already, or is somebody else's."""
    scope.require(Permission.TEMPLATE_WRITE)
    gone, _ = GlossaryTerm.objects.filter(organisation_id=scope.organisation_id, pk=term_id).delete()
    if gone:
        record(scope, at=now, verb="glossary:term:removed", subject_kind="glossary_term", subject_id=term_id)
    return bool(gone)


def terms(scope: Scope) -> list[GlossaryTerm]:
    scope.require(Permission.CASE_READ)
    return list(GlossaryTerm.objects.filter(organisation_id=scope.organisation_id).order_by("language", "text"))


def for_direction(scope: Scope, source: str, target: str) -> tuple[Term, ...]:
    """The terms that hold from one language to another: those with a word there, and those that are never translated.

    A row written in the target language holds backwards too: its word is what the source's must become.
    """
    found: list[Term] = []
    for row in terms(scope):
        forms = tuple(row.forms)
        if row.language == base(source) and (row.keep or base(target) in row.targets):
            found.append(Term(row.text, "" if row.keep else row.targets[base(target)], forms, row.context))
        elif row.language == base(target) and not row.keep and base(source) in row.targets:
            found.append(Term(row.targets[base(source)], row.text, (), row.context))
        elif row.keep and base(source) != row.language:
            found.append(Term(row.text, "", forms, row.context))
    return tuple(sorted(found, key=lambda term: (-len(term.source), term.source)))


def version(found: Sequence[Term]) -> str:
    """A digest of the terms that held, stored with every translation. Empty without terms."""
    if not found:
        return ""
    rows = [[t.source, t.target, list(t.forms)] for t in found]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]


def to_csv(scope: Scope) -> str:
    """One row a word, one column a target language."""
    rows = terms(scope)
    codes = sorted({code for row in rows for code in row.targets})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*_FIXED, *codes])
    for row in rows:
        writer.writerow(
            [row.language, row.text, "|".join(row.forms), "1" if row.keep else "", row.context,
             *(row.targets.get(code, "") for code in codes)]
        )  # fmt: skip
    return out.getvalue()


@transaction.atomic
def from_csv(scope: Scope, text: str, now: datetime) -> tuple[int, list[Problem]]:
    """(how many rows were taken, what is wrong with the others). The table's head says which column is what."""
    scope.require(Permission.TEMPLATE_WRITE)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    names = [str(name or "").strip() for name in reader.fieldnames or ()]
    missing = [name for name in ("language", "text") if name not in names]
    if missing:
        return 0, [Problem("column_missing", "1", {"column": ", ".join(missing)})]
    taken, problems = 0, []
    for number, raw in enumerate(reader, start=2):
        if number > MOST_ROWS + 1:
            problems.append(Problem("too_many_rows", str(number), {"most": MOST_ROWS}))
            break
        values = {str(k or "").strip(): str(v or "").strip() for k, v in raw.items() if isinstance(v, str)}
        row = TermInput(
            values.get("language", ""),
            values.get("text", ""),
            tuple(filter(None, values.get("forms", "").split("|"))),
            {code: word for code, word in values.items() if code not in _FIXED and code and word},
            values.get("keep", "").lower() in ("1", "yes", "true", "x"),
            values.get("context", ""),
        )
        wrong = checked(row, str(number))
        if wrong:
            problems += wrong
            continue
        _stored(scope, row, now)
        taken += 1
    if taken:
        record(
            scope, at=now, verb="glossary:term:saved", subject_kind="glossary", subject_id="csv",
            payload={"rows": taken, "rejected": len({p.where for p in problems})},
        )  # fmt: skip
    return taken, problems
