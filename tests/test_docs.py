"""Documents people read: every link leads somewhere, and every function the tour names exists."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
WINGS = ("kernel", "base", "language", "intake", "judgement", "resolution", "flows", "connectors", "faces")
NAME = re.compile(rf"`((?:{'|'.join(WINGS)})\.[a-z_.]+[A-Za-z_]*)(?:\([^`]*\))?`")


@pytest.mark.once
@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    assert missing == []


def _resolve(dotted: str) -> object:
    """The module or attribute behind a dotted name, from the longest module path that imports."""
    parts = f"amends.{dotted}".split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise AssertionError(dotted)


def test_every_function_of_the_tour_exists() -> None:
    names = NAME.findall((ROOT / "docs" / "tour.md").read_text("utf-8"))
    assert len(names) >= 15
    for name in names:
        assert _resolve(name) is not None
