"""The verbs of organisations, members and API tokens. Secrets (salts, tokens) come from the caller."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from amends.base.accounts.core import TOKEN_PREFIX, Permission, Role, Scope, system_scope, token_digest
from amends.base.accounts.models import ApiToken, Membership, Organisation, User
from amends.base.ledger.actions import record
from amends.base.team import queries
from amends.kernel import countries
from amends.kernel.money import currency_codes
from amends.kernel.outcome import InputError, Problem, Refusal


@transaction.atomic
def create_organisation(  # noqa: PLR0913 - one argument a column
    name: str,
    *,
    now: datetime,
    salt: str,
    slug: str = "",
    is_demo: bool = False,
    country: str = "CN",
    time_zone: str = "Asia/Shanghai",
    currency: str = "USD",
) -> Organisation:
    """Make an organisation. Raises InputError naming every field that is wrong.

    `slug` is what `--organisation` takes; without it one is made from the name (`org-N` for a Chinese name).
    """
    wanted = slug or slugify(name) or f"org-{Organisation.objects.count() + 1}"
    problems = _organisation_problems(name, wanted, country, time_zone, currency)
    if problems:
        raise InputError(problems)
    made = Organisation.objects.create(
        name=name.strip(),
        slug=wanted,
        digest_salt=salt,
        is_demo=is_demo,
        country=country,
        time_zone=time_zone,
        currency=currency,
    )
    record(
        system_scope(made.pk),
        at=now,
        verb="team:organisation:created",
        subject_kind="organisation",
        subject_id=made.pk,
        payload={"demo": is_demo},
    )
    return made


@transaction.atomic
def add_member(
    scope: Scope, email: str, role: Role, *, now: datetime, name: str = "", password: str | None = None
) -> Membership | Refusal:
    """Give a person a role; a person known from another organisation keeps the one account and its password.

    Without a password the new account cannot sign in until one is set through a reset link. Raises InputError.
    """
    scope.require(Permission.TEAM_MANAGE)
    address = _checked_address(email)
    user = User.objects.filter(email=address).first()
    if user is None:
        if password is not None:
            check_password_strength(password)
        user = User.objects.create_user(address, password, name=name)
    if Membership.objects.filter(organisation_id=scope.organisation_id, user=user).exists():
        return Refusal("already_member", params={"email": address})
    membership = Membership.objects.create(organisation_id=scope.organisation_id, user=user, role=role.value)
    _record(scope, now, "team:member:added", membership, {"role": role.value})
    return membership


@transaction.atomic
def change_role(scope: Scope, membership_id: int, role: Role, *, now: datetime) -> Membership | Refusal:
    """Raises Membership.DoesNotExist for a membership of another organisation."""
    scope.require(Permission.TEAM_MANAGE)
    membership = _locked(scope, membership_id)
    if membership.role == role.value:
        return membership
    if _is_last_owner(scope, membership):
        return Refusal("last_owner", params={"email": membership.user.email})
    before, membership.role = membership.role, role.value
    membership.save(update_fields=["role"])
    _record(scope, now, "team:member:role_changed", membership, {"from": before, "to": role.value})
    return membership


@transaction.atomic
def remove_member(scope: Scope, membership_id: int, *, now: datetime) -> Refusal | None:
    """Take a person out of the organisation. The account stays: history names it, and it may work elsewhere."""
    scope.require(Permission.TEAM_MANAGE)
    membership = _locked(scope, membership_id)
    if _is_last_owner(scope, membership):
        return Refusal("last_owner", params={"email": membership.user.email})
    _record(scope, now, "team:member:removed", membership, {"role": membership.role})
    membership.delete()
    return None


@transaction.atomic
def set_password(user: User, password: str, *, now: datetime, drop_second_factor: bool = False) -> None:
    """Set a person's password, which also ends every session. Recorded in each organisation of the person.

    `drop_second_factor` removes TOTP, recovery codes and passkeys, for someone who lost them. Raises InputError.
    """
    check_password_strength(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    if drop_second_factor:
        user.authenticator_set.all().delete()  # type: ignore[attr-defined]  # reverse side of allauth.mfa's key
    for membership in user.memberships.all():
        own = system_scope(membership.organisation_id)
        _record(own, now, "team:password:reset", membership, {"second_factor_dropped": drop_second_factor})


@transaction.atomic
def issue_token(
    scope: Scope,
    name: str,
    scopes: Collection[Permission],
    *,
    now: datetime,
    token: str,
    expires_at: datetime | None = None,
) -> ApiToken:
    """Keep the digest of `token` (made by the caller as `amk_` + 32 random characters, shown once, never stored).

    A token never has a right its maker lacks: raises NotAllowed. Raises InputError for an unmarked or empty one.
    """
    scope.require(Permission.TEAM_MANAGE)
    for permission in scopes:
        scope.require(permission)
    problems = [Problem("empty", "scopes")] if not scopes else []
    if not name.strip():
        problems.append(Problem("empty", "name"))
    if not token.startswith(TOKEN_PREFIX) or len(token) < len(TOKEN_PREFIX) + 32:
        problems.append(Problem("weak_token", "token"))
    if problems:
        raise InputError(problems)
    row = ApiToken.objects.create(
        organisation_id=scope.organisation_id,
        made_by_id=scope.actor_id,
        name=name.strip(),
        digest=token_digest(token, settings.SECRET_KEY),
        hint=token[:8],
        scopes=sorted(p.value for p in scopes),
        expires_at=expires_at,
    )
    payload = {"scopes": row.scopes, "expires_at": expires_at.isoformat() if expires_at else None}
    record(scope, at=now, verb="team:token:issued", subject_kind="token", subject_id=row.pk, payload=payload)
    return row


@transaction.atomic
def revoke_token(scope: Scope, token_id: int, *, now: datetime) -> ApiToken:
    """From now on the token opens nothing. Raises ApiToken.DoesNotExist for one of another organisation."""
    scope.require(Permission.TEAM_MANAGE)
    row = ApiToken.objects.select_for_update().get(organisation_id=scope.organisation_id, pk=token_id)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        record(scope, at=now, verb="team:token:revoked", subject_kind="token", subject_id=row.pk)
    return row


def _organisation_problems(name: str, slug: str, country: str, time_zone: str, currency: str) -> list[Problem]:
    wrong = (
        (not name.strip(), "empty", "name", name),
        (slugify(slug) != slug, "bad_slug", "slug", slug),
        (Organisation.objects.filter(slug=slug).exists(), "taken", "slug", slug),
        (not countries.is_country(country), "unknown_country", "country", country),
        (time_zone not in available_timezones(), "unknown_time_zone", "time_zone", time_zone),
        (currency not in currency_codes(), "unknown_currency", "currency", currency),
    )
    return [Problem(code, field, {"value": value}) for is_wrong, code, field, value in wrong if is_wrong]


def check_password_strength(password: str, user: User | None = None) -> None:
    """Raises InputError with the validators' own words."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError([Problem("weak_password", "password", {"value": " ".join(error.messages)})]) from None


def _checked_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise InputError([Problem("bad_email", "email", {"value": email})]) from None
    return address


def _locked(scope: Scope, membership_id: int) -> Membership:
    """The organisation's owners are locked with it, so that two owners cannot demote each other at once."""
    list(
        Membership.objects.select_for_update()
        .filter(organisation_id=scope.organisation_id, role=Role.OWNER.value)
        .order_by("pk")
    )
    return (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(organisation_id=scope.organisation_id, pk=membership_id)
    )


def _is_last_owner(scope: Scope, membership: Membership) -> bool:
    return membership.role == Role.OWNER.value and membership.user.is_active and queries.owners(scope) == 1


def _record(scope: Scope, now: datetime, verb: str, membership: Membership, payload: dict[str, object]) -> None:
    full = {"user_id": membership.user_id, **payload}
    record(scope, at=now, verb=verb, subject_kind="membership", subject_id=membership.pk, payload=full)
