"""What every test may ask for: a fixed time, two organisations, people in roles, shops, orders, a spare database."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from amends.base.accounts.core import Role, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop, User
from amends.base.operations import prepare
from amends.intake.orders.models import Order
from tests import factories
from tools import postgres

ROOT = Path(__file__).resolve().parents[1]

# No time limit an example: a busy machine is no defect. A build repeats its examples; a person's run looks for new
# ones, since finding them is what it is for.
settings.register_profile("amends", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("amends")


# Wings whose decisions are pure: a test there that asks for no database says the same on every one.
PURE = tuple(ROOT / "tests" / wing for wing in ("kernel", "judgement", "language"))
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asks = DATABASE & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
        if not asks and any(folder in item.path.parents for folder in PURE):
            item.add_marker(pytest.mark.once)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the throw-away home that the test settings made; a parallel run's workers leave it to their parent."""
    home = Path(os.environ.get("AMENDS_HOME", ""))
    ours = home.name.startswith("amends-test-") and home.parent == Path(tempfile.gettempdir())
    if ours and not hasattr(config, "workerinput"):
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    """Compile the message catalogues, as a start does, so that pages in Chinese are in Chinese."""
    prepare.compile_catalogues()


@pytest.fixture
def now() -> datetime:
    """2026-11-20 02:00 UTC: a Friday, ten in the morning in Shenzhen, the evening before in New York."""
    return factories.NOW


@pytest.fixture
def organisation(db: None) -> Organisation:
    return factories.make_organisation("acme")


@pytest.fixture
def other_organisation(db: None) -> Organisation:
    """Somebody else's: nothing of `organisation` may ever be seen from here."""
    return factories.make_organisation("rival")


@pytest.fixture
def scope(organisation: Organisation) -> Scope:
    """Full rights in `organisation`, as a job or the command line has them."""
    return system_scope(organisation.pk)


@pytest.fixture
def owner_user(organisation: Organisation) -> User:
    return factories.make_user(organisation, Role.OWNER)


@pytest.fixture
def agent_user(organisation: Organisation) -> User:
    return factories.make_user(organisation, Role.AGENT)


@pytest.fixture
def viewer_user(organisation: Organisation) -> User:
    return factories.make_user(organisation, Role.VIEWER)


@pytest.fixture
def shop(organisation: Organisation) -> Callable[..., Shop]:
    """`shop(platform="ebay", site="US", …)` makes a shop of `organisation`."""

    def make(platform: str = "aliexpress", **fields: Any) -> Shop:
        return factories.make_shop(organisation, platform, **fields)

    return make


@pytest.fixture
def make_order(organisation: Organisation, now: datetime) -> Callable[..., Order]:
    """`make_order(shop, total_minor=…, …)` makes an order of `organisation` with one line."""

    def make(shop: Shop | None = None, **fields: Any) -> Order:
        return factories.make_order(organisation, shop or factories.make_shop(organisation), **({"now": now} | fields))

    return make


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the checkout. It is read in place and never copied into the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}")
    return folder


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own, dropped afterwards."""
    base = os.environ.get("AMENDS_TEST_DATABASE_URL", "")
    if not base.startswith("postgres"):
        pytest.skip("no PostgreSQL: set AMENDS_TEST_DATABASE_URL=postgres://user:password@host:port/name")
    with postgres.spare(base, "amends_spare") as url:
        yield url
