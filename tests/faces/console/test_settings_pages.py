"""Settings: who may change what, what is recorded, what is shown once."""

from __future__ import annotations

import re

import pytest

from amends.base.accounts.core import Role
from amends.base.accounts.models import ApiToken, Membership, Shop, User
from amends.base.accounts.queries import token_scope
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import MailAccount
from tests import factories

pytestmark = pytest.mark.django_db
SHOP = {
    "platform": "ebay", "site": "US", "name": "Lamp shop", "currency": "usd", "time_zone": "America/Los_Angeles",
    "seller_country": "CN", "mail_address": "", "programme": "",
}  # fmt: skip


def test_a_profile_changes_language_zone_theme_and_keys(signed_in) -> None:
    client = signed_in(Role.VIEWER)
    saved = client.post(
        "/settings", {"name": "Mei", "language": "zh-hans", "time_zone": "Asia/Shanghai", "theme": "dark"}, follow=True
    )
    page = saved.content.decode()
    assert "已保存。" in page
    assert 'lang="zh-hans"' in page
    assert 'data-theme="dark"' in page
    assert "data-shortcuts" not in page.split("<head>")[0]
    user = User.objects.get()
    assert (user.name, user.language, user.time_zone, user.theme, user.shortcuts) == (
        "Mei", "zh-hans", "Asia/Shanghai", "dark", False,
    )  # fmt: skip


def test_only_an_owner_changes_the_organisation(signed_in, organisation) -> None:
    form = {"name": "New", "country": "CN", "time_zone": "Asia/Shanghai", "currency": "EUR", "refund_limit": "75.50"}
    assert signed_in(Role.LEAD).post("/settings/organisation", form).status_code == 403
    organisation.refresh_from_db()
    assert organisation.name == "Acme"
    assert signed_in().post("/settings/organisation", form).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.name, organisation.currency, organisation.refund_limit_minor) == ("New", "EUR", 7550)
    entry = Entry.objects.get(verb="settings:organisation:changed")
    assert entry.payload == {"fields": ["name", "currency", "refund_limit_minor"]}


def test_a_shop_is_added_changed_and_its_name_is_its_own(signed_in) -> None:
    client = signed_in()
    client.post("/settings/shops/add", SHOP)
    shop = Shop.objects.get()
    assert (shop.name, shop.currency) == ("Lamp shop", "USD")
    client.post(f"/settings/shops/{shop.pk}", SHOP | {"site": "UK"})
    shop.refresh_from_db()
    assert shop.site == "UK"
    again = client.post("/settings/shops/add", SHOP)
    assert "Another shop on this platform has this name." in again.content.decode()
    wrong = client.post("/settings/shops/add", SHOP | {"name": "Other", "currency": "ZZZ"})
    assert "Not a currency code." in wrong.content.decode()
    assert [e.verb for e in Entry.objects.order_by("seq")] == ["settings:shop:added", "settings:shop:changed"]


def test_a_new_member_gets_a_link_that_is_shown_once(signed_in, client) -> None:
    owner = signed_in()
    page = owner.post("/settings/team/add", {"email": "New@X.example", "name": "N", "role": "agent"}, follow=True)
    link = re.search(r'id="fresh-link">(http[^<]+)<', page.content.decode()).group(1)
    assert "fresh-link" not in owner.get("/settings/team").content.decode()
    path = link.removeprefix("http://testserver")
    shown = client.get(path, follow=True)
    form = {"password1": "a quite long one 7", "password2": "a quite long one 7"}
    client.post(shown.redirect_chain[-1][0], form)
    assert User.objects.get(email="new@x.example").check_password("a quite long one 7")


def test_no_link_to_the_account_of_someone_who_works_elsewhere(signed_in, other_organisation, organisation) -> None:
    shared = factories.make_user(other_organisation, Role.OWNER, email="both@x.example")
    seat = Membership.objects.create(organisation=organisation, user=shared, role="agent")
    page = signed_in().post(f"/settings/team/{seat.pk}", {"do": "link"}, follow=True).content.decode()
    assert "works in another organisation" in page
    assert "fresh-link" not in page


def test_the_last_owner_stays(signed_in) -> None:
    client = signed_in()
    seat = Membership.objects.get(role="owner")
    for form in ({"role": "viewer"}, {"do": "remove"}):
        page = client.post(f"/settings/team/{seat.pk}", form, follow=True).content.decode()
        assert "An organisation needs at least one owner." in page
    seat.refresh_from_db()
    assert seat.role == "owner"


def test_a_token_is_shown_once_works_and_dies(signed_in, now) -> None:
    client = signed_in()
    made = client.post("/settings/tokens", {"name": "ERP", "scopes": ["case:read"], "days": "0"})
    token = re.search(r"amk_[\w-]{40,}", made.content.decode()).group(0)
    assert token not in client.get("/settings/tokens").content.decode()
    scope, row = token_scope(token, now)
    assert {p.value for p in scope.permissions} == {"case:read"}
    client.post(f"/settings/tokens/{row.pk}/revoke")
    assert token_scope(token, now) is None
    assert token not in str(ApiToken.objects.values())


def test_mail_servers_are_composed_sealed_and_never_shown(signed_in) -> None:
    client = signed_in()
    form = {
        "address": "help@house.example", "password": "p@ss/word", "smtp_host": "mail.house.example", "smtp_port": "587",
        "smtp_security": "starttls", "imap_security": "ssl",
    }  # fmt: skip
    assert client.post("/settings/mail", form).status_code == 302
    account = MailAccount.objects.get()
    from amends.intake.conversations import sealing

    assert sealing.unseal(account.smtp_sealed) == (
        "smtp://help%40house.example:p%40ss%2Fword@mail.house.example:587?tls=starttls"
    )
    assert account.imap_sealed == ""
    assert "p@ss" not in client.get("/settings/mail").content.decode()


def test_connectors_show_their_proof(signed_in) -> None:
    page = signed_in(Role.VIEWER).get("/settings/connectors").content.decode()
    assert "files" in page
    assert "mail" in page


def test_the_demo_goes_only_by_its_name(signed_in, organisation) -> None:
    client = signed_in()
    assert client.post("/settings/organisation/remove-demo", {"name": "Acme"}).status_code == 404
    organisation.is_demo = True
    organisation.save()
    page = client.post("/settings/organisation/remove-demo", {"name": "acme?"}, follow=True).content.decode()
    assert "Nothing was removed." in page
