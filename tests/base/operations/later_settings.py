"""The real settings plus an app with migrations that the database has not seen: tomorrow's version of the code."""

from __future__ import annotations

from amends.base.settings.main import *  # noqa: F403 - a settings module is its names
from amends.base.settings.main import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.base.operations.laterapp"]
