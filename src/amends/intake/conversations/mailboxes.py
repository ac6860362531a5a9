"""Which mailbox an organisation uses: its own accounts, or the installation's from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Organisation, Shop
from amends.base.settings import env
from amends.intake.conversations import sealing
from amends.intake.conversations.models import MailAccount, Thread


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """`smtp_url` and `imap_url` hold passwords: never logged, never shown, hence no repr. `account_id` None: from
    the settings. `trouble`: why the account cannot be used."""

    account_id: int | None
    address: str
    name: str
    smtp_url: str
    imap_url: str
    trouble: str = ""

    def __repr__(self) -> str:
        return f"Mailbox({self.address or 'no address'})"


def all_of(scope: Scope) -> list[Mailbox]:
    """The organisation's accounts that are switched on, then the installation's if it is this organisation's."""
    accounts = MailAccount.objects.filter(organisation_id=scope.organisation_id, enabled=True).order_by("pk")
    found = [_of_account(account) for account in accounts]
    common = _of_settings(scope)
    return [*found, common] if common else found


def for_thread(scope: Scope, thread: Thread) -> Mailbox | None:
    """The mailbox answers of a thread leave through: the shop's own, else one for all shops, else the settings'.

    Its `address` may be empty: then there is a server but no sender to name.
    """
    accounts = MailAccount.objects.filter(organisation_id=scope.organisation_id, enabled=True).exclude(smtp_sealed="")
    own = accounts.filter(shop_id=thread.shop_id).order_by("pk").first() if thread.shop_id else None
    account = own or accounts.filter(shop=None).order_by("pk").first()
    return _of_account(account) if account else _of_settings(scope, thread.shop)


def by_id(scope: Scope, account_id: int | None) -> Mailbox | None:
    return next((box for box in all_of(scope) if box.account_id == account_id), None)


def accounts(scope: Scope) -> list[MailAccount]:
    scope.require(Permission.SETTINGS_WRITE)
    return list(MailAccount.objects.filter(organisation_id=scope.organisation_id).order_by("pk"))


def _of_account(account: MailAccount) -> Mailbox:
    try:
        smtp, imap = sealing.unseal(account.smtp_sealed), sealing.unseal(account.imap_sealed)
    except sealing.Unsealable as error:
        return Mailbox(account.pk, account.address, account.name, "", "", str(error))
    return Mailbox(account.pk, account.address, account.name, smtp, imap)


def _of_settings(scope: Scope, shop: Shop | None = None) -> Mailbox | None:
    """The installation's mailbox belongs to its first real organisation, the one every command means by default.

    A demo organisation never has it: invented cases must not write to anyone.
    """
    first = Organisation.objects.filter(is_demo=False).order_by("pk").first()
    if first is None or first.pk != scope.organisation_id:
        return None
    smtp, imap = env.read("AMENDS_SMTP_URL"), env.read("AMENDS_IMAP_URL")
    if not smtp and not imap:
        return None
    own = shop.mail_address if shop else ""
    return Mailbox(None, env.read("AMENDS_MAIL_FROM") or own, (shop.name if shop else "") or first.name, smtp, imap)


def own_addresses(scope: Scope) -> frozenset[str]:
    """Addresses we ourselves write from, in lower case."""
    ours = {account.address for account in MailAccount.objects.filter(organisation_id=scope.organisation_id)}
    ours |= set(Shop.objects.filter(organisation_id=scope.organisation_id).values_list("mail_address", flat=True))
    ours |= {env.read("AMENDS_MAIL_FROM")} if owns_settings(scope) else set()
    return frozenset(address.lower() for address in ours if address)


def owns_settings(scope: Scope) -> bool:
    """True for the organisation that the mail settings and the folder `in/mail/` belong to."""
    first = Organisation.objects.filter(is_demo=False).order_by("pk").first()
    return first is not None and first.pk == scope.organisation_id
