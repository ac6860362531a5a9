"""Texts that a command works on: words of the command line, one text on standard input, or JSON lines from a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame

LONGEST = 1_000_000  # characters of one text; what is longer is refused by its row


@dataclass(frozen=True, slots=True)
class Row:
    """`extra`: the other fields of a JSON line, given back with the answer so that rows can be told apart."""

    text: str
    extra: dict[str, Any]


def text_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """TEXT…, or `--file` of JSON lines with a `text` field (`-` reads them from standard input)."""
    command = click.option(
        "--file", "file", type=click.Path(path_type=Path, allow_dash=True), default=None,
        help="JSON lines, each with `text`; `-` is standard input. Answers are JSON lines.",
    )(command)  # fmt: skip
    return click.argument("text", nargs=-1)(command)


def rows(text: Sequence[str], file: Path | None) -> list[Row]:
    """Raises Failure `no_text`, `bad_lines` with the line's number."""
    if file is None:
        one = " ".join(text) if text else sys.stdin.read()
        if not one.strip():
            raise frame.Failure("no_text", "Give a text as argument, on standard input, or a --file of JSON lines.")
        return [Row(one[:LONGEST], {})]
    lines = sys.stdin.read() if str(file) == "-" else _read(file)
    return list(_parsed(lines))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise frame.Failure("cannot_read", str(error), where=str(file)) from error


def _parsed(lines: str) -> Iterator[Row]:
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            text = found["text"]
        except (ValueError, TypeError, KeyError) as error:
            raise frame.Failure(
                "bad_lines", f"Line {number} is not JSON with a `text`: {error!r}", where=str(number)
            ) from error
        if not isinstance(text, str) or len(text) > LONGEST:
            raise frame.Failure(
                "bad_lines", f"Line {number}: `text` must be text of at most {LONGEST} characters.", where=str(number)
            )
        yield Row(text, {key: value for key, value in found.items() if key != "text"})


def answer(
    ctx: click.Context,
    asked: Sequence[Row],
    many: bool,
    work: Callable[[Row], dict[str, Any]],
    human: Callable[[dict[str, Any]], str],
) -> None:
    """One document a row. Many rows are JSON lines whatever was asked for: a table of translations helps nobody."""
    for row in asked:
        data = work(row)
        if many:
            click.echo(json.dumps(row.extra | data, default=frame.plain, ensure_ascii=False))
        else:
            frame.output(ctx, data, partial(human, data))
