"""`amends language`: what is understood of a text, put into another language, and how well that holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from amends.faces.cli import language_measure, language_translate, texts
from amends.faces.cli.texts import Row, text_arguments


@click.group("language")
def language_group() -> None:
    """Understand, translate and measure. Nothing leaves this machine unless an engine was agreed to."""


@language_group.command("detect")
@text_arguments
@click.option("--prior", multiple=True, help="An expected language (pt) or country (BR); repeat, strongest first.")
@click.option("--spans", is_flag=True, help="Also which part of the text is in which language.")
@click.pass_context
def detect_text(
    ctx: click.Context, text: tuple[str, ...], file: Path | None, prior: tuple[str, ...], spans: bool
) -> None:
    """Which language TEXT is in."""
    from dataclasses import asdict

    from amends.language.detect import detect
    from amends.language.detect import spans as spans_of

    def work(row: Row) -> dict[str, Any]:
        found = asdict(detect(row.text, prior))
        return found | ({"spans": [asdict(one) for one in spans_of(row.text, prior)]} if spans else {})

    texts.answer(ctx, texts.rows(text, file), file is not None, work, _detected)


def _detected(found: dict[str, Any]) -> str:
    second = f", then {found['second']}" if found["second"] else ""
    lines = [f"{found['language']} {found['variant']} ({found['probability']:.0%}, {found['method']}{second})"]
    lines += [
        f"  {one['start']}–{one['end']}  {one['language']} ({one['probability']:.0%})" for one in found.get("spans", ())
    ]
    return "\n".join(lines)


@language_group.command("understand")
@text_arguments
@click.option("--language", default=None, help="Skip detection.")
@click.option("--prior", multiple=True, help="An expected language (pt) or country (BR); repeat, strongest first.")
@click.pass_context
def understand_text(
    ctx: click.Context, text: tuple[str, ...], file: Path | None, language: str | None, prior: tuple[str, ...]
) -> None:
    """What TEXT is about, what it asks for, and why we think so."""
    from amends.language.understand import understand

    texts.answer(
        ctx, texts.rows(text, file), file is not None,
        lambda row: understand(row.text, language=language, priors=prior).to_json(), told,
    )  # fmt: skip


def told(reading: dict[str, Any]) -> str:
    """A reading as lines for people."""
    lines = [
        f"language  {reading['language']} ({reading['language_probability']:.0%})",
        f"about     {reading['leaf']} ({reading['probability']:.0%}), {reading['method']}",
        "or        " + ", ".join(f"{other['leaf']} ({other['probability']:.0%})" for other in reading["alternatives"]),
        f"tone      {reading['tone']}",
        "asks for  " + ", ".join(" ".join(filter(None, _demand_words(demand))) for demand in reading["demands"]),
        "warns of  " + ", ".join(threat["kind"] for threat in reading["threats"]),
        "orders    " + ", ".join(order["number"] for order in reading["entities"]["orders"]),
        "like      " + " | ".join(anchor["text"] for anchor in reading["nearest_anchors"]),
    ]
    return "\n".join(line for line in lines if len(line.split()) > 1)


def _demand_words(demand: dict[str, Any]) -> list[str]:
    return [demand["share"], demand["kind"], demand["amount"] or ""]


@language_group.command("gist")
@text_arguments
@click.option("--reader", default="en", type=click.Choice(["en", "zh"]), help="The agent's language.")
@click.pass_context
def gist_text(ctx: click.Context, text: tuple[str, ...], file: Path | None, reader: str) -> None:
    """What TEXT is about, in the reader's language. Not a translation."""
    from amends.language.translate.gist import gist
    from amends.language.understand import understand

    def work(row: Row) -> dict[str, Any]:
        return gist(row.text, understand(row.text), reader).to_json()

    texts.answer(ctx, texts.rows(text, file), file is not None, work, _gist)


def _gist(card: dict[str, Any]) -> str:
    near = [f"near      {one['text']} ({one['similarity']:.2f})" for one in card["nearest"]]
    return "\n".join(["NOT A TRANSLATION", told(card["reading"]), *near])


for command in (*language_translate.commands, *language_measure.commands):
    language_group.add_command(command)
commands: list[click.Command] = [language_group]
