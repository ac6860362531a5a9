"""`amends clocks`: every clock of an order at a moment, and what a step would change. No database is touched."""

from __future__ import annotations

from typing import Any

import click

from amends.faces.cli import frame
from amends.faces.cli.reading_facts import read_all
from amends.kernel.outcome import InputError, Problem


def _human(body: dict[str, Any]) -> str:
    lines = [f"at {body['at']}: {body['decision']}"]
    if body["decision"] != body["decision_before"]:
        lines[0] += f" (without the what-if: {body['decision_before']})"
    for clock in body["clocks"]:
        note = "  new" if clock["new"] else f"  was {clock['was']}" if clock["was"] else ""
        note += f"  provisional: {clock['provisional']}" if clock["provisional"] else ""
        lines.append(
            f"{clock['lane']:<9}{clock['due'] or '-':<27}{clock['state']:<12}{clock['owner']:<9}"
            f"{clock['name']} [{clock['rule']}]{note}"
        )
    lines += [f"gone     [{rule}]" for rule in body["gone"]]
    return "\n".join(lines)


@click.command("clocks")
@click.argument("facts", type=click.File("rb"))
@click.option("--at", help="Moment to look at (ISO 8601 with zone, or a day in UTC); default: known_at, else now.")
@click.option("--what-if", "what_ifs", multiple=True, help="A step taken at that moment; may be given several times.")
@click.pass_context
def clocks_command(ctx: click.Context, facts: Any, at: str | None, what_ifs: tuple[str, ...]) -> None:
    """All clocks of the case in FACTS (`-` for standard input): platform, bank, law and own promise."""
    from amends.judgement.judge import WHAT_IFS, simulate, simulation_json
    from amends.judgement.rules.load import current

    wrong = [code for code in what_ifs if code not in WHAT_IFS]
    if wrong:
        raise InputError([Problem("unknown_code", "--what-if", {"text": wrong[0], "nearest": ", ".join(WHAT_IFS)})])
    book = current()
    bodies = [simulation_json(simulate(record, book, now, what_ifs)) for record, now in read_all(facts, at)]
    frame.output(ctx, bodies[0] if len(bodies) == 1 else bodies, "\n\n".join(map(_human, bodies)))


commands: list[click.Command] = [clocks_command]
