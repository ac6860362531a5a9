"""`amends language`: what is understood of a text, and how well that holds on texts with known answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame


def _text(words: tuple[str, ...]) -> str:
    """The arguments joined, or standard input when there are none."""
    text = " ".join(words) if words else sys.stdin.read()
    if not text.strip():
        raise frame.Failure("no_text", "Give a text as argument or on standard input.")
    return text


@click.group("language")
def language_group() -> None:
    """Detect and understand text."""


@language_group.command("detect")
@click.argument("text", nargs=-1)
@click.option("--prior", multiple=True, help="An expected language (pt) or country (BR); repeat, strongest first.")
@click.pass_context
def detect_text(ctx: click.Context, text: tuple[str, ...], prior: tuple[str, ...]) -> None:
    """Which language TEXT is in."""
    from amends.language.detect import detect

    found = detect(_text(text), prior)
    second = f", then {found.second}" if found.second else ""
    frame.output(ctx, found, f"{found.language} {found.variant} ({found.probability:.0%}, {found.method}{second})")


@language_group.command("understand")
@click.argument("text", nargs=-1)
@click.option("--language", default=None, help="Skip detection.")
@click.option("--prior", multiple=True, help="An expected language (pt) or country (BR); repeat, strongest first.")
@click.pass_context
def understand_text(ctx: click.Context, text: tuple[str, ...], language: str | None, prior: tuple[str, ...]) -> None:
    """What TEXT is about, what it asks for, and why we think so."""
    from amends.language.understand import understand

    reading = understand(_text(text), language=language, priors=prior).to_json()
    frame.output(ctx, reading, lambda: _told(reading))


def _told(reading: dict[str, Any]) -> str:
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


@language_group.command("test")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses", is_flag=True, help="Also list what was read wrongly.")
@click.pass_context
def test_figures(ctx: click.Context, files: tuple[Path, ...], misses: bool) -> None:
    """Measure on FILES of JSON lines, each with `text`, `language` and `leaf`."""
    from amends.language.understand.evaluate import evaluate, load

    try:
        report = evaluate(load(files))
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise frame.Failure("bad_examples", f"Not JSON lines with text, language and leaf: {error!r}") from error
    except ValueError as error:
        raise frame.Failure("no_examples", str(error)) from error
    wrong = [
        {"expected": m.expected, "got": m.got, "probability": m.probability, "text": m.text} for m in report.misses
    ]
    data = {
        "count": report.count,
        "leaf_accuracy": report.leaf_accuracy,
        "leaf_in_first_four": report.leaf_in_top,
        "macro_f1": report.macro_f1,
        "language_accuracy": report.language_accuracy,
        "calibration_gap": report.calibration_gap,
        "by_language": report.by_language,
        "misses": wrong if misses else len(wrong),
    }
    frame.output(ctx, data, lambda: _figures(data, wrong if misses else []))


def _figures(data: dict[str, Any], wrong: list[dict[str, Any]]) -> str:
    rows: list[list[object]] = [
        [name.replace("_", " "), f"{data[name]:.3f}"]
        for name in ("leaf_accuracy", "leaf_in_first_four", "macro_f1", "language_accuracy", "calibration_gap")
    ]
    rows += [[f"leaf accuracy, {code}", f"{share:.3f}"] for code, share in data["by_language"].items()]
    text = frame.table([f"{data['count']} messages", "figure"], rows)
    return "\n".join([text, *(f"{m['expected']} read as {m['got']}: {m['text']}" for m in wrong)])


commands: list[click.Command] = [language_group]
