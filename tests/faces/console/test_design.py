"""The design system keeps its own promises: contrast, logical directions, one place for colours, no inline anything."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from amends.base.settings import env
from amends.faces.console.views.styleguide import ICONS

FACES = env.package_dir() / "faces"
CSS = sorted((FACES / "static" / "css").glob("*.css"))
TEMPLATES = sorted((FACES / "templates").rglob("*.html"))
SCRIPTS = sorted((FACES / "static" / "js").glob("*.js"))
TOKENS = (FACES / "static" / "css" / "tokens.css").read_text("utf-8")
PAIR = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}

TEXT_ON = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in ("bg", "panel", "sunk", "raised")),
    ("on-accent", "accent"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    *((f"{state}", f"{state}-soft") for state in ("late", "soon", "ok")),
    *((state, ground) for state in ("late", "soon", "ok") for ground in ("bg", "panel")),
    *(("ink", ground) for ground in ("buyer", "seller", "note")),
    *(("ink-3", ground) for ground in ("buyer", "seller", "note")),
    ("ink-2", "line"),
]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read_on_its_ground(ink: str, ground: str, theme: int) -> None:
    """WCAG 2.2 AA for small text: 4.5 to 1."""
    assert _contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_fields_have_a_visible_edge(theme: int) -> None:
    """WCAG 2.2 AA for controls: 3 to 1."""
    assert _contrast(COLOURS["line-strong"][theme], COLOURS["panel"][theme]) >= 3


@pytest.mark.parametrize("path", CSS, ids=lambda p: p.name)
def test_styles_know_no_left_and_no_right(path: Path) -> None:
    physical = (
        r"(?<![-\w])(?:margin|padding|border|inset)?-?(?:left|right)(?:-\w+)?\s*:|text-align:\s*(?:left|right)|float:"
    )
    assert re.findall(physical, path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", [p for p in CSS if p.name != "tokens.css"], ids=lambda p: p.name)
def test_colours_come_from_the_tokens(path: Path) -> None:
    """Only three exceptions: a QR code's white, and the toast and tally, which are the other theme's ink."""
    text = re.sub(r"light-dark\(#\w+, #\w+\)|background: #fff; /\* a camera", "", path.read_text("utf-8"))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", text) == []


@pytest.mark.parametrize("path", CSS, ids=lambda p: p.name)
def test_every_token_used_is_defined(path: Path) -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+):", TOKENS))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", path.read_text("utf-8"))) - defined == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(FACES).as_posix())
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert (
        re.findall(
            r"\sstyle=|<style|\son(?:click|load|change|submit|input|error)=|javascript:|hx-on|hx-vals=['\"]js:", text
        )
        == []
    )
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []


def test_every_icon_used_is_drawn_and_shown() -> None:
    sprite = (FACES / "static" / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', sprite))
    used = {
        name
        for p in TEMPLATES
        for name in re.findall(r'{% icon "([a-z]+)"|icon_name="([a-z]+)"', p.read_text())
        for name in name
        if name
    }
    assert used - drawn == set()
    assert set(ICONS) == drawn - {"mark"}


def test_the_first_page_is_light() -> None:
    """All styles, scripts and icons of a full page, as they travel: far below the 250 kB of the promise."""
    htmx = Path(str(finders.find("django_htmx/htmx-2.min.js")))
    files = [*CSS, *SCRIPTS, htmx, FACES / "static" / "icons.svg"]
    assert sum(len(gzip.compress(f.read_bytes(), 9)) for f in files) < 50_000


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_write_no_markup(path: Path) -> None:
    """Text is set as text: nothing a buyer wrote can become an element."""
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", path.read_text())
        == []
    )
