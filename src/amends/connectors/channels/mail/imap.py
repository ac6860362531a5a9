"""Reading an IMAP folder from a known position, without marking or moving anything on the server."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Self

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from amends.connectors.channels.mail.smtp import tls_context
from amends.connectors.channels.mail.urls import Server, Tls

TIMEOUT_SECONDS = 30
_SIZES_AT_ONCE = 200
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxUnreachable(Exception):
    """The server cannot be reached, refuses the sign-in or broke off. `str()` is fit to show."""


@dataclass(frozen=True, slots=True)
class Found:
    """One mail on the server. `raw` None: larger than asked for."""

    uid: int
    size: int
    raw: bytes | None


_FAILURES = (OSError, imaplib.IMAP4.error, ImapToolsError, ssl.SSLError)


class ImapFolder:
    """An open, read-only folder. Use as a context manager."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._box: BaseMailBox | None = None
        self.uid_validity = 0

    def __enter__(self) -> Self:
        try:
            self._box = self._connect()
            self._sign_in(self._box)
            status = self._box.folder.status(self._server.folder, ["UIDVALIDITY"])
            self.uid_validity = int(status["UIDVALIDITY"])
            self._box.folder.set(self._server.folder, readonly=True)
        except _FAILURES as error:
            self._close()
            raise MailboxUnreachable(_reason(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _connect(self) -> BaseMailBox:
        server = self._server
        if server.tls is Tls.FULL:
            return MailBox(server.host, server.port, timeout=TIMEOUT_SECONDS, ssl_context=tls_context(server))
        if server.tls is Tls.STARTTLS:
            return MailBoxStartTls(server.host, server.port, timeout=TIMEOUT_SECONDS, ssl_context=tls_context(server))
        return MailBoxUnencrypted(server.host, server.port, timeout=TIMEOUT_SECONDS)

    def _sign_in(self, box: BaseMailBox) -> None:
        plain = self._server.user.isascii() and self._server.password.isascii()
        sign_in = box.login if plain else box.login_utf8
        sign_in(self._server.user, self._server.password, initial_folder=None)

    def _close(self) -> None:
        box, self._box = self._box, None
        if box is None:
            return
        try:
            box.logout()
        except _FAILURES:  # the connection may be gone already, and then only the socket is left to free
            with contextlib.suppress(OSError):
                box.client.shutdown()

    def uids(self, *, after: int = 0, since: date | None = None) -> list[int]:
        """Ascending. `since` looks at the day the mail arrived at the server. Raises MailboxUnreachable."""
        criteria = f"UID {after + 1}:*"
        if since:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        try:
            found = self._opened().uids(criteria, charset=None)
        except _FAILURES as error:
            raise MailboxUnreachable(_reason(error)) from error
        # "n:*" names the newest mail even when its number is below n
        return sorted(uid for uid in map(int, found) if uid > after)

    def read(self, uids: Sequence[int], most_bytes: int) -> Iterator[Found]:
        """Mails in the order asked; one that was deleted meanwhile is left out. Raises MailboxUnreachable."""
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            batch = uids[start : start + _SIZES_AT_ONCE]
            sizes = self._sizes(batch)
            for uid in batch:
                if uid not in sizes:
                    continue
                if sizes[uid] > most_bytes:
                    yield Found(uid, sizes[uid], None)
                    continue
                raw = self._body(uid)
                if raw is not None:
                    yield Found(uid, len(raw), raw)

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for line in self._fetch(",".join(map(str, uids)), "(UID RFC822.SIZE)"):
            head = line[0] if isinstance(line, tuple) else line
            uid, size = _UID.search(head or b""), _SIZE.search(head or b"")
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def _body(self, uid: int) -> bytes | None:
        for line in self._fetch(str(uid), "(UID BODY.PEEK[])"):
            if isinstance(line, tuple) and _UID.search(line[0]):
                return bytes(line[1])
        return None

    def _fetch(self, uids: str, parts: str) -> list[bytes | tuple[bytes, bytes]]:
        try:
            status, lines = self._opened().client.uid("FETCH", uids, parts)
        except _FAILURES as error:
            raise MailboxUnreachable(_reason(error)) from error
        if status != "OK":
            raise MailboxUnreachable(f"FETCH answered {status}")
        return [line for line in lines if line]

    def _opened(self) -> BaseMailBox:
        if self._box is None:
            raise MailboxUnreachable("the folder is not open")
        return self._box


def _reason(error: BaseException) -> str:
    words = " ".join(str(error).split()) or "no reason given"
    return f"{type(error).__name__}: {words}"[:300]
