"""A rendering, or the gist in its place, as programs are given it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.base.accounts.core import Scope
from amends.language.detect import detect
from amends.language.translate.actions import Unserved, translate
from amends.language.translate.gist import gist
from amends.language.translate.models import Translation
from amends.language.understand import understand
from amends.language.understand.training import classifier_for


def rendering_of(scope: Scope, text: str, source: str, target: str, now: datetime, about: str = "") -> dict[str, Any]:
    """`kind`: translation, same (it is in that language already) or gist (no engine: not a translation)."""
    used = source or detect(text).language
    found = translate(scope, text, used, target, now, about=about) if used != "und" else Unserved("und", target)
    if found is None:
        return {"kind": "same", "is_translation": False, "source": used, "target": target, "text": text}
    if isinstance(found, Unserved):
        own = classifier_for(scope.organisation_id)
        card = gist(text, understand(text, language=None if used == "und" else used, classifier=own), target)
        return card.to_json() | {
            "source": used,
            "target": target,
            "failed": [{"engine": engine, "code": code} for engine, code in found.failed],
        }
    return to_json(found)


def to_json(row: Translation) -> dict[str, Any]:
    return {
        "kind": "translation",
        "is_translation": True,
        "id": row.pk,
        "source": row.source,
        "target": row.target,
        "text": row.text,
        "origin": row.origin,
        "engines": row.engines,
        "glossary": row.glossary,
        "hits": row.hits,
        "violations": row.violations,
        "fallbacks": row.fallbacks,
        "milliseconds": row.milliseconds,
        "at": row.at.isoformat(),
    }
