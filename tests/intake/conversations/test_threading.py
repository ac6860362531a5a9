from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from amends.intake.conversations.core import Choice, Found, Incoming, Known, RelayThread, choose

ANN, BOB = "ann@mail.example", "bob@mail.example"
AT = datetime(2026, 11, 20, tzinfo=UTC)
NEW = Choice(None, Found.NEW)


def mail(**facts: object) -> Incoming:
    return replace(Incoming("new@mail.example", (), (), (), ANN, relayed=False), **facts)  # type: ignore[arg-type]


def ours(message_id: str, thread_id: int, *people: str) -> Known:
    return Known(message_id, thread_id, ours=True, people=frozenset(people))


def theirs(message_id: str, thread_id: int, *people: str, refers_to: tuple[str, ...] = ()) -> Known:
    return Known(message_id, thread_id, ours=False, people=frozenset(people), refers_to=refers_to)


def test_in_reply_to_comes_first() -> None:
    known = [ours("a@acme", 1, ANN), ours("b@acme", 2, ANN)]
    assert choose(mail(in_reply_to=("b@acme",), references=("a@acme",)), known, ()) == Choice(2, Found.IN_REPLY_TO)


def test_the_nearest_reference_counts() -> None:
    known = [ours("a@acme", 1, ANN), ours("b@acme", 2, ANN)]
    assert choose(mail(references=("a@acme", "b@acme")), known, ()) == Choice(2, Found.REFERENCES)


def test_an_id_shared_by_many_is_no_tie() -> None:
    """A newsletter or a form mailer puts one id under mails of many people."""
    known = [theirs("news@x", 1, BOB), theirs("news@x", 2, "carol@mail.example")]
    assert choose(mail(in_reply_to=("news@x",), references=("news@x",)), known, ()) == NEW


def test_who_answers_our_mail_has_received_it() -> None:
    known = [ours("a@acme", 1, BOB)]
    assert choose(mail(in_reply_to=("a@acme",)), known, ()) == Choice(1, Found.IN_REPLY_TO, stranger=True)


def test_a_mail_that_arrives_after_its_answer() -> None:
    known = [theirs("later@mail", 4, ANN, refers_to=("new@mail.example",))]
    assert choose(mail(), known, ()) == Choice(4, Found.REFERRED_TO)
    assert choose(mail(writer=BOB), known, ()) == NEW


def test_relay_address_and_order_number() -> None:
    relay = "q9@marketplace.amazon.de"
    threads = [
        RelayThread(1, relay, "302-1", AT),
        RelayThread(2, relay, "302-2", AT),
        RelayThread(3, "other@marketplace.amazon.de", "302-1", AT),
    ]
    asked = mail(writer=relay, relayed=True, order_numbers=("302-1",))
    assert choose(asked, (), threads) == Choice(1, Found.RELAY_ORDER)
    assert choose(replace(asked, order_numbers=("302-9",)), (), threads) == NEW
    assert choose(replace(asked, order_numbers=()), (), threads) == NEW
    assert choose(replace(asked, order_numbers=("302-1", "302-2")), (), threads) == NEW
    assert choose(replace(asked, relayed=False), (), threads) == NEW


def test_a_bounce_goes_to_the_mail_it_speaks_of() -> None:
    known = [ours("a@acme", 7, BOB)]
    assert choose(mail(bounced_ids=("a@acme",), writer="mailer-daemon@mx"), known, ()) == Choice(7, Found.BOUNCE)


def test_nothing_known_is_a_new_thread() -> None:
    assert choose(mail(), (), ()) == NEW


_IDS = st.sampled_from(["a", "b", "c", "new@mail.example"])
_KNOWN = st.builds(
    Known, _IDS, st.integers(1, 4), st.booleans(), st.frozensets(st.sampled_from([ANN, BOB])), st.tuples(_IDS)
)


@given(st.lists(_KNOWN, max_size=8), st.lists(_IDS, max_size=3), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_listed_does_not_matter(known: list[Known], ids: list[str], random: object) -> None:
    asked = mail(in_reply_to=tuple(ids[:1]), references=tuple(ids))
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(asked, known, ()) == choose(asked, shuffled, ())
