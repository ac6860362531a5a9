from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amends.intake.conversations import core
from amends.intake.conversations.core import Machine
from amends.intake.conversations.core.headers import Address

HEAD = b"From: Ann <ann@mail.example>\r\nTo: help@acme.example\r\nDate: Thu, 19 Nov 2026 09:14:00 +0100\r\n"


def mail(extra: bytes, body: bytes) -> core.ParsedMail:
    return core.parse(HEAD + extra + b"\r\n" + body)


def test_an_ordinary_mail() -> None:
    parsed = mail(
        b"Subject: Order 1001\r\nMessage-ID: <m1@mail.example>\r\nIn-Reply-To: <a1@acme.example>\r\n"
        b"References: <a0@acme.example>\r\n <a1@acme.example>\r\n",
        b"It is not here.\r\n",
    )
    assert parsed.sender == Address("Ann", "ann@mail.example")
    assert parsed.to == (Address("", "help@acme.example"),)
    assert (parsed.subject, parsed.text, parsed.flags) == ("Order 1001", "It is not here.", ())
    assert parsed.message_id == "m1@mail.example"
    assert parsed.in_reply_to == ("a1@acme.example",)
    assert parsed.references == ("a0@acme.example", "a1@acme.example")
    assert parsed.date == datetime(2026, 11, 19, 8, 14, tzinfo=UTC)
    assert parsed.machine is Machine.NONE


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?gb2312?B?" + base64.b64encode("订单有问题".encode("gb18030")).decode() + "?=", "订单有问题"),
        ("=?utf-8?q?Gr=C3=B6=C3?= =?utf-8?q?=9Fe_falsch?=", "Größe falsch"),  # a character cut between two words
        ("=?UTF-8*de?Q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        ("=?x-no-such?q?plain?=", "plain"),
        ("Re: =?utf-8?b?5LiN?=", "Re: 不"),
        ("=?utf-8?b?not base64 at all?=", "=?utf-8?b?not base64 at all?="),
        ("folded\r\n over lines", "folded over lines"),
        ("right\u202eto left", "rightto left"),
    ],
)
def test_subjects(header: str, subject: str) -> None:
    assert mail(f"Subject: {header}\r\n".encode(), b"x").subject == subject


def test_a_subject_in_raw_8_bit() -> None:
    assert mail(b"Subject: " + "订单还没有收到货物".encode("gb18030") + b"\r\n", b"x").subject == "订单还没有收到货物"
    assert mail(b"Subject: " + "Größe".encode() + b"\r\n", b"x").subject == "Größe"


def test_a_body_whose_label_lies() -> None:
    body = "镕先生：货没有收到".encode("gb18030")
    assert mail(b"Content-Type: text/plain; charset=gb2312\r\n", body).text == "镕先生：货没有收到"


def test_html_only() -> None:
    body = (
        b"<html><head><title>x</title><style>p{}</style></head><body><div style='display:none'>preheader</div>"
        b"<p>My mug is <b>broken</b>.</p><ul><li>handle</li><li>rim</li></ul>"
        b"<a href='https://carrier.example/t/RR1'>tracking</a><script>alert(1)</script>"
        b"<div class='gmail_quote'>On Thu, Acme wrote:<blockquote>Dear Ann</blockquote></div></body></html>"
    )
    parsed = mail(b"Content-Type: text/html; charset=utf-8\r\n", body)
    assert parsed.text == "My mug is broken.\n\n- handle\n\n- rim\n\ntracking (https://carrier.example/t/RR1)"
    assert parsed.quoted == "On Thu, Acme wrote:\nDear Ann"
    assert parsed.flags == ("html_only",)


def test_plain_is_preferred_over_html_but_a_notice_is_not_a_message() -> None:
    message = EmailMessage()
    message.set_content("The plain words.")
    message.add_alternative("<p>The <b>plain</b> words.</p><p>Ann Smith, 12 Long Street, Leeds</p>", subtype="html")
    assert core.parse(message.as_bytes()).text == "The plain words."
    notice = EmailMessage()
    notice.set_content("Please use an HTML reader")
    notice.add_alternative("<p>The parcel arrived empty and the seal was broken.</p>", subtype="html")
    assert core.parse(notice.as_bytes()).text == "The parcel arrived empty and the seal was broken."


def test_format_flowed_is_joined() -> None:
    parsed = mail(b"Content-Type: text/plain; format=flowed\r\n", b"one \r\ntwo \r\nthree\r\nfour\r\n")
    assert parsed.text == "one two three\nfour"


def test_no_text_at_all() -> None:
    parsed = mail(b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n", b"/9j/4AAQ")
    assert (parsed.text, parsed.flags) == ("", ("no_text",))
    assert [(a.name, a.media_type, a.size) for a in parsed.attachments] == [("a.jpg", "image/jpeg", 6)]
    assert mail(b"", b"").flags == ("no_text",)


def test_only_emoji() -> None:
    assert mail(b"Content-Type: text/plain; charset=utf-8\r\n", "😡😡👎🏽".encode()).text == "😡😡👎🏽"


def test_one_line_of_36_kilobytes() -> None:
    parsed = mail(b"", b"late " * 7_373)
    assert len(parsed.text) == 36_864
    assert parsed.flags == ()


def test_winmail_dat_is_kept_and_flagged() -> None:
    content = base64.b64encode(b"\x78\x9f\x3e\x22rest")
    parsed = mail(
        b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n', content
    )
    assert [(a.name, a.flags) for a in parsed.attachments] == [("winmail.dat", ("tnef",))]


@pytest.mark.parametrize(("depth", "flags", "text"), [(100, (), "deep"), (1000, ("unparsable",), None)])
def test_multiparts_inside_each_other(depth: int, flags: tuple[str, ...], text: str | None) -> None:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(depth))
    tail = b"".join(b"\r\n--b%d--" % i for i in reversed(range(depth)))
    parsed = core.parse(HEAD + head + b"Content-Type: text/plain\r\n\r\ndeep" + tail)
    assert parsed.flags == flags
    assert "deep" in parsed.text
    assert text is None or parsed.text == text


def test_broken_base64() -> None:
    parsed = mail(
        b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n", b"iVBORw0KGgo!!!!=\r\n==AAA"
    )
    assert "bad_encoding" in parsed.attachments[0].flags
    assert mail(b"Content-Transfer-Encoding: base64\r\n", b"this is not base64, is it?").text != ""


def test_dangerous_attachments() -> None:
    message = EmailMessage()
    message["From"] = "ann@mail.example"
    message.set_content("see photo")
    message.add_attachment(b"MZ\x90", maintype="image", subtype="jpeg", filename="photo.jpg")
    message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="invoice.pdf.exe")
    message.add_attachment("<svg/>", subtype="svg+xml", filename="../../etc/passwd.svg")
    message.add_attachment(b"\xff\xd8\xff\xe0", maintype="image", subtype="jpeg", filename="real\u202egpj.jpg")
    parsed = core.parse(message.as_bytes())
    assert [(a.name, a.media_type, a.flags) for a in parsed.attachments] == [
        ("photo.jpg", "application/x-dosexec", ("executable", "type_differs")),
        ("invoice.pdf.exe", "application/octet-stream", ("executable", "double_extension")),
        ("passwd.svg", "text/svg+xml", ("active",)),
        ("realgpj.jpg", "image/jpeg", ()),
    ]
    assert parsed.flags == ("no_date", "dangerous_attachment")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"attachment; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg", "照片.jpg"),
        (b"attachment; filename*0*=GB18030''%D5%D5; filename*1*=%C6%AC.jpg", "照片.jpg"),
        (b'attachment; filename="=?utf-8?b?54Wn54mHLmpwZw==?="', "照片.jpg"),
        (b'attachment; filename="' + "照片.jpg".encode() + b'"', "照片.jpg"),
        (b"attachment; filename*=no-such''%41.jpg", "A.jpg"),
        (b'attachment; filename="CON.jpg"', "_CON.jpg"),
        (b'attachment; filename="..\\..\\a b?.jpg"', "a b_.jpg"),
        (b"attachment", "attachment-1.jpg"),
        (b'attachment; filename="' + b"x" * 300 + b'.jpg"', "x" * 116 + ".jpg"),
    ],
)
def test_attachment_names(header: bytes, name: str) -> None:
    parsed = mail(b"Content-Type: image/jpeg\r\nContent-Disposition: " + header + b"\r\n", b"\xff\xd8\xff")
    assert [a.name for a in parsed.attachments] == [name]


def test_an_attached_mail_is_a_file() -> None:
    message = EmailMessage()
    message.set_content("see the carrier's mail")
    inner = EmailMessage()
    inner["Subject"] = "Parcel lost"
    inner.set_content("lost")
    message.add_attachment(inner)
    parsed = core.parse(message.as_bytes())
    assert [(a.name, a.media_type) for a in parsed.attachments] == [("attachment-1.eml", "message/rfc822")]
    assert b"Subject: Parcel lost" in parsed.attachments[0].content
    assert parsed.text == "see the carrier's mail"


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        (b"Auto-Submitted: auto-replied\r\n", Machine.REPLY),
        (b"Auto-Submitted: auto-generated\r\n", Machine.GENERATED),
        (b"Auto-Submitted: no\r\n", Machine.NONE),
        (b"X-Autoreply: yes\r\n", Machine.REPLY),
        (b"Precedence: auto_reply\r\n", Machine.REPLY),
        (b"Precedence: bulk\r\n", Machine.LIST),
        (b"List-Id: <news.example>\r\n", Machine.LIST),
        (b"Return-Path: <>\r\n", Machine.BOUNCE),
        (b"Return-Path: <>\r\nAuto-Submitted: auto-replied (vacation)\r\n", Machine.REPLY),
        (b"X-Failed-Recipients: a@b.example\r\n", Machine.BOUNCE),
        (b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n", Machine.BOUNCE),
        (b"List-Unsubscribe: <mailto:x@y.example>\r\n", Machine.NONE),
    ],
)
def test_machines(headers: bytes, machine: Machine) -> None:
    assert mail(headers, b"x").machine is machine


def test_a_wish_for_silence_is_kept() -> None:
    assert mail(b"X-Auto-Response-Suppress: DR, OOF\r\n", b"x").flags == ("asks_for_silence",)


def test_a_bounce_names_the_mail_it_is_about() -> None:
    parsed = core.parse(
        b"From: MAILER-DAEMON@mx.example\r\nTo: help@acme.example\r\nDate: Thu, 19 Nov 2026 09:14:00 +0100\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\n"
        b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@acme.example>\r\nSubject: Re: x\r\n"
        b"\r\n--B--\r\n"
    )
    assert (parsed.machine, parsed.bounced_ids) == (Machine.BOUNCE, ("ours@acme.example",))
    assert parsed.text == "Could not be delivered."


def test_relays() -> None:
    parsed = core.parse(
        b"From: Ann - Amazon Marketplace <q9w8e7+case-17@marketplace.amazon.de>\r\n"
        b"Reply-To: q9w8e7+case-17@marketplace.amazon.de\r\n"
        b"Auto-Submitted: auto-generated\r\nSubject: Order 302-1234567-7654321\r\n\r\nYou have a message\r\n"
        b"------------- Begin message -------------\r\n\r\nWo ist mein Paket?\r\n\r\n"
        b"------------- End message -------------\r\nfooter\r\n"
    )
    assert (parsed.platform, parsed.text, parsed.machine) == ("amazon", "Wo ist mein Paket?", Machine.NONE)
    assert parsed.answer_to == "q9w8e7+case-17@marketplace.amazon.de"
    assert core.canonical(parsed.writer.address) == "q9w8e7@marketplace.amazon.de"


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("a+b@marketplace.amazon.co.jp", "amazon"),
        ("a@m.marketplace.amazon.com", "amazon"),
        ("63ae59@members.ebay.com", "ebay"),
        ("4B20@relay.walmart.com", "walmart"),
        ("a@marketplace.amazon.com.evil.example", None),
        ("a@evilmembers.ebay.com", None),
        ("members.ebay.com", None),
        ("", None),
    ],
)
def test_relay_look_alikes_are_not_relays(address: str, platform: str | None) -> None:
    relay = core.relay_of(address)
    assert (relay.platform if relay else None) == platform


@pytest.mark.parametrize(
    ("sender", "reply_to", "writer", "answer_to", "differs"),
    [
        ("ann@mail.example", "", "ann@mail.example", "ann@mail.example", False),
        ("ann@mail.example", "ann.s@mail.example", "ann@mail.example", "ann.s@mail.example", False),
        ("ann@mail.example", "thief@other.example", "ann@mail.example", "ann@mail.example", True),
        ("noreply@forms.example", "ann@mail.example", "ann@mail.example", "ann@mail.example", False),
        ("", "ann@mail.example", "ann@mail.example", "ann@mail.example", False),
    ],
)
def test_where_an_answer_goes(sender: str, reply_to: str, writer: str, answer_to: str, *, differs: bool) -> None:
    parsed = core.parse(f"From: {sender}\r\nReply-To: {reply_to}\r\n\r\nx".encode())
    assert (parsed.writer.address, parsed.answer_to) == (writer, answer_to)
    assert ("reply_to_differs" in parsed.flags) is differs


@pytest.mark.parametrize(
    ("sender", "reply_to", "writer", "own"),
    [
        ("help@acme.example", "ann@mail.example", "ann@mail.example", False),  # a contact form in our name
        ("web@acme.example", "ann@mail.example", "ann@mail.example", False),
        ("help@acme.example", "", "help@acme.example", True),  # a copy of what a colleague wrote
        ("help@acme.example", "desk@acme.example", "help@acme.example", True),
        ("bob@gmail.com", "", "bob@gmail.com", False),  # the same provider as ours is no sign of anything
        ("shop@gmail.com", "", "shop@gmail.com", True),
        ("member@ebay.com", "63ae@members.ebay.com", "63ae@members.ebay.com", False),
    ],
)
def test_who_speaks_for_whom(sender: str, reply_to: str, writer: str, *, own: bool) -> None:
    ours = {"help@acme.example", "shop@gmail.com"}
    parsed = core.parse(f"From: {sender}\r\nReply-To: {reply_to}\r\n\r\nx".encode(), ours)
    assert parsed.writer.address == writer
    assert ("own_sender" in parsed.flags) is own
    assert "reply_to_differs" not in parsed.flags


def test_the_fingerprint_ignores_the_route_but_not_the_words() -> None:
    one = mail(b"Message-ID: <a@b.example>\r\n", b"late\r\n")
    other_route = core.parse(
        b"Received: from mx2\r\nX-Spam: no\r\n" + HEAD + b"Message-ID: <a@b.example>\r\n\r\nlate\r\n"
    )
    forged = mail(b"Message-ID: <a@b.example>\r\n", b"never mind\r\n")
    assert one.fingerprint == other_route.fingerprint
    assert one.fingerprint != forged.fingerprint


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        (b"<a@b> <c@d>", ("a@b", "c@d")),
        (b"a@b", ("a@b",)),
        (b"<a@b><a@b>", ("a@b",)),
        (b"<" + b"x" * 400 + b"@y>", ()),
        (b"<no at sign>", ()),
        (b"Your message of Friday", ()),
        (b"=?utf-8?q?=3Ca=40b=3E?=", ("a@b",)),  # encoded by a broken sender
    ],
)
def test_message_ids(field: bytes, ids: tuple[str, ...]) -> None:
    assert mail(b"References: " + field + b"\r\n", b"x").references == ids


_SNIPPETS = st.sampled_from([
    b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=x\r\n", b"--x\r\n", b"--x--", b"\r\n\r\n",
    b"Content-Type: text/html; charset=", b"Content-Transfer-Encoding: base64\r\n", b"=?utf-8?b?", b"?=", b"<div",
    b"\xff\xfe", b"Content-Disposition: attachment; filename*0*=", b"message/rfc822\r\n\r\n", b"Date: ",
    b"References: <", b">", b"\x00", b"Content-Type: message/delivery-status\r\n\r\n", b"begin 644 x\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n", b"(", b'"',
])  # fmt: skip


@given(
    st.one_of(
        st.binary(max_size=400), st.lists(st.one_of(_SNIPPETS, st.binary(max_size=12)), max_size=40).map(b"".join)
    )
)
@example(b"From: " + b"(" * 5000 + b"\r\n\r\nx")
@example(b"Content-Type: text/plain; charset*0*=\x80''\r\n\r\nx")
def test_never_raises_on_any_bytes(raw: bytes) -> None:
    parsed = core.parse(raw)
    for text in (parsed.text, parsed.quoted, parsed.subject, parsed.message_id, *(a.name for a in parsed.attachments)):
        assert "\x00" not in text
        text.encode("utf-8")
    assert core.parse(raw) == parsed
