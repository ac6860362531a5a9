"""How the first person gets in: the demo sign-in, or what to type when there is nobody yet."""

from __future__ import annotations

from amends.base.accounts.models import User
from amends.base.team import links


def demo_signin() -> dict[str, str] | None:
    """The demo owner's address and password; None when somebody changed the password or removed the person."""
    from amends.flows import demo  # imports every wing, so only where a demo exists

    person = User.objects.filter(email=demo.DEMO_EMAIL, is_active=True).first()
    if person is None or not person.check_password(demo.DEMO_PASSWORD):
        return None
    return {"email": demo.DEMO_EMAIL, "password": demo.DEMO_PASSWORD}


def signin_text(signin: dict[str, str] | None) -> str:
    if signin is None:
        return "demo data is loaded; its sign-in was changed"
    return f"demo data · sign in as {signin['email']} with the password {signin['password']}"


def advice(address: str) -> str:
    """What to do when nobody can sign in; empty when somebody can."""
    people = User.objects.filter(memberships__isnull=False, is_active=True).order_by("pk").distinct()
    if not people:
        return 'nobody can sign in yet: run `amends organisation add "Your company" --owner you@example.com`'
    if any(person.has_usable_password() for person in people):
        return ""
    path = links.set_password_path(people[0])
    if path is None:
        return f"set a password with `amends user reset-password {people[0].email}`"
    return f"{people[0].email} has no password yet; set one at {address.rstrip('/')}{path}"
