"""`amends guard`: what a platform or a law forbids to say, in any language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame, texts
from amends.faces.cli.texts import Row, text_arguments


@click.group("guard")
def guard_group() -> None:
    """What may not be said to a buyer."""


@guard_group.command("check")
@text_arguments
@click.option("--language", default="", help="Skip detection.")
@click.option("--platform", default="", help="Where it is said, such as amazon; a JSON line may name its own.")
@click.option("--country", default="", help="The buyer's, such as DE; a JSON line may name its own.")
@click.option("--surface", default="draft", type=click.Choice(["draft", "template", "automation", "listing", "policy"]))
@click.pass_context
def check_text(  # noqa: PLR0917 - click hands over one argument an option
    ctx: click.Context,
    text: tuple[str, ...],
    file: Path | None,
    language: str,
    platform: str,
    country: str,
    surface: str,
) -> None:
    """Whether TEXT may be sent, and by which rule not. Exit code 1 when one text is blocked."""
    blocked: list[bool] = []

    def work(row: Row) -> dict[str, Any]:
        place = {"platform": platform, "country": country, "language": language} | {
            key: str(value) for key, value in row.extra.items() if key in ("platform", "country", "language")
        }
        data = verdict_of(row.text, surface=surface, **place)
        blocked.append(data["verdict"] == "block")
        return data

    texts.answer(ctx, texts.rows(text, file), file is not None, work, _told)
    if any(blocked):
        ctx.exit(1)


def verdict_of(text: str, *, platform: str, country: str, language: str, surface: str) -> dict[str, Any]:
    """The wire form of one check, as the API gives it."""
    from amends.judgement.guard import Context, check
    from amends.language.detect import detect

    used = language or detect(text).language
    checked = check(text, used if used != "und" else "", Context(platform, country.upper(), surface))
    return {"language": used, **checked.to_json(text)}


def _told(data: dict[str, Any]) -> str:
    lines = [f"{data['verdict'] or 'nothing found'} ({data['language']})"]
    for found in data["findings"]:
        lines.append(f"{found['verdict']:6} {found['rule']}: {found['title']['en']}  {found['phrase']!r}")
        lines.append(f"       {found['instead']['en']}")
        lines += [f"       {cite['rule'] or cite['source']}  {cite['url']}" for cite in found["cites"]]
    return "\n".join(lines)


@guard_group.command("verify")
@click.pass_context
def verify_rules(ctx: click.Context) -> None:
    """Hold every guard rule against its own examples. Exit code 1 when one does not hold."""
    from amends.judgement.guard.verify import failures

    found = failures()
    frame.output(ctx, {"failures": found}, lambda: "\n".join(found) or "every example holds")
    if found:
        ctx.exit(1)


commands: list[click.Command] = [guard_group]
