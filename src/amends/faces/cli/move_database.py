"""`amends move-database URL`."""

from __future__ import annotations

import click

from amends.base.operations import home
from amends.base.settings import env
from amends.faces.cli import frame


@click.command("move-database")
@click.argument("url")
@click.pass_context
def move_database(ctx: click.Context, url: str) -> None:
    """Copy everything from SQLite into an empty PostgreSQL, and compare.

    URL is postgres://user:password@host:port/name. Amends must be stopped; the SQLite file stays as it is.
    """
    folder = env.home()
    home.make(folder)
    frame.setup_django()
    from amends.base.operations import move, prepare

    with home.stopped(folder):
        if prepare.pending_migrations():
            raise frame.Failure("migrations_pending", "run `amends upgrade` first", "migrations")
        moved = move.move(url, lambda table, rows: click.echo(f"{table}: {rows}", err=True))
    rows = sum(moved.tables.values())
    text = [f"{rows} rows in {len(moved.tables)} tables copied and compared; every ledger entry holds"]
    text += [f"ledger head of {slug}: {head}" for slug, head in moved.heads.items()]
    text.append("set DATABASE_URL to this address from now on; the SQLite file is untouched")
    frame.output(ctx, moved, "\n".join(text))


commands: list[click.Command] = [move_database]
