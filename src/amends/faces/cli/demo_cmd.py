"""`amends demo`: the labelled demo organisation, in and out in one step."""

from __future__ import annotations

import importlib
from types import ModuleType

import click
from django.utils import timezone

from amends.base.accounts.models import Organisation
from amends.faces.cli import frame


@click.group()
def demo() -> None:
    """The demo organisation: invented shops, orders and cases, relative to today."""


@demo.command("load")
@click.pass_context
def demo_load(ctx: click.Context) -> None:
    """Load it, and print how to sign in."""
    from amends.faces.cli import first_owner

    _flow().load(timezone.now())
    signin = first_owner.demo_signin(timezone.now())
    frame.output(ctx, {"demo": "loaded", "signin": signin}, first_owner.signin_text(signin))


@demo.command("remove")
@click.pass_context
def demo_remove(ctx: click.Context) -> None:
    """Clear it: shops, orders, cases, ledger and its sign-in. Nothing else is touched."""
    if not Organisation.objects.filter(is_demo=True).exists():
        frame.output(ctx, {"demo": "absent"}, "there is no demo organisation")
        return
    _flow().remove(timezone.now())
    frame.output(ctx, {"demo": "removed"}, "the demo organisation is removed")


def _flow() -> ModuleType:
    """`amends.flows.demo` builds a whole organisation; loaded only when asked for, as it imports every wing."""
    return importlib.import_module("amends.flows.demo")


commands: list[click.Command] = [demo]
