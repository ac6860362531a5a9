"""`amends judge`: facts in, judgement out. No database is touched."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Problem

MAX_BYTES = 10 * 1024 * 1024


def _records(text: str) -> list[Any]:
    """One JSON object, a JSON array, or JSON lines."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        out = []
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                try:
                    out.append(json.loads(line))
                except json.JSONDecodeError as error:
                    raise InputError([Problem("not_json", f"line {number}", {"text": str(error)})]) from None
        return out
    return whole if isinstance(whole, list) else [whole]


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
        mark = "  due by law" if remedy["statutory"] else ""
        lines.append(f"remedy:   {remedy['code']}  pays {remedy['pay']}, expected cost {remedy['cost']}{mark}")
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
    from amends.judgement.rules.facts import KNOWN_AT, Bad, parse_instant, read_facts
    from amends.judgement.rules.load import current

    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError([Problem("too_large", "", {"most": f"{MAX_BYTES} bytes"})])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Problem("not_utf8", f"byte {error.start}")]) from None
    try:
        moment = parse_instant(at) if at else None
    except Bad as bad:
        raise InputError([Problem(bad.code, "--at", bad.params)]) from None
    book = current()
    bodies = []
    for index, wire in enumerate(_records(text)):
        try:
            facts = read_facts(wire)
        except InputError as error:
            prefix = f"[{index}] " if index else ""
            raise InputError([Problem(p.code, prefix + p.where, p.params) for p in error.problems]) from None
        now = moment or facts.get(KNOWN_AT) or datetime.now(UTC)
        bodies.append(judgement_json(judge(facts, book, now), book))
    if not bodies:
        raise InputError([Problem("empty")])
    frame.output(ctx, bodies[0] if len(bodies) == 1 else bodies, "\n\n".join(human(b) for b in bodies))
    sys.stdout.flush()


commands: list[click.Command] = [judge_command]
