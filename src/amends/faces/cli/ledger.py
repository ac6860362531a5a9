"""`amends ledger`: check the hash chain, show its head, export it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import click

from amends.base.accounts.core import system_scope
from amends.base.accounts.models import Organisation
from amends.base.ledger import queries
from amends.faces.cli import frame

_REASONS = {
    "content": "entry {seq} was changed after it was written",
    "link": "entry {seq} does not follow the entry before it",
    "gap": "entry {seq} is missing",
}


@click.group()
def ledger() -> None:
    """The memory of the house: one hash-chained entry an action."""


@ledger.command("verify")
@click.pass_context
def ledger_verify(ctx: click.Context) -> None:
    """Recompute every hash; without --organisation, of all organisations. Names the first entry that does not hold."""
    results, broken = [], []
    for organisation in _organisations(ctx):
        scope = system_scope(organisation.pk)
        found = queries.verify(scope)
        seq, digest = queries.head(scope)
        results.append({"organisation": organisation.slug, "entries": seq, "head": digest, "holds": found is None})
        if found is not None:
            broken.append({"organisation": organisation.slug, "seq": found.seq, "reason": found.reason})
    if broken:
        first = broken[0]
        message = f"{first['organisation']}: " + _REASONS[str(first["reason"])].format(seq=first["seq"])
        raise frame.Failure("ledger_broken", message, f"{first['organisation']}/{first['seq']}", broken=broken)
    frame.output(
        ctx,
        {"ledgers": results},
        lambda: (
            "\n".join(f"{r['organisation']}: {r['entries']} entries hold, head {r['head']}" for r in results)
            or "there is no organisation, so there is nothing to check"
        ),
    )


@ledger.command("head")
@click.pass_context
def ledger_head(ctx: click.Context) -> None:
    """The newest entry's number and hash: write it down elsewhere, and nobody can rewrite the past unseen."""
    rows = []
    for organisation in _organisations(ctx):
        seq, digest = queries.head(system_scope(organisation.pk))
        rows.append({"organisation": organisation.slug, "seq": seq, "hash": digest})
    frame.output(
        ctx,
        {"heads": rows},
        lambda: frame.table(["organisation", "seq", "hash"], [[r["organisation"], r["seq"], r["hash"]] for r in rows]),
    )


@ledger.command("export")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="File; default standard output.")
@click.pass_context
def ledger_export(ctx: click.Context, target: Path | None) -> None:
    """One JSON line an entry, oldest first, with the hashes that let anybody check the chain again."""
    scope = frame.scope_from(ctx)
    if target is None:
        for line in _lines(scope.organisation_id):
            click.echo(line, nl=False)
        return
    digest, count = hashlib.sha256(), 0
    with target.open("w", encoding="utf-8") as handle:
        for line in _lines(scope.organisation_id):
            handle.write(line)
            digest.update(line.encode())
            count += 1
    data = {"file": target, "entries": count, "sha256": digest.hexdigest()}
    frame.output(ctx, data, f"{count} entries written to {target} (sha256 {data['sha256']})")


def _organisations(ctx: click.Context) -> list[Organisation]:
    if frame.state_of(ctx).organisation:
        return [frame.organisation_from(ctx)]
    return list(Organisation.objects.order_by("pk"))


def _lines(organisation_id: int) -> Iterator[str]:
    for entry in queries.entries(system_scope(organisation_id)).order_by("seq").iterator(chunk_size=2000):
        fields = {
            "organisation_id": entry.organisation_id,
            "seq": entry.seq,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor_kind": entry.actor_kind,
            "actor_id": entry.actor_id,
            "verb": entry.verb,
            "subject_kind": entry.subject_kind,
            "subject_id": entry.subject_id,
            "payload": entry.payload,
            "prev_hash": entry.prev_hash,
            "hash": entry.hash,
        }
        yield json.dumps(fields, ensure_ascii=False, sort_keys=True) + "\n"


commands: list[click.Command] = [ledger]
