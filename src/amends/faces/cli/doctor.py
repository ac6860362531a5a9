"""`amends doctor`: one line a check, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from amends.base.operations import home
from amends.base.settings import env
from amends.faces.cli import frame

if TYPE_CHECKING:
    from amends.base.operations.checks import Check

_MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


@click.command("doctor")
@click.pass_context
def doctor(ctx: click.Context) -> int:
    """Check the installation: each line says ok, warn or FAIL, and what to do. Exit code 1 when something fails."""
    folder = env.home()
    home.make(folder)
    frame.setup_django()
    from django.utils import timezone

    from amends.base.operations import checks
    from amends.judgement.rules import load
    from amends.judgement.rules.verify import stale
    from amends.kernel.outcome import InputError

    def rulebook() -> checks.Check:
        """The rules are above the base, so this check lives with the command."""
        try:
            book = load.current()
        except InputError as error:
            first = error.problems[0]
            found = f"{len(error.problems)} problems, the first is {first.code} at {first.where}"
            return checks.fail("rulebook", found, "mend that file; see docs/how-to/write-a-rule.md")
        except FileNotFoundError as error:
            return checks.fail("rulebook", str(error), "set AMENDS_RULEBOOK to a folder of rules, or install again")
        found = f"{len(book.rules)} rules in {load.rulebook_dir()}"
        old = stale(book, timezone.now().date())
        if old:
            oldest = max(days for _rule, days in old)
            told = f"{found}; {len(old)} of them not read at their source for up to {oldest} days"
            return checks.warn("rulebook", told, "read the sources again; see `amends rules freshness`")
        return checks.ok("rulebook", found)

    results = checks.run(folder, timezone.now(), (rulebook,))
    failed = any(check.state is checks.State.FAIL for check in results)
    frame.output(ctx, {"ok": not failed, "checks": results}, lambda: "\n".join(_line(check) for check in results))
    return 1 if failed else 0


def _line(check: Check) -> str:
    text = f"{_MARKS[check.state.value]}  {check.name:<10}  {check.found}"
    return f"{text}\n                  → {check.do}" if check.do else text


commands: list[click.Command] = [doctor]
