"""`amends backup`, `amends restore` and `amends upgrade`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from amends.base.operations import home
from amends.base.settings import env
from amends.faces.cli import frame


@click.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path | None) -> None:
    """Write one .tar.gz with database, files and keys, while Amends may be running.

    Without FILE it lands in AMENDS_HOME/backups. It holds the signing key and buyers' data: keep it safe.
    """
    folder = env.home()
    home.make(folder)
    frame.setup_django()
    from django.utils import timezone

    from amends.base.operations import backup as operation

    now = timezone.now()
    target = (file or operation.default_path(folder, now)).absolute()
    if target.exists():
        raise frame.Failure("exists", f"{target} exists already", str(target))
    done = operation.backup(folder, target, now)
    text = f"{done.path}: {done.size / 1e6:.1f} MB, {done.rows} rows, {done.files} files"
    frame.output(ctx, done, text)


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Restore here; default AMENDS_HOME.")
@click.option("--force", is_flag=True, help="Set aside what is there already.")
@click.pass_context
def restore(ctx: click.Context, file: Path, into: Path | None, force: bool) -> None:
    """Check FILE as a whole, then put it in place. Amends must be stopped."""
    if into is not None:
        os.environ["AMENDS_HOME"] = str(into.absolute())
    folder = env.home()
    home.make(folder)
    # A signing key must not be made here by reading the settings: the backup brings its own.
    os.environ.setdefault("AMENDS_SECRET_KEY", "only-while-restoring")
    frame.setup_django()
    from django.utils import timezone

    from amends.base.operations import restore as operation

    done = operation.restore(file.absolute(), folder, timezone.now(), force=force)
    lines = [f"restored {done.rows} rows of {done.made_at} (version {done.version}) into {done.folder}"]
    lines += [f"ledger head of {slug}: {head}" for slug, head in done.heads.items()]
    if done.set_aside:
        lines.append(f"what was there before is in {done.set_aside}")
    frame.output(ctx, done, "\n".join(lines))


@click.command("upgrade")
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Back up, then bring the database up to the installed code; undo everything when a step fails."""
    folder = env.home()
    home.make(folder)
    frame.setup_django()
    from django.utils import timezone

    from amends.base.operations import upgrade as operation

    done = operation.run(folder, timezone.now())
    if not done.applied:
        frame.output(ctx, done, "the database is up to date; nothing was done")
    else:
        frame.output(ctx, done, f"{len(done.applied)} steps applied; the backup is {done.backup}")


commands: list[click.Command] = [backup, restore, upgrade]
