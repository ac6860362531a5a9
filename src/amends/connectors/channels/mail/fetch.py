"""Bringing new mail in: from a server at the position last reached, from files put into a folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.db import InterfaceError, OperationalError

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Organisation
from amends.connectors.channels.mail import folder, urls
from amends.connectors.channels.mail.imap import Found, ImapFolder, MailboxUnreachable
from amends.intake.conversations import mailboxes
from amends.intake.conversations.actions import MAIL_LIMIT, receive_mail
from amends.intake.conversations.mailboxes import Mailbox
from amends.intake.conversations.models import MailCursor
from amends.kernel.outcome import InputError

log = logging.getLogger(__name__)
_CONNECTIONS = 3  # a connection that breaks in the middle is made anew this often in one look
_SKIPPED_KEPT = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What one look brought. `skipped`: mails left where they are, with the reason; `error`: why the look ended."""

    source: str
    received: int = 0
    repeated: int = 0
    skipped: tuple[str, ...] = ()
    error: str = ""

    def plus(self, outcome: str) -> Report:
        if outcome == "received":
            return replace(self, received=self.received + 1)
        if outcome == "repeated":
            return replace(self, repeated=self.repeated + 1)
        return replace(self, skipped=(*self.skipped, outcome))


def _nothing(_done: int) -> None:
    """For callers that show no progress."""


@dataclass(slots=True)
class _Look:
    """One look into one mailbox."""

    scope: Scope
    server: urls.Server
    cursor: MailCursor
    now: datetime
    tell: Callable[[int], None]
    report: Report = field(default_factory=lambda: Report(""))
    done: int = 0


def fetch_mailbox(scope: Scope, box: Mailbox, now: datetime, tell: Callable[[int], None] = _nothing) -> Report:
    """Read what is new. Safe to run twice at once and to break off anywhere: a mail is received once.

    `tell` is called with the count after each mail. A server that cannot be reached is a Report with `error`, kept
    on the cursor as well; only a failing database raises.
    """
    try:
        server = urls.parse(box.imap_url, "AMENDS_IMAP_URL" if box.account_id is None else box.address)
    except InputError as error:
        return Report(box.address, error=str(error))
    look = _Look(scope, server, _cursor(scope, server), now, tell, Report(server.label))
    trouble = ""
    for _ in range(_CONNECTIONS):
        before = look.done
        try:
            _read_on(look)
            trouble = ""
            break
        except MailboxUnreachable as reason:
            trouble = str(reason)
            if look.done == before:  # it did not even get one mail further: no use in trying again now
                break
    MailCursor.objects.filter(pk=look.cursor.pk).update(checked_at=now, error=trouble[:400])
    return replace(look.report, error=trouble)


def _cursor(scope: Scope, server: urls.Server) -> MailCursor:
    source = sha256(server.label.encode()).hexdigest()
    found, _ = MailCursor.objects.get_or_create(
        organisation_id=scope.organisation_id, source=source, defaults={"label": server.label[:200]}
    )
    return found


def _read_on(look: _Look) -> None:
    with ImapFolder(look.server) as open_folder:
        same = look.cursor.uid_validity == open_folder.uid_validity
        if not same:  # first look, or the server has renumbered: what was received before is recognised by content
            look.cursor.uid_validity, look.cursor.last_uid = open_folder.uid_validity, 0
        since = None if same else (look.now - timedelta(days=look.server.days)).date()
        uids = open_folder.uids(after=look.cursor.last_uid, since=since)
        for found in open_folder.read(uids, MAIL_LIMIT):
            _take(look, found)
        _advance(look, max(uids, default=look.cursor.last_uid))


def _take(look: _Look, found: Found) -> None:
    if found.raw is None:
        outcome = f"uid {found.uid}: {found.size} bytes are too many"
    else:
        outcome = _receive(look.scope, found.raw, look.now, "imap", f"uid {found.uid}")
    if outcome not in ("received", "repeated"):
        entry = {"uid": found.uid, "reason": outcome, "at": look.now.isoformat()}
        look.cursor.skipped = [*look.cursor.skipped, entry][-_SKIPPED_KEPT:]
    look.report = look.report.plus(outcome)
    _advance(look, found.uid)
    look.done += 1
    look.tell(look.done)


def _advance(look: _Look, uid: int) -> None:
    """Written after each mail: a break in the middle costs nothing but one mail seen twice."""
    look.cursor.last_uid = max(look.cursor.last_uid, uid)
    look.cursor.save(update_fields=["uid_validity", "last_uid", "skipped"])


def _receive(scope: Scope, raw: bytes, now: datetime, source: str, where: str) -> str:
    """`received`, `repeated`, or why it was skipped."""
    try:
        return "received" if receive_mail(scope, raw, now, source).created else "repeated"
    except InputError as error:
        return f"{where}: {error.problems[0].code}"
    except (OperationalError, InterfaceError):
        raise  # the database is away: nothing is wrong with this mail, and it must be tried again
    except Exception as error:
        # One mail nobody foresaw must not keep all the mails behind it out; it stays on the server, and is reported.
        log.exception("mail %s could not be received", where)
        return f"{where}: {type(error).__name__}"


def fetch_folder(
    scope: Scope, home: Path, now: datetime, settle_seconds: float = folder.SETTLE_SECONDS
) -> list[Report]:
    """Read the files waiting for this organisation; each ends up in `done/` or `failed/` beside it."""
    return [
        _fetch_file(scope, path, now) for place in places(scope, home) for path in folder.waiting(place, settle_seconds)
    ]


def places(scope: Scope, home: Path) -> list[Path]:
    """`in/mail/<slug>/`, and `in/mail/` itself for the organisation that the mail settings belong to."""
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=scope.organisation_id)
    base = home / "in" / "mail"
    return [base / slug, *([base] if mailboxes.owns_settings(scope) else [])]


def _fetch_file(scope: Scope, path: Path, now: datetime) -> Report:
    report = Report(path.name)
    try:
        for number, piece in enumerate(folder.pieces(path, MAIL_LIMIT), start=1):
            where = f"mail {number}"
            if piece.raw is None:
                report = report.plus(f"{where}: {piece.size} bytes are too many")
            else:
                report = report.plus(_receive(scope, piece.raw, now, "folder", where))
    except OSError as error:
        return replace(report, error=f"{type(error).__name__}: {error}")
    good = report.received + report.repeated
    reason = "\n".join(report.skipped) or ("" if good else "no mail in this file")
    folder.put_away(path, "done" if good else "failed", reason)
    return report if good else replace(report, error=reason)
