"""`amends mail`: bring mail in, send what waits, try the servers, see how it stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from django.utils import timezone

from amends.base.accounts.core import Scope
from amends.base.settings import env
from amends.connectors.channels.mail import fetch, urls
from amends.connectors.channels.mail.deliver import deliver
from amends.connectors.channels.mail.imap import ImapFolder, MailboxUnreachable
from amends.connectors.channels.mail.jobs import send_stranded
from amends.connectors.channels.mail.smtp import SmtpTransport
from amends.faces.cli import frame
from amends.intake.conversations import core, mailboxes, queries
from amends.intake.conversations.actions import InProgress, remove_account, save_account
from amends.intake.conversations.mailboxes import Mailbox
from amends.intake.conversations.models import MailAccount, Message
from amends.intake.conversations.ports import Envelope, NotAccepted, Unsure
from amends.kernel.outcome import InputError


@click.group()
def mail() -> None:
    """Fetch, send and test mail."""


@mail.command("fetch")
@click.pass_context
def fetch_now(ctx: click.Context) -> None:
    """Read every mailbox and the folder in/mail now, without waiting for the worker."""
    scope, now = frame.scope_from(ctx), timezone.now()
    boxes = [box for box in mailboxes.all_of(scope) if box.imap_url]
    reports = [fetch.fetch_mailbox(scope, box, now) for box in boxes]
    reports += fetch.fetch_folder(scope, env.home(), now, settle_seconds=0)
    frame.output(ctx, {"reports": [asdict(report) for report in reports]}, lambda: _reports_as_text(reports))
    if any(report.error for report in reports):
        ctx.exit(1)


def _reports_as_text(reports: list[fetch.Report]) -> str:
    if not reports:
        return "nothing to read: no mailbox is set up (AMENDS_IMAP_URL or `amends mail account add`), in/mail is empty"
    rows: list[list[object]] = [
        [report.source, report.received, report.repeated, "; ".join(report.skipped), report.error] for report in reports
    ]
    return frame.table(["source", "new", "known", "skipped", "error"], rows)


@mail.command("send")
@click.argument("message_id", type=int, required=False)
@click.pass_context
def send_now(ctx: click.Context, message_id: int | None) -> None:
    """Send one due answer, or everything that waits for a server."""
    scope, now = frame.scope_from(ctx), timezone.now()
    if message_id is None:
        outcomes = [outcome.value for outcome in send_stranded(scope, now)]
        data = {"sent": outcomes.count("sent"), "outcomes": outcomes, "outbox": queries.outbox_counts(scope)}
        frame.output(ctx, data, f"{data['sent']} sent of {len(outcomes)} that waited for a server")
        return
    try:
        outcome = deliver(scope, message_id, now)
    except Message.DoesNotExist:
        raise frame.Failure("unknown_message", f"there is no message {message_id}") from None
    except InProgress:
        raise frame.Failure("in_progress", f"message {message_id} is being sent right now") from None
    state = queries.message(scope, message_id)
    data = {"outcome": outcome.value, "state": state.state, "error": state.error}
    frame.output(ctx, data, f"{outcome.value}: the message is {state.state} {state.error}".rstrip())


@mail.command("test")
@click.option("--to", "recipient", default="", metavar="MAIL", help="Also send a short test mail to this address.")
@click.pass_context
def try_servers(ctx: click.Context, recipient: str) -> None:
    """Sign in to every server, and say what does not work."""
    scope = frame.scope_from(ctx)
    boxes = mailboxes.all_of(scope)
    if not boxes:
        raise frame.Failure(
            "no_mailbox", "no mailbox is set up: AMENDS_SMTP_URL, AMENDS_IMAP_URL or `amends mail account add`"
        )
    lines = [line for box in boxes for line in _try(box, recipient)]
    good = all(line["ok"] for line in lines)
    rows: list[list[object]] = [[x["server"], "ok" if x["ok"] else "FAIL", x["said"]] for x in lines]
    frame.output(ctx, {"ok": good, "servers": lines}, lambda: frame.table(["server", "", "answer"], rows))
    if not good:
        ctx.exit(1)


def _try(box: Mailbox, recipient: str) -> list[dict[str, Any]]:
    if box.trouble:
        return [{"server": box.address, "ok": False, "said": box.trouble}]
    lines = []
    if box.smtp_url:
        lines.append(_line("smtp", box.smtp_url, lambda server: _try_smtp(box, server, recipient)))
    if box.imap_url:
        lines.append(_line("imap", box.imap_url, _try_imap))
    return lines


def _line(kind: str, url: str, attempt: Any) -> dict[str, Any]:
    try:
        server = urls.parse(url, kind)
    except InputError as error:
        return {"server": kind, "ok": False, "said": str(error)}
    try:
        return {"server": f"{kind} {server.label}", "ok": True, "said": attempt(server)}
    except (NotAccepted, Unsure, MailboxUnreachable) as error:
        return {"server": f"{kind} {server.label}", "ok": False, "said": str(error)}


def _try_smtp(box: Mailbox, server: urls.Server, recipient: str) -> str:
    transport = SmtpTransport(server)
    if not recipient:
        return transport.check()
    if not box.address:
        raise NotAccepted("no sender address: set AMENDS_MAIL_FROM", temporary=False)
    now = timezone.now()
    content = core.to_bytes(
        core.Outgoing(
            sender=box.address,
            sender_name=box.name,
            recipient=recipient,
            subject="Amends test mail",
            text="This mail was sent by `amends mail test`. Nothing needs to be done.",
            at=now,
            message_id=core.new_message_id(f"test.{now:%Y%m%d%H%M%S%f}", box.address.rpartition("@")[2]),
        )
    )
    return transport.send(Envelope(box.address, recipient, content))


def _try_imap(server: urls.Server) -> str:
    with ImapFolder(server) as folder:
        return f"{len(folder.uids())} mails in {server.folder}"


@mail.command("status")
@click.pass_context
def status(ctx: click.Context) -> None:
    """Mailboxes, when they were last read, and what waits in the outbox."""
    scope = frame.scope_from(ctx)
    data = _status(scope)
    frame.output(ctx, data, lambda: _status_as_text(data))


def _status(scope: Scope) -> dict[str, Any]:
    return {
        "mailboxes": [
            {
                "address": box.address, "account": box.account_id, "sends": bool(box.smtp_url),
                "receives": bool(box.imap_url), "trouble": box.trouble,
            }
            for box in mailboxes.all_of(scope)
        ],
        "folders": [str(place) for place in fetch.places(scope, env.home())],
        "read": [
            {
                "mailbox": cursor.label, "checked_at": cursor.checked_at, "last_uid": cursor.last_uid,
                "error": cursor.error, "skipped": cursor.skipped,
            }
            for cursor in queries.cursors(scope)
        ],
        "outbox": queries.outbox_counts(scope),
    }  # fmt: skip


def _status_as_text(data: dict[str, Any]) -> str:
    boxes: list[list[object]] = [
        [x["address"] or "(no sender address)", x["account"] or "settings", _can(x), x["trouble"]]
        for x in data["mailboxes"]
    ]
    read: list[list[object]] = [
        [x["mailbox"], x["checked_at"] or "never", x["error"] or "ok", len(x["skipped"])] for x in data["read"]
    ]
    outbox = ", ".join(f"{count} {state}" for state, count in data["outbox"].items())
    return "\n\n".join(
        [
            frame.table(["mailbox", "account", "can", "trouble"], boxes) if boxes else "no mailbox is set up",
            frame.table(["server", "last read", "state", "skipped"], read) if read else "nothing was read yet",
            f"outbox: {outbox}",
            "folders: " + ", ".join(data["folders"]),
        ]
    )


def _can(box: dict[str, Any]) -> str:
    return (
        " and ".join(word for word, able in (("send", box["sends"]), ("receive", box["receives"])) if able) or "nothing"
    )


@mail.group()
def account() -> None:
    """Mail accounts of the organisation, instead of the common settings."""


@account.command("add")
@click.argument("address")
@click.option(
    "--smtp", default="", metavar="URL", help="As AMENDS_SMTP_URL. Asked for with `-`, so that it is not seen."
)
@click.option("--imap", default="", metavar="URL", help="As AMENDS_IMAP_URL. `-` asks as well.")
@click.option("--name", default="", help="The sender's name that buyers see.")
@click.option("--shop", type=int, default=None, help="Only for this shop (its number).")
@click.pass_context
def account_add(ctx: click.Context, address: str, *, smtp: str, imap: str, name: str, shop: int | None) -> None:
    """Add or change an account. An address of a server left out keeps the one on file."""
    smtp_url, imap_url = _asked(smtp, "SMTP URL"), _asked(imap, "IMAP URL")
    try:
        for url, option in ((smtp_url, "--smtp"), (imap_url, "--imap")):
            if url:
                urls.parse(url, option)
        made = save_account(
            frame.scope_from(ctx),
            address,
            timezone.now(),
            smtp_url=smtp_url,
            imap_url=imap_url,
            name=name,
            shop_id=shop,
        )
    except InputError as error:
        problem = error.problems[0]
        raise frame.Failure(problem.code, str(error), problem.where, **problem.params) from None
    frame.output(ctx, {"id": made.pk, "address": made.address}, f"account {made.pk} {made.address} saved")


def _asked(value: str, prompt: str) -> str:
    return str(click.prompt(prompt, hide_input=True, err=True)) if value == "-" else value


@account.command("list")
@click.pass_context
def account_list(ctx: click.Context) -> None:
    """The accounts, without their passwords."""
    found = mailboxes.accounts(frame.scope_from(ctx))
    data = [
        {
            "id": one.pk, "address": one.address, "name": one.name, "shop": one.shop_id, "enabled": one.enabled,
            "smtp": bool(one.smtp_sealed), "imap": bool(one.imap_sealed),
        }
        for one in found
    ]  # fmt: skip
    headings = ["id", "address", "name", "shop", "enabled", "smtp", "imap"]
    rows: list[list[object]] = [[row[key] for key in headings] for row in data]
    frame.output(ctx, {"accounts": data}, lambda: frame.table(headings, rows))


@account.command("remove")
@click.argument("account_id", type=int)
@click.pass_context
def account_remove(ctx: click.Context, account_id: int) -> None:
    """Forget an account and its passwords. Messages stay."""
    try:
        remove_account(frame.scope_from(ctx), account_id, timezone.now())
    except MailAccount.DoesNotExist:
        raise frame.Failure("unknown_account", f"there is no mail account {account_id}") from None
    frame.output(ctx, {"removed": account_id}, f"account {account_id} removed")


commands: list[click.Command] = [mail]
