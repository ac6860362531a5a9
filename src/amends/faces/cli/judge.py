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
    lines += [
        f"liable:   {s['party']} {s['share']:.0%}" + (f"  [{s['rule']}]" if s["rule"] else "")
        for s in body["liability"]
    ]
    lines += [f"outcome:  {k} = {v}  [{body['outcome_rules'].get(k, '')}]" for k, v in body["outcome"].items()]
    lines += [
        f"clock:    {c['due']}  {c['owner']:<8} {c['name']} ({c['state']})  [{c['rule']}]"
        for c in body["clocks"]
        if c["due"]
    ]
    lines += [_remedy(r) for r in body["remedies"]]
    lines += _plan(body["plan"])
    lines += _against(body["contradiction"])
    lines += [_unknown(u) for u in body["unknowns"]]
    lines += [f"conflict: {' / '.join(c['rules'])} ({' / '.join(c['decisions'])})" for c in body["conflicts"]]
    lines += [
        f"cites:    {c['rule']} ({c['version']}, {c['confidence']}, {c['role']}): {c['title'].get('en', '')}"
        for c in body["citations"]
    ]
    lines += [f"warning:  {w}" for w in body["warnings"]]
    return "\n".join(lines)


def _remedy(remedy: dict[str, Any]) -> str:
    mark = f"  due by [{remedy['statutory']}]" if remedy["statutory"] else ""
    mark += f"  not allowed by [{remedy['why_not']}]" if not remedy["allowed"] else ""
    basis = f"{remedy['basis']}, n = {remedy['n']}" if remedy["n"] else remedy["basis"]
    return f"remedy:   {remedy['code']}  pays {remedy['pay']}, expected cost {remedy['cost']} ({basis}){mark}"


def _plan(plan: dict[str, Any]) -> list[str]:
    lines = []
    even = plan["break_even"]
    if even:
        lines.append(f"even at:  {even['price']}: below it {even['below']}, above it {even['above']}")
    if plan["contest_below"]:
        lines.append(f"contest:  cheaper while losing is less likely than {plan['contest_below']}")
    for step in plan["steps"]:
        said = " ".join(text for text in (step["remedy"], step["pay"], ", ".join(step["get"])) if text)
        until = f"  by {step['by']} [{step['rule']}]" if step["by"] else ""
        lines.append(f"plan:     {step['code']} {said}".rstrip() + until)
    return lines


def _against(found: dict[str, Any] | None) -> list[str]:
    if not found:
        return []
    appeal = f"; appeal by {found['appeal_due']} [{found['appeal']}]" if found["appeal_due"] else ""
    return [f"against:  {found['actual']}, but the rules say {found['expected']} {found['rules']}{appeal}"]


def _unknown(unknown: dict[str, Any]) -> str:
    moves = "; ".join(f"{m['value']} → {m['decision']}" for m in unknown["moves"])
    return f"unknown:  {unknown['fact']}: ask for {unknown['ask']['en']}" + (f"  ({moves})" if moves else "")


@click.command("judge")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--at", help="Judge as of this moment (ISO 8601 with zone, or a day in UTC); default: known_at, else now."
)
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
