"""Mail accounts of an organisation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.ledger import actions as ledger
from amends.intake.conversations import sealing
from amends.intake.conversations.core.clean import clean_line
from amends.intake.conversations.models import MailAccount
from amends.kernel.outcome import InputError, Problem


def save_account(
    scope: Scope,
    address: str,
    now: datetime,
    *,
    smtp_url: str = "",
    imap_url: str = "",
    name: str = "",
    shop_id: int | None = None,
) -> MailAccount:
    """Make or replace the account of an address. An empty URL keeps the one on file.

    The URLs are checked by the connector (`amends mail test`), not here. Raises InputError `bad_address`,
    `unknown_shop`, `no_server`.
    """
    scope.require(Permission.SETTINGS_WRITE)
    cleaned = clean_line(address, 254).lower()
    problems = _problems(scope, cleaned, shop_id)
    known = MailAccount.objects.filter(organisation_id=scope.organisation_id, address=cleaned).first()
    if known is None and not (smtp_url or imap_url):
        problems.append(Problem("no_server", "smtp_url"))
    if problems:
        raise InputError(problems)
    with transaction.atomic():
        fields: dict[str, object] = {"name": clean_line(name, 120), "shop_id": shop_id, "enabled": True}
        fields |= {"smtp_sealed": sealing.seal(smtp_url)} if smtp_url else {}
        fields |= {"imap_sealed": sealing.seal(imap_url)} if imap_url else {}
        account, made = MailAccount.objects.update_or_create(
            organisation_id=scope.organisation_id, address=cleaned, defaults=fields,
            create_defaults=fields | {"created_at": now},
        )  # fmt: skip
        _record(scope, account, "settings:mail_account:made" if made else "settings:mail_account:changed", now)
    return account


def remove_account(scope: Scope, account_id: int, now: datetime) -> None:
    """Messages stay. Raises MailAccount.DoesNotExist."""
    scope.require(Permission.SETTINGS_WRITE)
    with transaction.atomic():
        account = MailAccount.objects.get(organisation_id=scope.organisation_id, pk=account_id)
        _record(scope, account, "settings:mail_account:removed", now)
        account.delete()


def _problems(scope: Scope, address: str, shop_id: int | None) -> list[Problem]:
    found = []
    local, at, host = address.partition("@")
    if not (local and at and host) or " " in address:
        found.append(Problem("bad_address", "address"))
    if shop_id and not Shop.objects.filter(organisation_id=scope.organisation_id, pk=shop_id).exists():
        found.append(Problem("unknown_shop", "shop_id"))
    return found


def _record(scope: Scope, account: MailAccount, verb: str, now: datetime) -> None:
    payload = {"smtp": bool(account.smtp_sealed), "imap": bool(account.imap_sealed), "shop": account.shop_id}
    ledger.record(scope, at=now, verb=verb, subject_kind="mail_account", subject_id=account.pk, payload=payload)
