"""`amends demo`: the labelled demo organisation, in and out in one step."""

from __future__ import annotations

import click
from django.utils import timezone

from amends.faces.cli import first_owner, frame
from amends.flows import demo as flow


@click.group()
def demo() -> None:
    """The demo organisation: invented shops, orders and cases, relative to today."""


@demo.command("load")
@click.pass_context
def demo_load(ctx: click.Context) -> None:
    """Load it, unless it is there, and print how to sign in."""
    flow.load(timezone.now())
    signin = first_owner.demo_signin()
    frame.output(ctx, {"demo": "loaded", "signin": signin}, first_owner.signin_text(signin))


@demo.command("remove")
@click.pass_context
def demo_remove(ctx: click.Context) -> None:
    """Clear it: shops, orders, cases, ledger and its people. Nothing else is touched."""
    if flow.remove(timezone.now()):
        frame.output(ctx, {"demo": "removed"}, "the demo organisation is removed")
    else:
        frame.output(ctx, {"demo": "absent"}, "there is no demo organisation")


commands: list[click.Command] = [demo]
