"""`amends language translate|add`: engines of this machine, and services the organisation agreed to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame, texts
from amends.faces.cli.texts import Row, text_arguments


@click.command("translate")
@text_arguments
@click.option("--to", "target", required=True, help="The language wanted, such as en.")
@click.option("--from", "source", default="", help="The language it is in; detected where absent.")
@click.pass_context
def translate_text(ctx: click.Context, text: tuple[str, ...], file: Path | None, target: str, source: str) -> None:
    """TEXT in another language, by memory, a local engine or a service agreed to. Exit code 1 where nothing serves."""
    from amends.language.translate.wire import rendering_of

    scope = frame.scope_from(ctx)
    unserved: list[bool] = []

    def work(row: Row) -> dict[str, Any]:
        data = rendering_of(scope, row.text, source, target, datetime.now(UTC))
        unserved.append(data["kind"] == "gist")
        return data

    texts.answer(ctx, texts.rows(text, file), file is not None, work, _told)
    if any(unserved):
        ctx.exit(1)


def _told(data: dict[str, Any]) -> str:
    if data["kind"] == "gist":
        near = [f"near      {one['text']}" for one in data["nearest"]]
        return "\n".join(
            [f"no engine serves {data['source']} to {data['target']}; the gist, NOT A TRANSLATION:", *near]
        )
    if data["kind"] == "same":
        return f"it is in {data['source']} already"
    made = " → ".join(f"{leg['engine']} ({leg['source']}–{leg['target']})" for leg in data["engines"]) or "memory"
    wrong = [f"warning   {one['code']} {one['detail']}" for one in data["violations"]]
    return "\n".join([data["text"], f"by        {made}", *wrong])


@click.command("add")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.pass_context
def add_model(ctx: click.Context, path: Path) -> None:
    """Bring in Mozilla models or a CTranslate2 folder: PATH is a folder or a ZIP. Each file is pinned by its sha256."""
    from amends.base.settings import env
    from amends.language.translate.store import BadModel, add

    try:
        found = add(path, env.home())
    except BadModel as error:
        raise frame.Failure("bad_model", str(error), where=str(path)) from error
    rows = [
        {"id": m.id, "engine": m.engine, "pairs": [list(p) for p in m.pairs], "sha256": m.sha256,
         "non_commercial": m.non_commercial}
        for m in found
    ]  # fmt: skip

    def told() -> str:
        lines = [f"{row['id']}  {row['sha256']}" for row in rows]
        lines += [f"{row['id']}: its licence forbids commercial use" for row in rows if row["non_commercial"]]
        return "\n".join(lines)

    frame.output(ctx, {"added": rows}, told)


@click.command("engines")
@click.pass_context
def list_engines(ctx: click.Context) -> None:
    """Local engines with their directions and models."""
    from amends.language.translate.local import shown

    rows = shown()
    frame.output(
        ctx,
        {"engines": [asdict(row) for row in rows]},
        lambda: (
            frame.table(["engine", "directions", "model"], [[r.engine, r.directions, r.model[:16]] for r in rows])
            if rows
            else "no engine is installed: see docs/how-to/translate.md"
        ),
    )


commands: list[click.Command] = [translate_text, add_model, list_engines]
