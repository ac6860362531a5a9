"""`amends language matrix|test|train`: figures instead of claims."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame


@click.command("matrix")
@click.option("--write", is_flag=True, help="Also write docs/reference/languages.md.")
@click.pass_context
def matrix(ctx: click.Context, write: bool) -> None:
    """What works in each of the 69 languages, measured now (half a minute)."""
    from amends.language.measure.matrix import measured, page

    rows = measured()
    if write:
        from amends.base.settings import env

        target = env.package_dir().parents[1] / "docs" / "reference" / "languages.md"
        target.write_text(page(rows), encoding="utf-8")
    frame.output(
        ctx,
        {"languages": [asdict(row) for row in rows]},
        lambda: frame.table(
            ["language", "detect", "understand", "format", "templates", "in", "out"],
            [[row.code, *(f"{share:.2f}" for share in row.shares())] for row in rows],
        ),
    )


@click.command("train")
@click.pass_context
def train(ctx: click.Context) -> None:
    """Learn from this organisation's corrections. A model that reads worse is refused, and nothing changes."""
    from amends.language.understand.training import train as learn

    found = learn(frame.scope_from(ctx))
    if found is None:
        frame.output(ctx, {"learnt": 0, "taken": False}, "There are no corrections yet: reclassify a case to make one.")
        return
    data = {
        "learnt": found.learnt,
        "left_out": found.left_out,
        "before": found.before.leaf_accuracy,
        "after": found.after.leaf_accuracy,
        "own_before": found.own_before,
        "own_after": found.own_after,
        "taken": found.taken,
    }
    frame.output(ctx, data, lambda: _trained(data))
    if not found.taken:
        ctx.exit(1)


def _trained(data: dict[str, Any]) -> str:
    rows: list[list[object]] = [
        ["shipped evaluation split", _share(data["before"]), _share(data["after"])],
        ["own corrections left out", _share(data["own_before"]), _share(data["own_after"])],
    ]
    verdict = "taken" if data["taken"] else "refused: it reads worse, the model in use stays"
    return f"learnt from {data['learnt']} corrections\n{frame.table(['', 'before', 'after'], rows)}\n{verdict}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The shared data folder.")
@click.option("--only", multiple=True, help="Of the shared sets: tatoeba, banking77, bitext, clinc, multidogo, ntrex.")
@click.option("--misses", is_flag=True, help="Also list what was read wrongly in FILES.")
@click.pass_context
def test_figures(
    ctx: click.Context, files: tuple[Path, ...], data: Path | None, only: tuple[str, ...], misses: bool
) -> None:
    """Measure on FILES of JSON lines (`text`, `language`, `leaf`), on the shipped split, or on public --data."""
    if data is not None:
        _public(ctx, data, only)
        return
    from amends.language.understand.evaluate import evaluate, held_out, load

    try:
        report = evaluate(load(files or held_out()))
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise frame.Failure("bad_examples", f"Not JSON lines with text, language and leaf: {error!r}") from error
    except ValueError as error:
        raise frame.Failure("no_examples", str(error)) from error
    wrong = [
        {"expected": m.expected, "got": m.got, "probability": m.probability, "text": m.text} for m in report.misses
    ]
    figures = {
        "count": report.count,
        "leaf_accuracy": report.leaf_accuracy,
        "leaf_in_first_four": report.leaf_in_top,
        "macro_f1": report.macro_f1,
        "language_accuracy": report.language_accuracy,
        "calibration_gap": report.calibration_gap,
        "by_language": report.by_language,
        "misses": wrong if misses else len(wrong),
    }
    frame.output(ctx, figures, lambda: _figures(figures, wrong if misses else []))


def _public(ctx: click.Context, data: Path, only: tuple[str, ...]) -> None:
    """Long work: what is being measured is said on standard error as it goes."""
    from amends.language.measure.public import SETS, measure

    unknown = set(only) - set(SETS)
    if unknown:
        raise frame.Failure("unknown_set", f"There is no set {sorted(unknown)}; known are {', '.join(SETS)}.")
    if not data.is_dir():
        text = f"skipped: there is no folder {data}"
        frame.output(ctx, {"skipped": str(data)}, text)
        return
    found = measure(data, only or tuple(SETS), lambda line: click.echo(line, err=True))
    frame.output(
        ctx,
        {"figures": [asdict(one) for one in found]},
        lambda: "\n".join(
            f"{'ok  ' if one.held else 'MISS' if one.held is False else '    '}  {one.name}: {one.value}"
            + (f" (bar {one.bar})" if one.bar else "")
            for one in found
        ),
    )
    if any(one.held is False for one in found):
        ctx.exit(1)


def _figures(data: dict[str, Any], wrong: list[dict[str, Any]]) -> str:
    rows: list[list[object]] = [
        [name.replace("_", " "), f"{data[name]:.3f}"]
        for name in ("leaf_accuracy", "leaf_in_first_four", "macro_f1", "language_accuracy", "calibration_gap")
    ]
    rows += [[f"leaf accuracy, {code}", f"{share:.3f}"] for code, share in data["by_language"].items()]
    text = frame.table([f"{data['count']} messages", "figure"], rows)
    return "\n".join([text, *(f"{m['expected']} read as {m['got']}: {m['text']}" for m in wrong)])


commands: list[click.Command] = [matrix, train, test_figures]
