"""Over HTTPS, cookies travel only over HTTPS; behind a proxy, forms are accepted from the public address."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.once

SCRIPT = (
    "import json\nfrom django.conf import settings as s\n"
    "print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.CSRF_TRUSTED_ORIGINS]))"
)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("", [False, False, []]),
        ("http://localhost:8765", [False, False, ["http://localhost:8765"]]),
        ("https://desk.example/", [True, True, ["https://desk.example"]]),
    ],
)
def test_the_public_address_decides(empty_house, url, wanted):
    empty_house.further = {"AMENDS_URL": url}
    assert json.loads(empty_house.python(SCRIPT)) == wanted
