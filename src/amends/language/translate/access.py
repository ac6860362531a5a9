"""Which engines an organisation uses: local ones as installed, services with its own key and its recorded consent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.sealing import Seal, Unsealable
from amends.base.ledger.actions import record
from amends.kernel.outcome import InputError, Problem
from amends.language.translate.engines.catalog import ENGINES, BadField, Leaves, build
from amends.language.translate.models import EngineAccess
from amends.language.translate.ports import MTEngine

_SEAL = Seal("amends translation engine 1")


def agreement(kind: str) -> str:
    """What a person agrees to, word for word; its digest is kept with the consent."""
    row = ENGINES[kind]
    return f"{row.label}: buyers' words are sent to this service to be translated. {row.trap}"


@transaction.atomic
def connect(
    scope: Scope, kind: str, values: Mapping[str, str], now: datetime, *, agreed: bool, priority: int = 50
) -> EngineAccess:
    """Store a service's settings, sealed, and the consent of this person. Raises InputError that names the field.

    A secret left empty keeps the stored one.
    """
    scope.require(Permission.SETTINGS_WRITE)
    if kind not in ENGINES:
        raise InputError([Problem("unknown_engine", "kind", {"value": kind[:40]})])
    row = EngineAccess.objects.filter(organisation_id=scope.organisation_id, engine=kind).first()
    known = settings_of(row) if row else {}
    given = {name: value for name, value in values.items() if value.strip()}
    kept = {f.name: known[f.name] for f in ENGINES[kind].fields if f.secret and f.name in known and f.name not in given}
    settings = kept | given
    try:
        engine = build(kind, settings)
    except BadField as error:
        raise InputError([Problem("bad_engine_setting", error.field, {"text": str(error)})]) from error
    if engine.external and not agreed:
        raise InputError([Problem("consent_missing", "agreed")])
    digest = hashlib.sha256(agreement(kind).encode()).hexdigest()[:32]
    row, _ = EngineAccess.objects.update_or_create(
        organisation_id=scope.organisation_id,
        engine=kind,
        defaults={
            "sealed": _SEAL.seal(json.dumps(settings)),
            "enabled": True,
            "priority": priority,
            "agreed_at": now if agreed else None,
            "agreed_by_id": scope.user_id if agreed else None,
            "agreement": digest if agreed else "",
            "changed_at": now,
        },
    )
    record(
        scope, at=now, verb="translation:engine:agreed", subject_kind="translation_engine", subject_id=kind,
        payload={"external": engine.external, "agreement": row.agreement, "fields": sorted(settings)},
    )  # fmt: skip
    return row


@transaction.atomic
def withdraw(scope: Scope, kind: str, now: datetime) -> bool:
    """Forget settings and consent. Translations made stay, with their engine's name. False where there was nothing."""
    scope.require(Permission.SETTINGS_WRITE)
    gone, _ = EngineAccess.objects.filter(organisation_id=scope.organisation_id, engine=kind).delete()
    if gone:
        record(scope, at=now, verb="translation:engine:withdrawn", subject_kind="translation_engine", subject_id=kind)
    return bool(gone)


def accesses(scope: Scope) -> dict[str, EngineAccess]:
    scope.require(Permission.CASE_READ)
    rows = EngineAccess.objects.filter(organisation_id=scope.organisation_id, enabled=True).select_related("agreed_by")
    return {row.engine: row for row in rows.order_by("priority", "engine")}


def settings_of(row: EngineAccess) -> dict[str, str]:
    """The settings in clear. Raises Unsealable. Never shown and never logged."""
    found: dict[str, str] = json.loads(_SEAL.unseal(row.sealed) or "{}")
    return found


def services(scope: Scope) -> list[tuple[MTEngine, EngineAccess]]:
    """Engines that are connected, agreed to where their words leave the machine, and readable; by priority."""
    found: list[tuple[MTEngine, EngineAccess]] = []
    for kind, row in accesses(scope).items():
        try:
            engine = build(kind, settings_of(row))
        except (Unsealable, BadField, KeyError):
            continue  # the settings page shows it as broken; translation goes on without it
        if not engine.external or row.agreed_at is not None:
            found.append((engine, row))
    return found


def leaves_machine(kind: str) -> bool:
    return ENGINES[kind].leaves is Leaves.ALWAYS
