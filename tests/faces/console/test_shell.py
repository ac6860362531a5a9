"""What stands around every page: headers, language, zone, theme, organisation, errors, sign-in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from amends.base.accounts.core import Role
from amends.base.accounts.models import Membership, User
from amends.faces.middleware import POLICY
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_page_carries_the_walls(signed_in) -> None:
    page = signed_in().get("/")
    assert page["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in page["Permissions-Policy"]
    assert page["Cache-Control"] == "no-store"


def test_a_stranger_is_sent_to_sign_in_and_back(client) -> None:
    asked = client.get("/inbox?filter=mine")
    assert asked["Location"] == "/account/login/?next=/inbox%3Ffilter%3Dmine"
    fragment = client.get("/inbox", headers={"HX-Request": "true", "HX-Current-URL": "/inbox"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/account/login/?next=/inbox")


def test_signing_in_with_password_through_the_page(organisation) -> None:
    factories.make_user(organisation, Role.AGENT, email="me@x.example")
    client = Client()
    page = client.get("/account/login/").content.decode()
    assert 'autocomplete="current-password"' in page
    assert "sign up" not in page.lower()
    done = client.post("/account/login/", {"login": "me@x.example", "password": factories.PASSWORD, "next": "/rules"})
    assert done["Location"] == "/rules"


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/"])
def test_what_the_house_does_not_offer_is_not_there(signed_in, path: str) -> None:
    assert Client().get(f"/account/{path}").status_code == 404
    assert signed_in().post(f"/account/{path}", {"email": "x@y.example"}).status_code == 404


@pytest.mark.parametrize(
    ("accept", "cookie", "word"),
    [("zh-CN,zh;q=0.9", "", "登录"), ("fr", "", "Sign in"), ("zh-CN", "en", "Sign in"), ("en", "zh-hans", "登录")],
)
def test_a_stranger_reads_in_the_browsers_or_the_chosen_language(accept: str, cookie: str, word: str) -> None:
    client = Client(headers={"accept-language": accept})
    if cookie:
        client.cookies["amends_language"] = cookie
    assert f"<title>{word} · Amends</title>" in client.get("/account/login/").content.decode()


def test_the_account_decides_before_the_browser(signed_in) -> None:
    page = signed_in(language="zh-hans").get("/", headers={"accept-language": "en"})
    assert page["Content-Language"] == "zh-hans"
    assert "今日" in page.content.decode()


def test_language_and_theme_are_kept_and_only_known_ones(signed_in) -> None:
    client = signed_in()
    client.post("/appearance", {"language": "zh-hans", "theme": "dark", "next": "https://evil.example/"})
    user = User.objects.get()
    assert (user.language, user.theme) == ("zh-hans", "dark")
    sent = client.post("/appearance", {"language": "xx", "theme": "pink", "next": "//evil.example"})
    user.refresh_from_db()
    assert (user.language, user.theme, sent["Location"]) == ("zh-hans", "dark", "/")


def test_switching_the_organisation_switches_everything(signed_in, organisation, other_organisation) -> None:
    client = signed_in()
    user = User.objects.get(email="owner@acme.example")
    Membership.objects.create(organisation=other_organisation, user=user, role="viewer")
    assert "Acme" in client.get("/").content.decode()
    client.post("/organisation", {"organisation": other_organisation.pk})
    assert client.get("/settings/tokens").status_code == 403
    Membership.objects.filter(organisation=other_organisation).delete()
    assert client.get("/settings/tokens").status_code == 200


def test_nobody_enters_an_organisation_by_its_number(signed_in, other_organisation) -> None:
    assert signed_in().post("/organisation", {"organisation": other_organisation.pk}).status_code == 404


def test_an_account_without_organisation_is_told_so(db) -> None:
    client = Client()
    client.force_login(User.objects.create_user("alone@x.example"))
    page = client.get("/")
    assert page.status_code == 403
    assert "belongs to no organisation" in page.content.decode()


def test_error_pages_speak_and_carry_the_walls(signed_in) -> None:
    client = signed_in(Role.VIEWER)
    missing = client.get("/nowhere")
    assert (missing.status_code, missing["Content-Security-Policy"]) == (404, POLICY)
    assert "There is nothing at this address" in missing.content.decode()
    forbidden = client.get("/audit")
    assert forbidden.status_code == 403
    assert "read the ledger" in forbidden.content.decode()


def test_a_form_without_its_token_changes_nothing(organisation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user(organisation, Role.OWNER))
    page = client.post("/settings/shops/add", {"name": "x"})
    assert page.status_code == 403
    assert "This form has expired" in page.content.decode()


def test_the_demo_says_that_it_is_one(signed_in, organisation) -> None:
    client = signed_in()
    assert "Demo data" not in client.get("/").content.decode()
    organisation.is_demo = True
    organisation.save()
    assert "Demo data" in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "name",
    [
        "today", "inbox", "orders", "rules", "imports", "import_layouts", "audit", "jobs", "search", "settings",
        "settings_security", "settings_organisation", "settings_shops", "settings_shop_add", "settings_team",
        "settings_tokens", "settings_mail", "settings_connectors", "styleguide", "account_change_password", "mfa_index",
    ],
)  # fmt: skip
def test_every_page_of_an_empty_house_opens(signed_in, name: str, language: str) -> None:
    page = signed_in(language=language).get(reverse(name))
    assert page.status_code == 200
    assert "<h1" in page.content.decode()


def test_the_style_guide_turns_round(signed_in) -> None:
    assert 'dir="rtl"' in signed_in().get("/styleguide?dir=rtl").content.decode()[:200]


def test_a_page_costs_few_queries(signed_in, django_assert_max_num_queries) -> None:
    client = signed_in()
    client.get("/rules")
    with django_assert_max_num_queries(5):  # session, user, memberships, house rules, the tally of the navigation
        client.get("/rules")
