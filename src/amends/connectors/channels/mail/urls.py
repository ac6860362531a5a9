"""Server addresses as settings write them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from amends.kernel.outcome import InputError, Problem

_PORTS = {"smtp": 587, "smtps": 465, "imap": 143, "imaps": 993}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_LOOK_DAYS = 30


class Tls(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    FULL = "full"


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """`label` is fit for people and logs; nothing else may show a Server, hence no repr. `ca`: a file of
    certificates to trust besides the machine's. `days`: how far back the first look into a mailbox goes."""

    host: str
    port: int
    user: str
    password: str
    tls: Tls
    folder: str = "INBOX"
    ca: str = ""
    days: int = FIRST_LOOK_DAYS

    def __repr__(self) -> str:
        return f"Server({self.label})"

    @property
    def label(self) -> str:
        return f"{self.user + '@' if self.user else ''}{self.host}:{self.port}/{self.folder}".removesuffix("/")


def parse(url: str, where: str) -> Server:
    """`smtp://user:password@host:587?tls=starttls`, `imaps://…/Folder?days=30&ca=/path`. User and password are
    percent-encoded. Without `tls=` the plain schemes demand STARTTLS, but to this machine itself.

    Raises InputError naming `where` (the setting) and never the password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise InputError([Problem("bad_mail_url", where, {"why": "not an address"})]) from None
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InputError([Problem("bad_mail_url", where, {"why": "smtp://, smtps://, imap:// or imaps:// and a host"})])
    return Server(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=_tls(parts.scheme, parts.hostname, query.get("tls", ""), where),
        folder="" if parts.scheme.startswith("smtp") else unquote(parts.path.strip("/")) or "INBOX",
        ca=query.get("ca", ""),
        days=_days(query.get("days", ""), where),
    )


def _tls(scheme: str, host: str, asked: str, where: str) -> Tls:
    if scheme in ("smtps", "imaps"):
        return Tls.FULL
    if not asked:
        return Tls.NONE if host in _LOOPBACK else Tls.STARTTLS
    if asked not in ("none", "starttls"):
        raise InputError([Problem("bad_mail_url", where, {"why": "tls must be none or starttls"})])
    return Tls(asked)


def _days(asked: str, where: str) -> int:
    if not asked:
        return FIRST_LOOK_DAYS
    if not asked.isdecimal() or len(asked) > 5:  # noqa: PLR2004 - 99,999 days reach back before mail
        raise InputError([Problem("bad_mail_url", where, {"why": "days must be a whole number"})])
    return int(asked)
