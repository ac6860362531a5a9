"""The command line: `amends`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

import amends
from amends.faces.cli import frame

__all__ = ["cli", "main"]


@click.group(cls=frame.LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(amends.__version__, prog_name="amends")
@click.option("--json", is_flag=True, help="Print one JSON document; also accepted after the command.")
@click.option("--organisation", metavar="SLUG", default="", help="Which organisation; also accepted after the command.")
@click.pass_context
def cli(ctx: click.Context, json: bool, organisation: str) -> None:
    """Amends: the after-sales and dispute desk for sellers who sell across borders."""
    state = frame.state_of(ctx)
    state.json, state.organisation = json, organisation


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process: 0 done, 1 refused or failed, 2 wrongly asked, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(given, prog_name="amends", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        sys.exit(_report(error, as_json="--json" in given))
    except Exception as error:
        translated = _translate(error)
        if translated is None:
            raise
        sys.exit(_report(translated, as_json="--json" in given))
    sys.exit(code if isinstance(code, int) else 0)


def _report(error: click.ClickException, *, as_json: bool) -> int:
    """Say what went wrong; returns the exit code. Under `--json` standard output still holds one document."""
    if not as_json:
        error.show()
        return error.exit_code
    if isinstance(error, frame.Failure):
        document = error.document()
    else:
        code = "usage" if isinstance(error, click.UsageError) else "failed"
        document = {"error": {"code": code, "message": error.format_message(), "where": "", "params": {}}}
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
    return error.exit_code


def _translate(error: Exception) -> frame.Failure | None:
    """Errors of the house as failures with a code; anything else is a defect and keeps its traceback.

    The modules are looked up, not imported: an error cannot come from one that was never loaded.
    """
    accounts = sys.modules.get("amends.base.accounts.core")
    if accounts and isinstance(error, accounts.NotAllowed):
        return frame.Failure("not_allowed", f"this needs the permission {error.args[0]}", permission=str(error.args[0]))
    outcome = sys.modules.get("amends.kernel.outcome")
    if outcome and isinstance(error, outcome.InputError):
        first = error.problems[0]
        problems = [{"code": p.code, "where": p.where, "params": p.params} for p in error.problems]
        return frame.Failure(first.code, str(error), first.where, problems=problems)
    operations = sys.modules.get("amends.base.operations.errors")
    if operations and isinstance(error, operations.OperationError):
        return frame.Failure(error.code, str(error), error.where, **error.params)
    database = sys.modules.get("django.db")
    if database and isinstance(error, database.OperationalError):
        return frame.Failure("database", f"the database does not answer: {error}".strip(), "DATABASE_URL")
    return None
