"""Is a mail a person's word, or a machine's? So that two machines never answer each other for ever (RFC 3834)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from amends.intake.conversations.core.relays import Relay


class Machine(StrEnum):
    """What kind of machine wrote it. Empty: as far as the headers say, a person."""

    NONE = ""
    BOUNCE = "bounce"  # our own mail could not be delivered
    REPLY = "auto_reply"  # holiday notice, ticket robot
    GENERATED = "auto_generated"
    LIST = "list"


Headers = Mapping[str, Sequence[str]]
_DAEMONS = ("mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon")
_REPLY_MARKS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-vacation")


def _first(headers: Headers, name: str) -> str:
    values = headers.get(name, ())
    return values[0].strip().lower() if values else ""


def kind_of(headers: Headers, sender: str, *, is_report: bool, relay: Relay | None) -> Machine:
    """`headers`: lower-case names to decoded values. `is_report`: the mail is a multipart/report.

    A marketplace relays real buyers with automatic headers on them; there only bounces and replies count.
    """
    local = sender.partition("@")[0]
    return_path = headers.get("return-path", ())
    if (
        is_report
        or "x-failed-recipients" in headers
        or local in _DAEMONS
        or (bool(return_path) and return_path[0].strip() == "<>" and not _marks_reply(headers))
    ):
        return Machine.BOUNCE
    if _marks_reply(headers):
        return Machine.REPLY
    if relay is not None:
        return Machine.NONE
    if _first(headers, "auto-submitted") not in ("", "no") or "x-auto-generated" in headers:
        return Machine.GENERATED
    listed = "list-id" in headers or "list-post" in headers or _first(headers, "precedence") in ("list", "bulk", "junk")
    return Machine.LIST if listed else Machine.NONE


def _marks_reply(headers: Headers) -> bool:
    return (
        _first(headers, "auto-submitted").startswith("auto-replied")
        or any(mark in headers and _first(headers, mark) not in ("no", "") for mark in _REPLY_MARKS)
        or _first(headers, "precedence") in ("auto_reply", "auto-reply")
        or _first(headers, "x-precedence") in ("auto_reply", "auto-reply")
    )


def asks_for_silence(headers: Headers) -> bool:
    """True when the sender asks for no automatic answers (Exchange's X-Auto-Response-Suppress)."""
    wishes = {wish.strip() for wish in _first(headers, "x-auto-response-suppress").split(",")}
    return bool(wishes & {"all", "autoreply", "oof"})
