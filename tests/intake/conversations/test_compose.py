from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.conversations import core
from amends.intake.conversations.core import compose

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def outgoing(**facts: object) -> core.Outgoing:
    defaults: dict[str, object] = {
        "sender": "help@acme.example", "sender_name": "Acme 店铺", "recipient": "ann@mail.example", "subject": "Re: x",
        "text": "Hola", "at": AT, "message_id": "t0ken@acme.example",
    }  # fmt: skip
    return core.Outgoing(**(defaults | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Order 1001", "Re: Order 1001"),
        ("Re: Order", "Re: Order"),
        ("RE: AW: Re[2]: Bestellung", "Re: Bestellung"),
        ("Antw: Bestelling", "Re: Bestelling"),
        ("RES: Pedido", "Re: Pedido"),
        ("RV: Pedido", "Re: RV: Pedido"),  # a forward says something: kept
        ("RE : Commande", "Re: Commande"),
        ("Rép : Commande", "Re: Commande"),
        ("Ответ: Заказ", "Re: Заказ"),
        ("回复：答复: 订单", "Re: 订单"),
        ("回覆: 訂單", "Re: 訂單"),
        ("返信：注文", "Re: 注文"),
        ("رد: الطلب", "Re: الطلب"),
        ("Re:Re:Re:", "Re:"),
        ("", "Re:"),
        ("Refund: where", "Re: Refund: where"),
        ("Question (Order: 302-1)", "Re: Question (Order: 302-1)"),
        ("Re: x\r\nBcc: victim@mail.example", "Re: x Bcc: victim@mail.example"),
    ],
)
def test_one_reply_prefix(subject: str, reply: str) -> None:
    assert core.reply_subject(subject) == reply


@given(st.text(max_size=60))
def test_a_reply_to_a_reply_keeps_its_subject(subject: str) -> None:
    once = core.reply_subject(subject)
    assert core.reply_subject(once) == once


def test_the_mail_reads_back() -> None:
    raw = core.to_bytes(
        outgoing(
            subject="Re: 订单 — Größe", text="Estimada Ana:\n\n.punto\n¿Qué tal? 您好", in_reply_to="m2@mail.example",
            references=("m1@mail.example", "m2@mail.example"), language="es",
        )
    )  # fmt: skip
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    message = message_from_bytes(raw, policy=default)
    assert message["Message-ID"] == "<t0ken@acme.example>"
    assert message["In-Reply-To"] == "<m2@mail.example>"
    assert message["References"].split() == ["<m1@mail.example>", "<m2@mail.example>"]
    assert message["Subject"] == "Re: 订单 — Größe"
    assert message["From"] == "Acme 店铺 <help@acme.example>"
    assert message["Date"] == "Fri, 20 Nov 2026 02:00:00 +0000"
    assert message["Auto-Submitted"] is None
    assert message.get_content().replace("\r\n", "\n") == "Estimada Ana:\n\n.punto\n¿Qué tal? 您好\n"


def test_automatic_mails_say_so() -> None:
    message = message_from_bytes(core.to_bytes(outgoing(automatic=True)), policy=default)
    assert message["Auto-Submitted"] == "auto-replied"
    assert core.parse(core.to_bytes(outgoing(automatic=True))).machine is core.Machine.REPLY


def test_ids_longer_than_a_line_are_not_encoded() -> None:
    long = "x" * 200 + "@mail.example"
    raw = core.to_bytes(outgoing(in_reply_to=long, references=(long, "short@mail.example")))
    assert f"In-Reply-To: <{long}>\r\n".encode() in raw
    assert f"References: <{long}>\r\n <short@mail.example>\r\n".encode() in raw


def test_ids_no_server_could_carry_are_left_out() -> None:
    raw = core.to_bytes(outgoing(in_reply_to="ü@mail.example", references=("ü@mail.example", "a@mail.example")))
    assert b"In-Reply-To" not in raw
    assert b"References: <a@mail.example>\r\n" in raw


def test_the_chain_keeps_its_first_and_newest_ids() -> None:
    chain = [f"{i}@mail.example" for i in range(40)]
    kept = core.reference_chain(chain, "last@mail.example")
    assert len(kept) == compose.REFERENCES_LIMIT
    assert (kept[0], kept[1], kept[-1]) == ("0@mail.example", "22@mail.example", "last@mail.example")
    assert core.reference_chain((), "a@b") == ("a@b",)
    assert core.reference_chain(("a@b", "c@d"), "a@b") == ("c@d", "a@b")
    assert core.reference_chain((), "") == ()


@given(st.lists(st.text("abcd@.", min_size=1, max_size=250), max_size=30), st.text("xyz@.", min_size=1, max_size=250))
def test_the_chain_is_capped_and_ends_with_the_parent(chain: list[str], parent: str) -> None:
    kept = core.reference_chain(chain, parent)
    assert kept[-1] == parent
    assert len(kept) <= compose.REFERENCES_LIMIT
    assert len(kept) == len(set(kept))
    if len(kept) > 2:
        assert sum(len(one) + 3 for one in kept) <= compose.REFERENCES_CHARACTERS + 3
