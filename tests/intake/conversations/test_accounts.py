from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import override_settings

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop
from amends.base.ledger import queries as ledger
from amends.intake.conversations import mailboxes, sealing
from amends.intake.conversations.actions import remove_account, save_account
from amends.intake.conversations.models import MailAccount, Thread
from amends.kernel.outcome import InputError
from tests import factories

pytestmark = pytest.mark.django_db
SMTP, IMAP = "smtp://u:secret@mx.example:587", "imaps://u:secret@mx.example"


def thread_of(shop: Shop, now: datetime) -> Thread:
    return Thread.objects.create(organisation=shop.organisation, shop=shop, channel="mail", last_message_at=now)


def test_passwords_are_sealed_and_nowhere_else(scope: Scope, now: datetime) -> None:
    account = save_account(scope, "Help@Acme.example", now, smtp_url=SMTP, imap_url=IMAP, name="Acme")
    assert "secret" not in account.smtp_sealed + account.imap_sealed
    (entry,) = ledger.entries(scope)
    assert entry.payload == {"smtp": True, "imap": True, "shop": None}
    (box,) = mailboxes.all_of(scope)
    assert (box.address, box.smtp_url, box.imap_url) == ("help@acme.example", SMTP, IMAP)
    assert "secret" not in repr(box)


def test_saving_again_replaces_and_an_empty_url_keeps(scope: Scope, now: datetime) -> None:
    first = save_account(scope, "help@acme.example", now, smtp_url=SMTP)
    second = save_account(scope, "help@acme.example", now, imap_url=IMAP)
    assert first.pk == second.pk
    (box,) = mailboxes.all_of(scope)
    assert (box.smtp_url, box.imap_url) == (SMTP, IMAP)
    remove_account(scope, first.pk, now)
    assert mailboxes.all_of(scope) == []
    assert [e.verb for e in ledger.entries(scope)] == [
        "settings:mail_account:removed", "settings:mail_account:changed", "settings:mail_account:made",
    ]  # fmt: skip


def test_another_secret_key_says_so(scope: Scope, now: datetime, settings: object) -> None:
    save_account(scope, "help@acme.example", now, smtp_url=SMTP)
    with override_settings(SECRET_KEY="another"):
        (box,) = mailboxes.all_of(scope)
        assert box.smtp_url == ""
        assert "another secret key" in box.trouble
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["only-for-tests"]):
        assert mailboxes.all_of(scope)[0].smtp_url == SMTP


def test_a_changed_byte_is_noticed() -> None:
    sealed = sealing.seal("x")
    with pytest.raises(sealing.Unsealable):
        sealing.unseal(sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1])
    assert sealing.seal("") == sealing.unseal("") == ""


def test_the_shops_own_account_comes_first(scope: Scope, now: datetime, shop: Callable[..., Shop]) -> None:
    one, two = shop("ebay"), shop("shopify")
    save_account(scope, "all@acme.example", now, smtp_url=SMTP)
    save_account(scope, "ebay@acme.example", now, smtp_url=SMTP, shop_id=one.pk)
    chosen = [mailboxes.for_thread(scope, thread_of(s, now)) for s in (one, two)]
    assert [box.address if box else None for box in chosen] == ["ebay@acme.example", "all@acme.example"]


def test_the_settings_serve_the_first_real_organisation_only(
    scope: Scope,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    other_organisation: Organisation,
    shop: Callable[..., Shop],
) -> None:
    monkeypatch.setenv("AMENDS_SMTP_URL", SMTP)
    demo = factories.make_organisation("demo", is_demo=True)
    own = shop("shopify", mail_address="shop@acme.example")
    foreign, invented = factories.make_shop(other_organisation), factories.make_shop(demo)
    rival, play = system_scope(other_organisation.pk), system_scope(demo.pk)
    box = mailboxes.for_thread(scope, thread_of(own, now))
    assert box is not None
    assert (box.address, box.smtp_url) == ("shop@acme.example", SMTP)
    assert mailboxes.for_thread(rival, thread_of(foreign, now)) is None
    assert mailboxes.for_thread(play, thread_of(invented, now)) is None
    monkeypatch.setenv("AMENDS_MAIL_FROM", "desk@acme.example")
    again = mailboxes.for_thread(scope, thread_of(own, now))
    assert again is not None
    assert again.address == "desk@acme.example"


def test_what_is_refused(scope: Scope, now: datetime, other_organisation: Organisation) -> None:
    foreign = factories.make_shop(other_organisation)
    with pytest.raises(InputError) as caught:
        save_account(scope, "nonsense", now, shop_id=foreign.pk)
    assert [p.code for p in caught.value.problems] == ["bad_address", "unknown_shop", "no_server"]
    agent = Scope(scope.organisation_id, frozenset({Permission.CASE_ANSWER}))
    for attempt in (
        lambda: save_account(agent, "a@b.example", now, smtp_url=SMTP),
        lambda: remove_account(agent, 1, now),
        lambda: mailboxes.accounts(agent),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    mine = save_account(scope, "a@b.example", now, smtp_url=SMTP)
    with pytest.raises(MailAccount.DoesNotExist):
        remove_account(system_scope(other_organisation.pk), mine.pk, now)
