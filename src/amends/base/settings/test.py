"""Settings of the test suite: the real ones, with a throw-away home and fast password hashing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("AMENDS_HOME", tempfile.mkdtemp(prefix="amends-test-"))
os.environ.setdefault("AMENDS_SECRET_KEY", "only-for-tests")
# Trained models are kept by the hash of what they were trained from, so a run may use those of the run before.
os.environ.setdefault("AMENDS_CACHE", str(Path(__file__).resolve().parents[4] / "var" / "cache"))
os.environ["DATABASE_URL"] = os.environ.get("AMENDS_TEST_DATABASE_URL", "")

from amends.base.settings.main import *  # noqa: F403 - the settings of main, some replaced below
from amends.base.settings.main import DATABASES, HOME, STATIC_ROOT, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder, and warnings are errors
if str(DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
    # A file, not memory: worker processes and threads of the tests must see it.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
