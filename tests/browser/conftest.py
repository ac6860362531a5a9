"""A real Chromium against a real server. Skips, saying why, where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from amends.base.accounts.models import User
from tests import factories

# Playwright's own loop runs in this thread; Django would take the test's queries for ones made inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("AMENDS_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """`open_page(phone=True, locale="zh-CN", dark=True)`: a fresh browser on the server.

    Whatever a page writes to the console as an error, or any breach of the content policy, fails the test.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def make(*, phone: bool = False, locale: str = "en-GB", dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport=PHONE if phone else WIDE,
            locale=locale,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            is_mobile=phone,
            base_url=live_server.url,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and not _expected(m.text) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Any, email: str, language: str = "en") -> None:
    """Through the form, as a person does, with the console in `language` from then on."""
    User.objects.filter(email=email).update(language=language)
    page.goto("/")
    page.fill("#id_login", email)
    page.fill("#id_password", factories.PASSWORD)
    page.locator("form button.go, form button[type=submit]").first.click()
    page.wait_for_url("**/")


def _expected(text: str) -> bool:
    """Chromium reports every refused request; a refusal that the page shows is no fault of the page."""
    return "responded with a status of 4" in text
