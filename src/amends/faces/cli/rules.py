"""`amends rules`: list, show and verify the rulebook; `amends schema`: the facts format."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from amends.faces.cli import frame
from amends.faces.cli.house import house_group
from amends.faces.cli.rules_compare import compare_command, diff_command, freshness_command
from amends.kernel.outcome import InputError, Problem


def _row(rule: Any) -> dict[str, Any]:
    return {
        "id": rule.id,
        "version": rule.version,
        "title": dict(rule.title),
        "layer": rule.layer.value,
        "platform": rule.defaults.get("platform")
        if not isinstance(rule.defaults.get("platform"), frozenset)
        else sorted(rule.defaults["platform"]),
        "confidence": rule.confidence.value,
        "active": rule.active,
        "source": rule.cite.source if rule.cite else None,
        "examples": len(rule.examples),
        "file": f"{rule.file}:{rule.line}",
        "hash": rule.hash,
    }


@click.group("rules")
def rules_group() -> None:
    """The rulebook: what it says, and whether it holds."""


@rules_group.command("list")
@click.option("--platform", help="Only rules of this platform.")
@click.option("--layer", help="law, platform, carrier or shop.")
@click.pass_context
def list_rules(ctx: click.Context, platform: str | None, layer: str | None) -> None:
    """Every rule, one a line."""
    from amends.judgement.rules.load import current

    rows = [
        row
        for row in map(_row, current().rules)
        if (not layer or row["layer"] == layer)
        and (
            not platform
            or row["platform"] == platform
            or (isinstance(row["platform"], list) and platform in row["platform"])
        )
    ]
    text = "\n".join(
        f"{r['id']:<22} {r['version']:<11} {r['confidence']} {r['layer']:<9} {r['title']['en']}" for r in rows
    )
    frame.output(ctx, {"rules": rows}, text or "no rule")


@rules_group.command("show")
@click.argument("rule_id")
@click.pass_context
def show_rule(ctx: click.Context, rule_id: str) -> None:
    """One rule, all its versions, as written."""
    from amends.judgement.rules.load import current

    book = current()
    versions = book.versions(rule_id)
    if not versions:
        raise InputError([Problem("unknown_rule", rule_id, {"rule": rule_id})])
    data = []
    lines = []
    for rule in versions:
        source = book.sources.get(rule.cite.source) if rule.cite else None
        data.append(_row(rule) | {"body": rule.body, "url": source.url if source else None})
        lines.append(f"{rule.id} ({rule.version}), confidence {rule.confidence.value}\n  {rule.title['en']}")
        lines.append(f"  source: {source.title}, {source.url} {source.dated}" if source else "  source: none")
        lines += [f"  example: {e.name}: {dict(e.expect)}" for e in rule.examples]
    frame.output(ctx, {"versions": data}, "\n".join(lines))


@rules_group.command("verify")
@click.option("--at", help="Day to measure the age of sources against (default: today).")
@click.option("--survivors", is_flag=True, help="Also list every slip that no example noticed.")
@click.pass_context
def verify_rules(ctx: click.Context, at: str | None, survivors: bool) -> None:
    """Run every rule's examples, and every slip against them.

    Fails on a rule without source or example, on an example that does not hold, and when too many slips (a number by
    one, a comparison or a flag turned) go unnoticed. Age is a warning.
    """
    from amends.judgement.rules.load import current
    from amends.judgement.rules.mutation import overall, score, weak
    from amends.judgement.rules.verify import stale, verify

    today = datetime.fromisoformat(at).date() if at else datetime.now(UTC).date()
    book = current()
    scores = [score(rule, book.rates) for rule in book.rules]
    where = {(rule.id, rule.version): f"{rule.file}:{rule.line}" for rule in book.rules}
    problems = [*verify(book), *weak(scores, where)]
    old = stale(book, today)
    data = {
        "rules": len(book.rules),
        "active": sum(rule.active for rule in book.rules),
        "examples": sum(len(r.examples) for r in book.rules),
        "mutants": sum(s.mutants for s in scores),
        "mutation_score": float(round(overall(scores), 4)),
        "weakest": float(round(min(s.share for s in scores), 4)),
        "hash": book.hash,
        "released": book.released.isoformat() if book.released else None,
        "stale": [{"rule": rule.id, "days": days} for rule, days in old],
        "survivors": [
            {"rule": s.rule, "version": s.version, "path": m.path, "was": m.was, "now": m.now}
            for s in scores
            for m in s.survivors
        ],
        "problems": [{"code": p.code, "where": p.where, "params": p.params} for p in problems],
    }
    summary = (
        f"{data['rules']} rules, {data['examples']} examples, {data['mutants']} slips of which "
        f"{overall(scores):.1%} noticed, {len(problems)} problems, {len(old)} sources older than 180 days"
    )
    text = [summary]
    text += [f"  {p.where} {p.params.get('rule', '')}: {p.code} {p.params.get('why', '')}" for p in problems]
    if survivors:
        text += [f"  {s.rule} {m.path}: {m.was} → {m.now}" for s in scores for m in s.survivors]
    frame.output(ctx, data, "\n".join(text))
    if problems:
        ctx.exit(1)


@click.group("schema")
def schema_group() -> None:
    """Formats for programs."""


@schema_group.command("facts")
@click.pass_context
def facts_schema(ctx: click.Context) -> None:
    """JSON Schema of the facts that `amends judge` reads."""
    from amends.judgement.rules.reference import json_schema

    frame.output(ctx, json_schema())


for command in (house_group, diff_command, compare_command, freshness_command):
    rules_group.add_command(command)

commands: list[click.Command] = [rules_group, schema_group]
