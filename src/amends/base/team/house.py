"""Verbs on the house itself: a person's preferences, the organisation's settings, its shops.

Names and mail addresses stay out of the ledger; it carries ids and which fields changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from amends.base.accounts import core
from amends.base.accounts.models import Membership, Organisation, Shop, User
from amends.base.ledger.actions import record
from amends.kernel.outcome import Refusal


@dataclass(frozen=True, slots=True)
class ProfileFields:
    name: str
    language: str
    time_zone: str
    theme: str
    shortcuts: bool


@dataclass(frozen=True, slots=True)
class OrganisationFields:
    """`refund_limit_minor`: in minor units of `currency`; above it a second person approves."""

    name: str
    country: str
    time_zone: str
    currency: str
    refund_limit_minor: int


@dataclass(frozen=True, slots=True)
class ShopFields:
    platform: str
    site: str
    name: str
    currency: str
    time_zone: str
    seller_country: str
    mail_address: str
    programme: str


def save_profile(user: User, fields: ProfileFields) -> None:
    """A person's own preferences. They belong to no organisation, so no ledger records them."""
    User.objects.filter(pk=user.pk).update(**asdict(fields))


@transaction.atomic
def save_organisation(scope: core.Scope, fields: OrganisationFields, now: datetime) -> Organisation:
    scope.require(core.Permission.SETTINGS_WRITE)
    row = Organisation.objects.select_for_update().get(pk=scope.organisation_id)
    changed = _apply(row, asdict(fields))
    if changed:
        row.save(update_fields=changed)
        record(
            scope,
            at=now,
            verb="settings:organisation:changed",
            subject_kind="organisation",
            subject_id=row.pk,
            payload={"fields": changed},
        )
    return row


def save_shop(scope: core.Scope, fields: ShopFields, now: datetime, shop_id: int | None = None) -> Shop | Refusal:
    """Add a shop, or change one. Refused with `shop_name_taken`, or `not_found` for a shop of another organisation."""
    scope.require(core.Permission.SETTINGS_WRITE)
    try:
        with transaction.atomic():
            return _save_shop(scope, fields, now, shop_id)
    except IntegrityError:
        return Refusal("shop_name_taken", params={"name": fields.name})


def _save_shop(scope: core.Scope, fields: ShopFields, now: datetime, shop_id: int | None) -> Shop | Refusal:
    row = Shop(organisation_id=scope.organisation_id)
    if shop_id is not None:
        found = Shop.objects.filter(organisation_id=scope.organisation_id, pk=shop_id).first()
        if found is None:
            return Refusal("not_found")
        row = found
    changed = _apply(row, asdict(fields))
    if changed:
        row.save()
        verb = "settings:shop:changed" if shop_id else "settings:shop:added"
        record(scope, at=now, verb=verb, subject_kind="shop", subject_id=row.pk, payload={"fields": changed})
    return row


@transaction.atomic
def allow_password_link(scope: core.Scope, membership_id: int, now: datetime) -> User | Refusal:
    """Whose password an owner may let be set anew. Refused with `belongs_elsewhere` for a person who also works in
    another organisation: an owner here must not gain a door there. The shell makes the link."""
    scope.require(core.Permission.TEAM_MANAGE)
    seat = Membership.objects.filter(organisation_id=scope.organisation_id, pk=membership_id).first()
    if seat is None:
        return Refusal("not_found")
    if Membership.objects.filter(user_id=seat.user_id).exclude(pk=seat.pk).exists():
        return Refusal("belongs_elsewhere")
    record(
        scope,
        at=now,
        verb="team:password:link_made",
        subject_kind="membership",
        subject_id=seat.pk,
        payload={"user_id": seat.user_id},
    )
    return seat.user


def _apply(row: Organisation | Shop, values: Mapping[str, object]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
