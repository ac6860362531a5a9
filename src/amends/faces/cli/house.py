"""`amends rules house`: the organisation's own rules, and numbers of shipped rules set otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, Any

import click

from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Problem, Refusal

_reason = click.option("--reason", required=True, help="Why; shown beside the rule.")
_cite = click.option("--cite", "citation", required=True, help="Where it says so: an address, or paper and clause.")


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "rule": row.rule_id,
        "kind": row.kind,
        "number": row.number,
        "path": row.path,
        "old": row.old,
        "new": row.new,
        "author": str(row.author) if row.author else None,
        "reason": row.reason,
        "citation": row.citation,
        "created_at": row.created_at,
        "withdrawn_at": row.withdrawn_at,
        "hash": row.hash,
    }


def _done(ctx: click.Context, result: Any) -> None:
    """Prints the row, or raises the refusal with the rule it rests on."""
    if isinstance(result, Refusal):
        params = dict(result.params) | {"rules": list(result.rule_ids)}
        raise InputError([Problem(result.code, " ".join(result.rule_ids), params)])
    frame.output(ctx, _row(result), f"{result.pk}  {_line(result)}")


def _line(row: Any) -> str:
    what = f"{row.path}: {row.old} → {row.new}" if row.path else "own rule"
    return f"{row.rule_id} house.{row.number}  {what}{'  withdrawn' if row.withdrawn_at else ''}"


@click.group("house")
def house_group() -> None:
    """House rules: yours, and numbers you set otherwise."""


@house_group.command("list")
@click.option("--all", "everything", is_flag=True, help="Every version, withdrawn ones too.")
@click.pass_context
def list_house(ctx: click.Context, everything: bool) -> None:
    """What is in force, one a line."""
    scope = frame.scope_from(ctx)
    from amends.judgement.policies import queries

    rows = queries.history(scope) if everything else [r for r in queries.listed(scope) if r.withdrawn_at is None]
    lapsed = {(x.house.rule_id, x.house.number): x.code for x in queries.laid_of(scope).lapsed}
    data = [_row(row) | {"lapsed": lapsed.get((row.rule_id, row.number))} for row in rows]
    lines = []
    for row in rows:
        why = lapsed.get((row.rule_id, row.number))
        lines += [
            f"{row.pk:<5} {_line(row)}{f'  lapsed: {why}' if why else ''}",
            f"      {row.reason} ({row.citation}), {row.author or 'Amends'}, {row.created_at:%Y-%m-%d}",
        ]
    book = queries.book_of(scope).hash
    frame.output(ctx, {"house_rules": data, "rulebook": book}, "\n".join(lines) or "no house rule")


@house_group.command("numbers")
@click.argument("rule_id")
@click.pass_context
def list_numbers(ctx: click.Context, rule_id: str) -> None:
    """The numbers of a shipped rule that can be set otherwise, with their paths."""
    from amends.judgement.policies.core import overridable
    from amends.judgement.rules.load import current

    versions = current().versions(rule_id)
    if not versions:
        raise InputError([Problem("unknown_rule", rule_id, {"rule": rule_id})])
    data = [
        {"rule": rule.id, "version": rule.version, "path": n.path, "value": n.amount, "unit": n.unit}
        for rule in versions
        for n in overridable(rule)
    ]
    text = "\n".join(f"{d['version']:<11} {d['path']:<40} {d['value']} {d['unit']}".rstrip() for d in data)
    frame.output(ctx, {"numbers": data}, text or "this rule has no number")


@house_group.command("add")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@_reason
@_cite
@click.pass_context
def add_house(ctx: click.Context, file: IO[str], reason: str, citation: str) -> None:
    """Read one rule from FILE (YAML, `-` for standard input). A known id makes a new version of it."""
    try:
        text = file.read()
    except UnicodeDecodeError:
        raise InputError([Problem("not_utf8", file.name)]) from None
    scope = frame.scope_from(ctx)
    from amends.flows import house_rules

    _done(ctx, house_rules.add_rule(scope, text, reason, citation, datetime.now(UTC)))


@house_group.command("override")
@click.argument("rule_id")
@click.argument("path")
@click.argument("value")
@_reason
@_cite
@click.option("--version", default="", help="Of the shipped rule; the newest if absent.")
@click.pass_context
def override_house(  # noqa: PLR0917 - click hands each option over
    ctx: click.Context, rule_id: str, path: str, value: str, reason: str, citation: str, version: str
) -> None:
    """Set one number of a shipped rule otherwise: RULE_ID, PATH of the number (see `numbers`), new VALUE."""
    scope = frame.scope_from(ctx)
    from amends.flows import house_rules

    now = datetime.now(UTC)
    _done(
        ctx,
        house_rules.override_number(
            scope, rule_id, path, value, now, reason=reason, citation=citation, version=version
        ),
    )


@house_group.command("withdraw")
@click.argument("house_id", type=int)
@click.option("--reason", default="", help="Why; kept with the row.")
@click.pass_context
def withdraw_house(ctx: click.Context, house_id: int, reason: str) -> None:
    """Let the shipped number, or no rule, hold again."""
    scope = frame.scope_from(ctx)
    from amends.flows import house_rules

    _done(ctx, house_rules.withdraw(scope, house_id, datetime.now(UTC), reason))


@house_group.command("restore")
@click.argument("house_id", type=int)
@click.pass_context
def restore_house(ctx: click.Context, house_id: int) -> None:
    """What was withdrawn, as a new version with the same words."""
    scope = frame.scope_from(ctx)
    from amends.flows import house_rules

    _done(ctx, house_rules.restore(scope, house_id, datetime.now(UTC)))
