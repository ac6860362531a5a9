"""For processes that a test starts: the test's own database, by the name it has while the test runs."""

from __future__ import annotations

import os

from amends.base.settings.test import *  # noqa: F403
from amends.base.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["AMENDS_CHAOS_DATABASE"]
