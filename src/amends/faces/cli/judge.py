"""`amends judge`: facts in, judgement out. No database is touched."""

from __future__ import annotations

import sys
from typing import Any

import click

from amends.faces.cli import frame
from amends.faces.cli.reading_facts import read_all


def human(body: dict[str, Any]) -> str:
    """A judgement as a person reads it in a terminal."""
    lines = [f"decision: {body['decision']}" + (f"  (confidence {body['confidence']})" if body["confidence"] else "")]
    for share in body["liability"]:
        lines.append(
            f"liable:   {share['party']} {share['share']:.0%}" + (f"  [{share['rule']}]" if share["rule"] else "")
        )
    for key, value in body["outcome"].items():
        lines.append(f"outcome:  {key} = {value}  [{body['outcome_rules'].get(key, '')}]")
    for clock in body["clocks"]:
        if clock["due"]:
            lines.append(
                f"clock:    {clock['due']}  {clock['owner']:<8} {clock['name']} ({clock['state']})  [{clock['rule']}]"
            )
    for remedy in body["remedies"][:4]:
        mark = f"  due by [{remedy['statutory']}]" if remedy["statutory"] else ""
        mark += f"  not allowed by [{remedy['why_not']}]" if not remedy["allowed"] else ""
        lines.append(f"remedy:   {remedy['code']}  pays {remedy['pay']}, expected cost {remedy['cost']}{mark}")
    even = body["plan"]["break_even"]
    if even:
        lines.append(f"even at:  {even['price']}: below it {even['below']}, above it {even['above']}")
    for step in body["plan"]["steps"]:
        said = " ".join(t for t in (step["remedy"], step["pay"], ", ".join(step["get"])) if t)
        lines.append(
            f"plan:     {step['code']} {said}".rstrip() + (f"  by {step['by']} [{step['rule']}]" if step["by"] else "")
        )
    if body["contradiction"]:
        against = body["contradiction"]
        lines.append(
            f"against:  decided {against['actual']}, the rules say {against['expected']} {against['rules']}"
            + (f"; appeal by {against['appeal_due']} [{against['appeal']}]" if against["appeal_due"] else "")
        )
    for unknown in body["unknowns"]:
        moves = "; ".join(f"{m['value']} → {m['decision']}" for m in unknown["moves"])
        lines.append(f"unknown:  {unknown['fact']}: ask for {unknown['ask']['en']}" + (f"  ({moves})" if moves else ""))
    for conflict in body["conflicts"]:
        lines.append(f"conflict: {' / '.join(conflict['rules'])}")
    lines += [f"warning:  {w}" for w in body["warnings"]]
    return "\n".join(lines)


@click.command("judge")
@click.argument("file", type=click.File("rb"))
@click.option("--at", help="Judge as of this moment (ISO 8601 with zone); default: the record's known_at, else now.")
@click.pass_context
def judge_command(ctx: click.Context, file: Any, at: str | None) -> None:
    """Judge case facts from FILE (`-` for standard input): one JSON object, an array, or JSON lines."""
    from amends.judgement.judge import judge, judgement_json
    from amends.judgement.rules.load import current

    book = current()
    bodies = [judgement_json(judge(facts, book, now), book) for facts, now in read_all(file, at)]
    frame.output(ctx, bodies[0] if len(bodies) == 1 else bodies, "\n\n".join(human(b) for b in bodies))
    sys.stdout.flush()


commands: list[click.Command] = [judge_command]
