"""Run every benchmark of `bench/` and print a table with the ratio to each bar. Exit code 1 when a bar is missed.

A benchmark is a file with `run(report)`; it calls `report.add(name, value, unit, bar=…, at_most=…)` for each figure.
`make bench ARGS="jobs imports"` runs only those named.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` above 1 is better than the bar, whichever way the bar points."""

    name: str
    value: float
    unit: str
    bar: float | None
    at_most: bool

    @property
    def ratio(self) -> float | None:
        if self.bar is None or not self.value:
            return None
        return self.bar / self.value if self.at_most else self.value / self.bar


class Table:
    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        """Print the figure as soon as it is known."""
        figure = Figure(name, value, unit, bar, at_most)
        self.figures.append(figure)
        wanted = "" if bar is None else f"{'≤' if at_most else '≥'} {bar:,.6g}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}×{'' if figure.ratio >= 1 else '  MISSED'}"
        print(f"{name:<58} {value:>14,.6g} {unit:<6} {wanted:>10}  {ratio}", flush=True)

    def missed(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.ratio is not None and figure.ratio < 1]


def main(names: list[str]) -> int:
    as_json = "--json" in names
    wanted = [name for name in names if not name.startswith("-")]
    table = Table()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    sys.path.insert(0, str(ROOT))
    for path in sorted((ROOT / "bench").glob("*.py")):
        if path.stem.startswith("_") or (wanted and path.stem not in wanted):
            continue
        spec = importlib.util.spec_from_file_location(f"bench.{path.stem}", path)
        if spec is None or spec.loader is None:
            raise SystemExit(f"{path} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        if hasattr(module, "run"):
            module.run(table)
    if as_json:
        print(json.dumps([asdict(figure) for figure in table.figures]))
    missed = table.missed()
    print(f"{len(table.figures)} figures, {len(missed)} bars missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
