"""`amends tls`: the local certificate authority."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from amends.base.operations import addresses, certificates, home
from amends.base.settings import env
from amends.faces.cli import frame


@click.group()
def tls() -> None:
    """HTTPS for telephones and tablets: an authority of this installation's own (`amends up --tls`)."""


@tls.command("show")
@click.pass_context
def tls_show(ctx: click.Context) -> None:
    """The authority and the server certificate, with the fingerprint to compare before installing."""
    folder = env.home() / "tls"
    authority, server = certificates.authority_path(folder), folder / "server.crt"
    if not (authority.exists() and server.exists()):
        raise frame.Failure("no_authority", "there is no certificate yet: `amends up --tls` makes one", str(folder))
    _show(ctx)


@tls.command("renew")
@click.option("--authority", is_flag=True, help="Make a new authority too: every device must install it again.")
@click.pass_context
def tls_renew(ctx: click.Context, authority: bool) -> None:
    """Make a new server certificate now. It is used from the next start."""
    folder = env.home() / "tls"
    home.make(env.home())
    for name in ("server.crt", "server.key", *(("ca.crt", "ca.key") if authority else ())):
        (folder / name).unlink(missing_ok=True)
    certificates.ensure_local(folder, addresses.here(), datetime.now(UTC))
    _show(ctx)


def _show(ctx: click.Context) -> None:
    folder = env.home() / "tls"
    authority = certificates.facts_of(certificates.authority_path(folder))
    server = certificates.facts_of(folder / "server.crt")
    path = certificates.authority_path(folder)
    frame.output(
        ctx,
        {"authority": authority, "authority_file": path, "server": server},
        f"authority    {path}\n"
        f"fingerprint  {authority.fingerprint}\n"
        f"valid until  {authority.not_after.date()}\n"
        f"server       {', '.join(server.hosts)}\n"
        f"valid until  {server.not_after.date()}",
    )


commands: list[click.Command] = [tls]
