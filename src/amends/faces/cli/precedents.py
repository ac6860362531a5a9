"""`amends precedents`: closed cases that are like one at hand, and remembering all of them anew."""

from __future__ import annotations

import sys
from typing import Any

import click

from amends.faces.cli import frame
from amends.faces.cli.reading_facts import read_all


@click.group("precedents")
def precedents_group() -> None:
    """Closed cases that are like one at hand."""


@precedents_group.command("similar")
@click.argument("file", type=click.File("rb"))
@click.option("-k", "count", default=5, show_default=True, type=click.IntRange(1, 20), help="How many at most.")
@click.option("--text", default="", help="The buyer's words, if there are any.")
@click.option("--at", help="Compare as of this moment (ISO 8601 with zone); default: the record's known_at, else now.")
@click.pass_context
def similar_cases(ctx: click.Context, file: Any, count: int, text: str, at: str | None) -> None:
    """Closed cases like the facts in FILE (`-` for standard input), with what is alike and what differs."""
    scope = frame.scope_from(ctx)
    from amends.faces.api.documents.similar import similar_document
    from amends.flows.precedents import similar_to_facts

    answers = [similar_to_facts(scope, facts, text, now, count) for facts, now in read_all(file, at)]
    bodies = [similar_document(answer).model_dump(mode="json") for answer in answers]
    frame.output(ctx, bodies[0] if len(bodies) == 1 else bodies, "\n\n".join(_human(body) for body in bodies))


def _human(body: dict[str, Any]) -> str:
    lines = [f"{body['searched']} closed cases of this kind"]
    for item in body["items"]:
        lines.append(f"{item['number']:<9} {item['likeness']:.0%} alike, closed {item['closed_at'][:10]}")
        lines.append("  outcome: " + _outcome(item["outcome"]))
        lines += [f"  {name + ':':<9}" + ", ".join(_feature(f) for f in item[name]) for name in _LISTS if item[name]]
    return "\n".join(lines if body["items"] else [*lines, "no closed case like this yet"])


_LISTS = ("alike", "differs", "open")


def _feature(found: dict[str, Any]) -> str:
    if found["mine"] == found["theirs"]:
        return f"{found['code']} {_plain(found['mine'])}"
    ratio = f" ({found['ratio']}×)" if found["ratio"] else ""
    return f"{found['code']} {_plain(found['mine'])} / {_plain(found['theirs'])}{ratio}"


def _plain(value: Any) -> str:
    return {True: "yes", False: "no", None: "?"}.get(value) or str(value)


def _outcome(outcome: dict[str, Any]) -> str:
    parts = [outcome["decision"], outcome["remedy"], outcome["refunded"]]
    parts += [name for name in ("refused", "escalated") if outcome[name]]
    parts += [outcome["ruled"]]
    return ", ".join(part for part in parts if part) or "nothing recorded"


@precedents_group.command("rebuild")
@click.pass_context
def rebuild_precedents(ctx: click.Context) -> None:
    """Remember every closed case of the organisation anew: after an upgrade, or for cases closed before it."""
    scope = frame.scope_from(ctx)
    from amends.flows.precedents import rebuild

    with click.progressbar(length=1, label="closed cases", file=sys.stderr) as bar:

        def progress(done: int, every: int) -> None:
            bar.length = every
            bar.update(done - bar.pos)

        done = rebuild(scope, progress)
    frame.output(
        ctx,
        {"remembered": done.remembered, "forgotten": done.forgotten},
        f"{done.remembered} remembered, {done.forgotten} forgotten",
    )


commands: list[click.Command] = [precedents_group]
