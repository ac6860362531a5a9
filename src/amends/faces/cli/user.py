"""`amends organisation` and `amends user`: who may sign in, without a browser."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from django.utils import timezone

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Membership, Organisation, User
from amends.base.operations import home
from amends.base.settings import env
from amends.base.team import actions, links, queries
from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Refusal

ROLES = click.Choice([role.value for role in Role])
_REFUSALS = {
    "already_member": "{email} is a member already: use `amends user role`",
    "last_owner": "{email} is the last owner; make somebody else an owner first",
}


@click.group()
def organisation() -> None:
    """Organisations: each sees only its own orders, cases and ledger."""
    frame.ready_database()


@organisation.command("add")
@click.argument("name")
@click.option("--slug", default="", help="Short name for `--organisation`; made from NAME when not given.")
@click.option("--owner", default="", metavar="MAIL", help="Add this person as its owner.")
@click.option("--country", default="CN", show_default=True, help="ISO 3166 code of the seller's country.")
@click.option("--time-zone", default="Asia/Shanghai", show_default=True)
@click.option("--currency", default="USD", show_default=True, help="ISO 4217 code used for limits and totals.")
@click.pass_context
def organisation_add(
    ctx: click.Context, name: str, *, slug: str, owner: str, country: str, time_zone: str, currency: str
) -> None:
    """Add an organisation, with --owner its first person."""
    now = timezone.now()
    with _problems_explained():
        made = actions.create_organisation(
            name,
            now=now,
            salt=secrets.token_hex(32),
            slug=slug,
            country=country,
            time_zone=time_zone,
            currency=currency,
        )
    data: dict[str, object] = {"slug": made.slug, "name": made.name}
    text = f"organisation {made.slug} added"
    if owner:
        with _problems_explained():
            membership = _added(actions.add_member(system_scope(made.pk), owner, Role.OWNER, now=now))
        data["owner"] = _person(membership)
        text += "\n" + _welcome(membership, data)
    frame.output(ctx, data, text)


@organisation.command("list")
@click.pass_context
def organisation_list(ctx: click.Context) -> None:
    """Every organisation of this installation."""
    rows = [
        {"slug": o.slug, "name": o.name, "demo": o.is_demo, "members": o.memberships.count()}
        for o in Organisation.objects.order_by("pk")
    ]
    frame.output(
        ctx,
        {"organisations": rows},
        lambda: frame.table(
            ["slug", "name", "members", ""],
            [[r["slug"], r["name"], r["members"], "demo data" if r["demo"] else ""] for r in rows],
        ),
    )


@click.group()
def user() -> None:
    """People and their roles in one organisation."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=ROLES, default=Role.AGENT.value, show_default=True)
@click.option("--name", default="", help="How colleagues see the person.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def user_add(ctx: click.Context, email: str, role: str, name: str, password_stdin: bool) -> None:
    """Add a person; without a password, prints a one-time link to set one."""
    password = _read_password() if password_stdin else None
    scope = frame.scope_from(ctx)
    with _problems_explained():
        membership = _added(
            actions.add_member(scope, email, Role(role), now=timezone.now(), name=name, password=password)
        )
    data: dict[str, object] = {"user": _person(membership)}
    text = f"{membership.user.email} added as {membership.role}"
    if not membership.user.has_usable_password():
        text += "\n" + _welcome(membership, data)
    frame.output(ctx, data, text)


@user.command("list")
@click.pass_context
def user_list(ctx: click.Context) -> None:
    """Who is in the organisation, with which role."""
    rows = [_person(membership) for membership in queries.members(frame.scope_from(ctx))]
    frame.output(
        ctx,
        {"users": rows},
        lambda: frame.table(["mail", "name", "role"], [[r["email"], r["name"], r["role"]] for r in rows]),
    )


@user.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
@click.pass_context
def user_role(ctx: click.Context, email: str, role: str) -> None:
    """Give a member another role."""
    scope = frame.scope_from(ctx)
    membership = _membership(scope.organisation_id, email)
    changed = _added(actions.change_role(scope, membership.pk, Role(role), now=timezone.now()))
    frame.output(ctx, {"user": _person(changed)}, f"{email} is now {role}")


@user.command("reset-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the new password from standard input.")
@click.option("--drop-second-factor", is_flag=True, help="Also remove TOTP, recovery codes and passkeys.")
@click.pass_context
def user_reset_password(ctx: click.Context, email: str, password_stdin: bool, drop_second_factor: bool) -> None:
    """Set a new password, or print one that was made; every session of the person ends."""
    person = _membership(frame.scope_from(ctx).organisation_id, email).user
    password = _read_password() if password_stdin else secrets.token_urlsafe(12)
    with _problems_explained():
        actions.set_password(person, password, now=timezone.now(), drop_second_factor=drop_second_factor)
    data: dict[str, object] = {"email": person.email}
    text = f"the password of {person.email} is changed"
    if not password_stdin:
        data["password"] = password
        text = f"the new password of {person.email}: {password}"
    frame.output(ctx, data, text)


def _person(membership: Membership) -> dict[str, object]:
    return {"email": membership.user.email, "name": membership.user.name, "role": membership.role}


def _welcome(membership: Membership, data: dict[str, object]) -> str:
    """How the new person gets in; puts the link into `data` too."""
    person: User = membership.user
    path = links.set_password_path(person)
    if path is None:
        return f"set a password with `amends user reset-password {person.email}`"
    data["set_password"] = _address().rstrip("/") + path
    return f"to set a password, open once within three days: {data['set_password']}"


def _address() -> str:
    """Where the house answers: as it runs now, else as it is set."""
    running = home.read_run(env.home()) if home.is_running(env.home()) else {}
    return str(running.get("url") or env.read("AMENDS_URL") or f"http://localhost:{env.read('AMENDS_PORT')}")


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise frame.Failure("empty", "there is no password on standard input", "password")
    return password


def _membership(organisation_id: int, email: str) -> Membership:
    found = Membership.objects.filter(organisation_id=organisation_id, user__email=email.strip().lower())
    membership = found.select_related("user").first()
    if membership is None:
        raise frame.Failure("unknown_user", f"{email} is not a member of this organisation", "email", email=email)
    return membership


_PROBLEMS = {
    "empty": "{field} must not be empty",
    "bad_slug": "a slug is lower-case letters, digits and hyphens, not {value!r}",
    "taken": "{value!r} is taken already",
    "unknown_country": "{value!r} is not a two-letter country code (ISO 3166)",
    "unknown_time_zone": "{value!r} is not a time zone such as Asia/Shanghai",
    "unknown_currency": "{value!r} is not a currency code (ISO 4217)",
    "bad_email": "{value!r} is not a mail address",
    "weak_password": "{value}",
}


@contextmanager
def _problems_explained() -> Iterator[None]:
    """Turn InputError into a sentence for each problem."""
    try:
        yield
    except InputError as error:
        sentences = [_PROBLEMS[p.code].format(field=p.where, value=p.params.get("value", "")) for p in error.problems]
        first = error.problems[0]
        problems = [{"code": p.code, "where": p.where, "params": p.params} for p in error.problems]
        raise frame.Failure(first.code, "; ".join(sentences), first.where, problems=problems) from error


def _added(result: Membership | Refusal) -> Membership:
    if isinstance(result, Refusal):
        _fail(result)
    return result


def _fail(refusal: Refusal) -> NoReturn:
    raise frame.Failure(refusal.code, _REFUSALS[refusal.code].format(**refusal.params), **refusal.params)


commands: list[click.Command] = [organisation, user]
