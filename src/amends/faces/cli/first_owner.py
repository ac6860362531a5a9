"""How the first person gets in: the demo sign-in, or what to type when there is nobody yet."""

from __future__ import annotations

import secrets
from datetime import datetime

from amends.base.accounts.core import Role, system_scope
from amends.base.accounts.models import Organisation, User
from amends.base.operations.home import write_private
from amends.base.settings import env
from amends.base.team import actions, links

DEMO_EMAIL = "demo@example.com"


def demo_signin(now: datetime) -> dict[str, str] | None:
    """The demo organisation's sign-in, made if need be; None without a demo or once its password was changed.

    The password is random and kept in AMENDS_HOME/keys, so that it can be printed at every start and guessed at none.
    """
    demo = Organisation.objects.filter(is_demo=True).order_by("pk").first()
    if demo is None:
        return None
    kept = env.home() / "keys" / "demo-password"
    person = User.objects.filter(email=DEMO_EMAIL).first()
    if person is None or not kept.exists():
        password = secrets.token_urlsafe(9)
        if person is None:
            person = User.objects.create_user(DEMO_EMAIL, password, name="Demo")
        else:
            actions.set_password(person, password, now=now)
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(kept, password.encode())
    if not demo.memberships.filter(user=person).exists():
        actions.add_member(system_scope(demo.pk), DEMO_EMAIL, Role.OWNER, now=now)
    password = kept.read_text()
    return {"email": DEMO_EMAIL, "password": password} if person.check_password(password) else None


def signin_text(signin: dict[str, str] | None) -> str:
    if signin is None:
        return "demo data is loaded; its sign-in was changed by someone"
    return f"demo data · sign in as {signin['email']} with the password {signin['password']}"


def advice(address: str) -> str:
    """What to do when nobody can sign in; empty when somebody can."""
    owner = User.objects.filter(memberships__isnull=False, is_active=True).order_by("pk").first()
    if owner is None:
        return 'nobody can sign in yet: run `amends organisation add "Your company" --owner you@example.com`'
    if any(user.has_usable_password() for user in User.objects.filter(memberships__isnull=False)):
        return ""
    path = links.set_password_path(owner)
    if path is None:
        return f"set a password with `amends user reset-password {owner.email}`"
    return f"{owner.email} has no password yet; set one at {address.rstrip('/')}{path}"
