"""`amends rules diff`, `compare` and `freshness`: what changed, what differs, what may be out of date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Problem

SIGNS = {"add": "+ ", "del": "- ", "same": "  ", "gap": ""}


def _day(text: str | None, option: str) -> date:
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem("not_a_date", option, {"text": text[:40]})]) from None


def _lines(lines: Any) -> list[str]:
    return [f"    {SIGNS[kind]}{line}" for kind, line in lines]


@click.command("diff")
@click.argument("what")
@click.argument("versions", nargs=-1)
@click.pass_context
def diff_command(ctx: click.Context, what: str, versions: tuple[str, ...]) -> None:
    """What changed between two versions of a rule, or between another rulebook folder and this one.

    WHAT is a rule's id, followed by two of its VERSIONS (default: the last two); or a folder.
    """
    from amends.judgement.rules.compare import changes_between, diff, law_of
    from amends.judgement.rules.load import current, load_folder

    book, folder = current(), Path(what)
    if folder.is_dir():
        changes = changes_between(load_folder(folder), book)
        data: dict[str, Any] = {
            "changes": [
                {"rule": c.rule_id, "version": c.version, "kind": c.kind, "lines": [list(line) for line in c.lines]}
                for c in changes
            ]
        }
        text = [line for c in changes for line in (f"{c.rule_id} ({c.version}): {c.kind}", *_lines(c.lines))]
        frame.output(ctx, data, "\n".join(text) or "the same")
        return
    found = book.versions(what)
    if not found:
        raise InputError([Problem("unknown_rule", what, {"rule": what})])
    named = {rule.version: rule for rule in found}
    wanted = versions or tuple(rule.version for rule in found[-2:])
    missing = [v for v in wanted if v not in named]
    if missing or len(wanted) != 2:  # noqa: PLR2004 - two sides
        raise InputError([Problem("unknown_version", what, {"known": ", ".join(named)})])
    lines = diff(law_of(named[wanted[0]]), law_of(named[wanted[1]]))
    frame.output(
        ctx,
        {"rule": what, "from": wanted[0], "to": wanted[1], "lines": [list(line) for line in lines]},
        "\n".join([f"{what}: {wanted[0]} → {wanted[1]}", *_lines(lines)]),
    )


@click.command("compare")
@click.argument("left")
@click.argument("right")
@click.option("--at", help="Rules in force for what begins on this day (default: today).")
@click.option("--all", "everything", is_flag=True, help="Also what both sides say alike.")
@click.pass_context
def compare_command(ctx: click.Context, left: str, right: str, at: str | None, everything: bool) -> None:
    """Two platforms (`ebay amazon`) or the law of two countries (`DE FR`) side by side."""
    from amends.judgement.rules.compare import compare, sides_of
    from amends.judgement.rules.load import current

    book, on = current(), _day(at, "--at")
    platforms, countries = sides_of(book)
    for name in (left, right):
        if name not in (*platforms, *countries):
            known = ", ".join((*platforms, *countries))
            raise InputError([Problem("unknown_code", name, {"text": name, "nearest": known})])
    lines = [line for line in compare(book, left, right, on) if everything or line.differs]
    rows = [
        {
            "about": line.subject.about,
            "what": line.subject.what,
            "whose": line.subject.whose,
            left: [{"rule": s.rule.id, "version": s.rule.version, "says": s.says} for s in line.left],
            right: [{"rule": s.rule.id, "version": s.rule.version, "says": s.says} for s in line.right],
        }
        for line in lines
    ]
    text = []
    for line in lines:
        text.append(f"{line.subject.about} {line.subject.what} ({line.subject.whose})")
        for name, said in ((left, line.left), (right, line.right)):
            text.append(f"  {name:<12}" + ("; ".join(f"{s.says} [{s.rule.id}]" for s in said) or "–"))
    frame.output(ctx, {"at": on.isoformat(), "rows": rows}, "\n".join(text) or "nothing differs")


@click.command("freshness")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--since", required=True, help="First day to look at, such as 2026-06-01.")
@click.pass_context
def freshness_command(ctx: click.Context, folder: Path, since: str) -> None:
    """Which watched policy texts changed, and which rules cite them.

    FOLDER is a git history with one dated document a file, `Service/Document.md`, as Open Terms Archive publishes
    them. Nothing is fetched: bring the history up to date first.
    """
    from amends.judgement.rules.freshness import changes_since, touched
    from amends.judgement.rules.load import current

    found = touched(current(), changes_since(folder, _day(since, "--since")))
    data = {
        "since": since,
        "documents": [
            {
                "document": t.document,
                "changes": [{"at": c.at.isoformat(), "commit": c.commit} for c in t.changes],
                "sources": list(t.sources),
                "to_check": [{"rule": r.id, "version": r.version, "file": f"{r.file}:{r.line}"} for r in t.rules],
                "checked_since": [{"rule": r.id, "version": r.version} for r in t.checked],
            }
            for t in found
        ],
    }
    text = []
    for t in found:
        text.append(f"{t.document}: {len(t.changes)} change(s), the last {t.changes[0].at:%Y-%m-%d}")
        if t.rules:
            text.append("  to check: " + ", ".join(f"{r.id} ({r.version})" for r in t.rules))
        if t.checked:
            text.append("  read since: " + ", ".join(r.id for r in t.checked))
        if not t.sources:
            text.append("  no rule cites it")
    frame.output(ctx, data, "\n".join(text) or f"no document changed since {since}")
