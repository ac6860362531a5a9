"""`amends import`, `amends imports`, `amends import-template`: files in, what became of them, what was rejected."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Shop
from amends.connectors.files import templates
from amends.faces.cli import frame
from amends.intake.imports import actions, queries
from amends.intake.imports.messages import sentence
from amends.intake.imports.models import ImportRun, RejectedRow
from amends.intake.imports.rejects import reject_file, reject_file_name
from amends.kernel.outcome import InputError

BAR = 30  # characters
SHOWN_REJECTS = 10


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--shop", default="", help="Name or number of the shop; without it the file's platform decides.")
@click.option("--layout", default="", help="Layout to read the file with; without it the headings decide.")
@click.option("--wait/--no-wait", default=True, help="Import now (the default), or leave it to a worker.")
@click.pass_context
def import_(ctx: click.Context, path: Path, shop: str, layout: str, wait: bool) -> None:
    """Import a file or a folder: orders, lines, payments, shipments, messages, refunds, returns, reviews, mail."""
    scope = frame.scope_from(ctx)
    now = timezone.now()
    try:
        run = actions.start(
            scope, path, name=path.resolve().name, source="cli", now=now, shop_id=_shop(scope, shop), layout=layout
        )
    except InputError as error:
        first = error.problems[0]
        raise frame.Failure(first.code, sentence(first.code, first.params), str(path), **first.params) from None
    if wait:
        run = actions.run(run.pk, now, None if frame.state_of(ctx).json else _Bar())
    else:
        actions.queue(scope, run.pk, now)
    frame.output(ctx, document(run), lambda: _report(scope, run))
    if run.state == ImportRun.State.FAILED:
        ctx.exit(1)


def _shop(scope: Scope, text: str) -> int | None:
    if not text:
        return None
    shops = Shop.objects.filter(organisation_id=scope.organisation_id)
    found = shops.filter(pk=int(text)) if text.isdecimal() else shops.filter(name=text)
    shop = found.first()
    if shop is None:
        names = ", ".join(shops.order_by("name").values_list("name", flat=True)) or "none yet"
        raise frame.Failure("shop_unknown", f"there is no shop {text!r}; there are: {names}", "--shop")
    return shop.pk


class _Bar:
    """A progress bar on standard error, and only where a person watches."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, done: int, total: int, note: str) -> None:
        if not self._shown:
            return
        share = min(1.0, done / total) if total else 1.0
        filled = round(share * BAR)
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%} {note} rows{end}")
        sys.stderr.flush()


def document(run: ImportRun) -> dict[str, Any]:
    """A run as the command line and programs see it."""
    return {
        "id": run.pk,
        "file": run.file_name,
        "sha256": run.file.sha256 if run.file else None,
        "layout": run.layout,
        "encoding": run.encoding,
        "state": run.state,
        "rows": run.rows,
        "accepted": run.accepted,
        "rejected": run.rejected,
        "unchanged": run.unchanged,
        "counts": {k: v for k, v in run.counts.items() if k not in ("members", "lookups")},
        "warnings": [w | {"message": sentence(w["code"], w["params"])} for w in run.warnings],
        "error": run.error and run.error | {"message": sentence(run.error["code"], run.error["params"])},
    }


def _report(scope: Scope, run: ImportRun) -> str:
    lines = [f"import {run.pk}: {run.file_name} {run.state}"]
    if run.layout:
        lines[0] += f", layout {run.layout}"
    if run.error:
        return "\n".join([*lines, sentence(run.error["code"], run.error["params"])])
    if run.state == ImportRun.State.NEEDS_MAPPING:
        lines.append("No layout fits. Open the imports page and map the columns, or name a layout with --layout.")
    if run.rows:
        lines.append(f"{run.rows} rows: {run.accepted} accepted ({run.unchanged} unchanged), {run.rejected} rejected")
    for table, counts in run.counts.items():
        if isinstance(counts, dict) and "created" in counts:
            lines.append(f"  {table:10} {counts['created']} new, {counts['updated']} changed, {counts['same']} same")
    lines += [f"note: {sentence(w['code'], w['params'])}" for w in run.warnings]
    if run.rejected:
        shown = queries.rejects(scope, run.pk, SHOWN_REJECTS)
        lines += [_reject_line(row) for row in shown]
        lines.append(f"amends imports rejects {run.pk} FILE writes the rejected rows to mend and import again")
    return "\n".join(lines)


def _reject_line(row: RejectedRow) -> str:
    place = f"{row.member} " if row.member else ""
    column = f", {row.column}" if row.column else ""
    return f"  {place}row {row.row}{column}: {queries.reason(row)}"


@click.group()
def imports() -> None:
    """Import runs and their rejected rows."""


@imports.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
@click.option("--before", type=int, help="Go on below this run.")
@click.pass_context
def imports_list(ctx: click.Context, limit: int, before: int | None) -> None:
    """Newest first."""
    found = queries.runs(frame.scope_from(ctx), limit, before)
    headings = ["run", "at", "file", "layout", "state", "rows", "rejected"]
    frame.output(
        ctx,
        {"runs": [document(run) for run in found]},
        lambda: frame.table(
            headings,
            [
                [r.pk, f"{r.created_at:%Y-%m-%d %H:%M}", r.file_name, r.layout, r.state, r.rows, r.rejected]
                for r in found
            ],
        ),
    )


@imports.command("show")
@click.argument("run_id", type=int)
@click.pass_context
def imports_show(ctx: click.Context, run_id: int) -> None:
    """One run, with its counts, notes and first rejected rows."""
    scope = frame.scope_from(ctx)
    run = _get(scope, run_id)
    frame.output(ctx, document(run), lambda: _report(scope, run))


def _get(scope: Scope, run_id: int) -> ImportRun:
    run = queries.get(scope, run_id)
    if run is None:
        raise frame.Failure("run_unknown", f"there is no import run {run_id} here")
    return run


@imports.command("rejects")
@click.argument("run_id", type=int)
@click.argument("target", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def imports_rejects(ctx: click.Context, run_id: int, target: Path | None) -> None:
    """Write the rejected rows as a file of the same layout; without TARGET list them."""
    scope = frame.scope_from(ctx)
    run = _get(scope, run_id)
    if target is not None:
        with target.open("wb") as stream:
            for block in reject_file(scope, run.pk):
                stream.write(block)
        written = {"file": str(target), "rows": run.rejected, "suggested_name": reject_file_name(run)}
        frame.output(ctx, written, f"{run.rejected} rows written to {target}")
        return
    rows = queries.rejects(scope, run.pk, 1000)
    data = [
        {"file": run.file_name, "member": r.member, "row": r.row, "column": r.column, "code": r.code,
         "reason": queries.reason(r), "cells": r.raw}
        for r in rows
    ]  # fmt: skip
    frame.output(ctx, {"rejects": data}, lambda: "\n".join(_reject_line(r) for r in rows) or "no row was rejected")


@imports.command("layouts")
@click.pass_context
def imports_layouts(ctx: click.Context) -> None:
    """Built-in layouts, their sources and how well they are known."""
    found = queries.list_layouts(frame.scope_from(ctx))
    data = [
        {"id": one.layout.id, "platform": one.layout.platform, "kind": one.layout.kind, "title": one.layout.title,
         "proof": one.layout.proof, "source": one.layout.source, "unproven": one.unproven}
        for one in found
    ]  # fmt: skip
    rows: list[list[object]] = [
        [d["id"], d["kind"], f"{d['proof']}{' unproven' if d['unproven'] else ''}", d["title"]] for d in data
    ]
    frame.output(ctx, {"layouts": data}, lambda: frame.table(["layout", "kind", "proof", "title"], rows))


@click.command("import-template")
@click.argument("target", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(templates.FORMATS), default="xlsx", show_default=True)
@click.option("--kind", type=click.Choice([la.kind.value for la in templates.kinds()]), help="Only this kind of row.")
@click.pass_context
def import_template(ctx: click.Context, target: Path | None, form: str, kind: str | None) -> None:
    """Write the import template; without TARGET into the current folder."""
    name, content = templates.template(form, kind or "")
    path = target or Path(name)
    path.write_bytes(content)
    frame.output(ctx, {"file": str(path)}, f"written to {path}")


commands: list[click.Command] = [import_, imports, import_template]
