"""One mail, read: MIME bytes in, a frozen value out. Total over arbitrary bytes: it never raises.

The standard parser is used with its oldest policy, which keeps header values as they came; the newer policies parse
them on access and raise on hostile ones. Decoding is done here, where a failure has a place to go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from hashlib import sha256

from amends.intake.conversations.core import attachments, automatic, charsets, headers, html, quotes, relays
from amends.intake.conversations.core.attachments import Attachment
from amends.intake.conversations.core.automatic import Machine
from amends.intake.conversations.core.clean import clean_body, clean_line
from amends.intake.conversations.core.headers import Address

PARTS_LIMIT = 500  # MIME parts looked at
ATTACHMENTS_LIMIT = 100
HEADERS_LIMIT = 1000
SUBJECT_LIMIT = 400
_STUB = 40  # characters; a shorter text part that says something else than the HTML is a notice about HTML
_DEEP = re.compile(rb"(?im)^content-type:\s*multipart/")
DEPTH_LIMIT = 150  # multiparts in one mail; the standard parser nests a generator for each


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """`flags`: no_text, html_only, only_quoted, truncated, no_date, no_sender, unparsable, attachments_dropped,
    dangerous_attachment, own_sender, reply_to_differs, asks_for_silence.

    `date` is UTC, as claimed by the sender. Ids are without angle brackets. `text` is what the buyer wrote now;
    history and signature are apart.
    """

    sender: Address
    reply_to: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    text: str
    quoted: str
    signature: str
    attachments: tuple[Attachment, ...]
    machine: Machine
    platform: str  # of the marketplace whose relay the buyer wrote through, or empty
    bounced_ids: tuple[str, ...]  # ids of our own mails a bounce speaks of
    flags: tuple[str, ...]
    fingerprint: str  # equal for the same mail delivered over two routes

    spoken_for: bool  # the sender is a form, a relay or one of us, and speaks for who is named in Reply-To

    @property
    def writer(self) -> Address:
        """Who the words are from."""
        return self.reply_to if self.spoken_for else self.sender

    @property
    def answer_to(self) -> str:
        """Where an answer goes. A Reply-To at a foreign host is not followed: it is how a forged sender would have
        an answer, with the buyer's data in it, sent to himself. It is flagged `reply_to_differs` for a person."""
        if self.reply_to.address and "reply_to_differs" not in self.flags:
            return self.reply_to.address
        return self.sender.address


@dataclass(slots=True)
class _Body:
    plain: list[str]
    html: list[html.HtmlText]
    files: list[Attachment]
    notices: list[str]  # text of delivery reports
    flags: list[str]


def parse(raw: bytes, own: Collection[str] = ()) -> ParsedMail:
    """Read a mail. Whatever cannot be understood is flagged; the bytes themselves are the caller's to keep.

    `own`: lower-case addresses we write from. A contact form that sends in our name speaks for its Reply-To.
    """
    flags: list[str] = []
    try:
        message = _structure(raw, flags)
        return _assemble(_fields(message), _collect(message, raw, flags), message, own)
    except Exception:  # noqa: BLE001 - the standard parser fails on hostile mail in ways nobody has listed
        flags = ["unparsable"]
        empty: Message = Message(policy=compat32)
        return _assemble({}, _collect(empty, raw, flags), empty, own)


def _structure(raw: bytes, flags: list[str]) -> Message:
    if len(_DEEP.findall(raw)) > DEPTH_LIMIT:
        flags.append("unparsable")
        return BytesHeaderParser(policy=compat32).parsebytes(raw)
    return BytesParser(policy=compat32).parsebytes(raw)


def _fields(message: Message) -> dict[str, list[str]]:
    """Raw values by lower-case name, in order."""
    fields: dict[str, list[str]] = {}
    for name, value in list(message.raw_items())[:HEADERS_LIMIT]:
        fields.setdefault(name.lower(), []).append(str(value))
    return fields


def _collect(message: Message, raw: bytes, flags: list[str]) -> _Body:
    body = _Body([], [], [], [], flags)
    if "unparsable" in flags:
        _, _, rest = raw.partition(b"\n\n") if b"\r\n\r\n" not in raw else raw.partition(b"\r\n\r\n")
        body.plain.append(charsets.decode(rest[: 2 * 1024 * 1024]))
        return body
    for part in _leaves(message):
        _take(part, body)
    return body


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that hold content, in order, without opening attached mails; at most PARTS_LIMIT."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS_LIMIT:
        part = waiting.pop()
        seen += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(reversed([one for one in inner if isinstance(one, Message)]))
        else:
            yield part


def _take(part: Message, body: _Body) -> None:
    kind = part.get_content_type()
    disposition = headers.decode_text(str(part.get("content-disposition", ""))).split(";")[0].strip().lower()
    name = _file_name(part)
    if kind in ("message/delivery-status", "text/rfc822-headers") or (kind == "message/rfc822" and not name):
        body.notices.append(_attached_text(part))
        if kind != "message/rfc822":
            return
    if (
        kind in ("text/plain", "text/html")
        and disposition != "attachment"
        and not (name and body.plain and kind == "text/plain")
    ):
        text = charsets.decode(_content(part)[0], _charset(part))
        if kind == "text/html":
            body.html.append(html.to_text(text))
        else:
            body.plain.append(_unflow(text, part))
        return
    if len(body.files) >= ATTACHMENTS_LIMIT:
        body.flags.append("attachments_dropped")
        return
    content, broken = _content(part)
    body.files.append(
        attachments.make(
            name=name,
            media_type=kind,
            content=content,
            position=len(body.files) + 1,
            inline=disposition == "inline" or "content-id" in part,
            broken=broken,
        )
    )


def _content(part: Message) -> tuple[bytes, bool]:
    """The bytes of a part, and whether the transfer encoding was broken."""
    if part.get_content_maintype() == "message":
        return _attached_text(part).encode("utf-8", "surrogateescape"), False
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):  # e.g. an encoding label with a NUL in it
        return headers.raw_bytes(str(part.get_payload())), True
    broken = any("Base64" in type(defect).__name__ for defect in part.defects)
    return (data if isinstance(data, bytes) else b""), broken


def _attached_text(part: Message) -> str:
    inner: object = part.get_payload()
    if not isinstance(inner, list):
        return str(inner)
    pieces = []
    for one in inner:
        if not isinstance(one, Message):
            continue
        try:
            pieces.append(one.as_bytes().decode("utf-8", "surrogateescape"))
        except Exception:  # noqa: BLE001 - the generator raises many things on broken parts; headers alone still tell
            pieces.append("\n".join(f"{name}: {value}" for name, value in one.raw_items()))
    return "\n\n".join(pieces)


def _readable(part: Message) -> Message:
    """The fields about a part with raw 8-bit bytes decoded; the parser would replace each by a question mark."""
    copy: Message = Message(policy=compat32)
    for name, value in part.raw_items():
        if name.lower() in ("content-type", "content-disposition"):
            raw = headers.raw_bytes(str(value))
            copy[name] = str(value) if raw.isascii() else charsets.decode(raw)
    return copy


def _charset(part: Message) -> str:
    try:
        return str(_readable(part).get_content_charset("") or "")
    except (ValueError, LookupError, TypeError, AttributeError):  # RFC 2231 fields with nonsense in them
        return ""


def _file_name(part: Message) -> str:
    """The name by RFC 2183/2231, or by the older `name=`; encoded words inside either are undone as well."""
    try:
        name = _readable(part).get_filename("")
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    return headers.decode_text(str(name or ""))


def _unflow(text: str, part: Message) -> str:
    """Join the soft line ends of format=flowed (RFC 3676)."""
    try:
        flowed = str(part.get_param("format", "")).lower() == "flowed"
    except (ValueError, LookupError, TypeError, AttributeError):
        return text
    if not flowed:
        return text
    lines: list[str] = []
    joining = False
    for line in text.replace("\r\n", "\n").split("\n"):
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if joining and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line.removeprefix(" ") if not line.startswith(">") else line)
        joining = soft
    return "\n".join(lines)


def _words(body: _Body, relay: relays.Relay | None) -> tuple[quotes.Parts, bool]:
    """The parts of the text, and whether it was cut. HTML is read when the plain part is missing or a mere notice."""
    plain = "\n\n".join(text.strip("\r\n") for text in body.plain if text.strip())
    rich = "\n\n".join(one.text for one in body.html if one.text)
    history = "\n\n".join(one.quoted for one in body.html if one.quoted)
    short = " ".join(plain.split())
    notice = len(short) < _STUB < len(rich) and short not in " ".join(rich.split())
    use_html = bool(rich or history) and (not short or notice)
    if use_html and not short:
        body.flags.append("html_only")
    text, cut = clean_body(rich if use_html else plain)
    if relay is not None:
        text = relays.buyer_words(text, relay)
    return quotes.split(text, clean_body(history)[0] if use_html else ""), cut


def _assemble(fields: dict[str, list[str]], body: _Body, message: Message, own: Collection[str]) -> ParsedMail:
    def first(name: str) -> str:
        return fields.get(name, [""])[0]

    nobody = Address("", "")
    senders = headers.addresses(first("from")) or headers.addresses(first("sender"))
    sender = senders[0] if senders else nobody
    reply_to = next(iter(headers.addresses(first("reply-to"))), nobody)
    relay = relays.relay_of(sender.address) or relays.relay_of(reply_to.address)
    ours = relays.is_own(sender.address, own)
    spoken_for = _speaks_for(sender, reply_to, own, ours=ours)
    parts, cut = _words(body, relay)
    decoded = {name: [headers.decode_text(value) for value in values] for name, values in fields.items()}
    is_report = message.get_content_type() == "multipart/report" and "feedback-report" not in first("content-type")
    machine = automatic.kind_of(decoded, sender.address, is_report=is_report, relay=relay)
    date = headers.date(first("date"))
    subject = clean_line(headers.decode_text(first("subject")), SUBJECT_LIMIT)
    mail_ids = headers.message_ids(first("message-id"))
    raised = {
        "no_text": not parts.text,
        "only_quoted": parts.only_quoted,
        "truncated": cut,
        "no_date": date is None,
        "no_sender": not sender.address,
        "dangerous_attachment": any({"executable", "active"} & set(one.flags) for one in body.files),
        "own_sender": ours and not spoken_for,
        "reply_to_differs": not (spoken_for or relay) and _other_host(sender, reply_to),
        "asks_for_silence": automatic.asks_for_silence(decoded),
    }
    return ParsedMail(
        sender=sender,
        reply_to=reply_to,
        to=headers.addresses(", ".join(fields.get("to", []))),
        cc=headers.addresses(", ".join(fields.get("cc", []))),
        subject=subject,
        message_id=mail_ids[0] if mail_ids else "",
        in_reply_to=headers.message_ids(first("in-reply-to")),
        references=headers.message_ids(" ".join(fields.get("references", []))),
        date=date,
        text=parts.text,
        quoted=parts.quoted,
        signature=parts.signature,
        attachments=tuple(body.files),
        machine=machine,
        platform=relay.platform if relay else "",
        bounced_ids=_bounced(body.notices) if machine is Machine.BOUNCE else (),
        flags=tuple(dict.fromkeys([*body.flags, *(flag for flag, up in raised.items() if up)])),
        fingerprint=_fingerprint(mail_ids, sender, subject, date, parts, body.files),
        spoken_for=spoken_for,
    )


def _speaks_for(sender: Address, reply_to: Address, own: Collection[str], *, ours: bool) -> bool:
    if not reply_to.address or relays.is_own(reply_to.address, own):
        return False
    relayed = relays.relay_of(reply_to.address) is not None and relays.relay_of(sender.address) is None
    return ours or relayed or not sender.address or relays.is_nobody(sender.address)


def _other_host(sender: Address, reply_to: Address) -> bool:
    if not reply_to.address or not sender.address:
        return False
    return reply_to.address.rpartition("@")[2] != sender.address.rpartition("@")[2]


def _bounced(notices: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for notice in notices:
        for match in re.finditer(r"(?im)^(?:original-)?message-id:\s*(<[^<>\s]{1,300}>)", notice[:200_000]):
            found.update(dict.fromkeys(headers.message_ids(match[1])))
    return tuple(found)[:10]


def _fingerprint(
    ids: tuple[str, ...],
    sender: Address,
    subject: str,
    date: datetime | None,
    parts: quotes.Parts,
    files: list[Attachment],
) -> str:
    """Two different mails that share a Message-ID (broken senders, forgers) stay two: the content counts as well."""
    content = [
        ids[0] if ids else "", sender.address, subject, date.isoformat() if date else "", parts.text, parts.quoted,
        *(one.sha256 for one in files),
    ]  # fmt: skip
    return sha256("\x00".join(content).encode("utf-8", "replace")).hexdigest()
