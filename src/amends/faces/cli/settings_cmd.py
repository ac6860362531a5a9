"""`amends settings`: every setting with its value here, and the page of the documentation made from them."""

from __future__ import annotations

import os
import re

import click

from amends.base.settings import env
from amends.faces.cli import frame

_PASSWORD = re.compile(r"(?<=://)([^:@/]*):.*@")


@click.command("settings")
@click.option("--markdown", is_flag=True, help="The reference page, as in docs/reference/settings.md.")
@click.pass_context
def settings(ctx: click.Context, markdown: bool) -> None:
    """Every setting, its value here (passwords hidden), its default and its meaning."""
    if markdown:
        click.echo(reference_page(), nl=False)
        return
    rows = [
        {
            "name": s.name,
            "value": shown(s.name, env.read(s.name)),
            "given": bool(os.environ.get(s.name)),
            "default": s.default,
            "meaning": s.meaning,
        }
        for s in env.SETTINGS
    ]
    frame.output(ctx, {"settings": rows}, lambda: "\n".join(_paragraph(row) for row in rows))


def _paragraph(row: dict[str, object]) -> str:
    origin = "given" if row["given"] else "default"
    return f"{row['name']}={row['value']}  ({origin})\n    {row['meaning']}"


def shown(name: str, value: str) -> str:
    """The value without what must not be read over a shoulder."""
    if name.endswith("_KEY"):
        return "(hidden)" if value else ""
    return _PASSWORD.sub(r"\1:…@", value)


def reference_page() -> str:
    """The text of docs/reference/settings.md; a test fails when the file differs."""
    lines = [
        "# Settings",
        "",
        "Amends reads its settings from environment variables. This page is generated from",
        "`src/amends/base/settings/env.py` by `tools/docs.py`; `amends settings` prints the values in force.",
        "",
        "| name | default | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{s.name}` | {f'`{s.default}`' if s.default else '(empty)'} | {s.meaning} |" for s in env.SETTINGS]
    return "\n".join(lines) + "\n"


commands: list[click.Command] = [settings]
