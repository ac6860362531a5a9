"""The chain holds, and any changed byte is found and named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from amends.base.accounts.core import Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.base.ledger import core, queries
from amends.base.ledger.actions import record
from amends.base.ledger.models import Entry

AT = datetime(2026, 11, 20, 2, 0, 0, 123456, tzinfo=UTC)


def chain(payloads: list[dict[str, Any]]) -> list[core.Sealed]:
    previous, out = core.GENESIS, []
    for seq, payload in enumerate(payloads, start=1):
        fields: dict[str, Any] = {
            "organisation_id": 1,
            "seq": seq,
            "at": AT + timedelta(seconds=seq),
            "actor_kind": "person",
            "actor_id": 7,
            "verb": "case:note:done",
            "subject_kind": "case",
            "subject_id": "1001",
            "payload": payload,
            "prev_hash": previous,
        }
        entry = core.Sealed(**fields, hash=core.entry_hash(**fields))
        out.append(entry)
        previous = entry.hash
    return out


PAYLOADS = st.lists(
    st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(max_size=8), st.none()), max_size=3),
    min_size=1,
    max_size=6,
)


@given(PAYLOADS)
def test_a_chain_that_was_appended_holds(payloads: list[dict[str, Any]]) -> None:
    assert core.verify(chain(payloads)) is None


@given(PAYLOADS, st.data())
def test_any_change_is_found_at_its_entry(payloads: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = chain(payloads)
    index = data.draw(st.integers(0, len(entries) - 1))
    victim = entries[index]
    field, value = data.draw(
        st.sampled_from(
            [
                ("verb", victim.verb + "x"),
                ("at", victim.at + timedelta(microseconds=1)),
                ("actor_id", 8),
                ("subject_id", "1002"),
                ("payload", {**victim.payload, "extra": 1}),
                ("prev_hash", "f" * 64),
                ("hash", "0" * 63 + "1"),
                ("organisation_id", 2),
            ]
        )
    )
    values = {name: getattr(victim, name) for name in core.Sealed.__dataclass_fields__} | {field: value}
    entries[index] = core.Sealed(**values)
    broken = core.verify(entries)
    assert broken is not None
    assert broken.seq == victim.seq


@given(PAYLOADS.filter(lambda p: len(p) > 1), st.data())
def test_a_missing_or_swapped_entry_is_found(payloads: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = chain(payloads)
    index = data.draw(st.integers(0, len(entries) - 2))
    assert core.verify(entries[:index] + entries[index + 1 :]) is not None
    entries[index], entries[index + 1] = entries[index + 1], entries[index]
    assert core.verify(entries) is not None


def write(scope: Scope, count: int = 3) -> None:
    for number in range(count):
        with transaction.atomic():
            record(
                scope,
                at=AT,
                verb="test:thing:done",
                subject_kind="test",
                subject_id=number,
                payload={"ü": "数", "n": number},
            )


@pytest.mark.django_db
def test_rows_survive_the_database_and_verify(scope: Scope) -> None:
    write(scope)
    assert queries.verify(scope) is None
    seq, head = queries.head(scope)
    assert seq == 3
    assert head == Entry.objects.get(organisation_id=scope.organisation_id, seq=3).hash


@pytest.mark.django_db
def test_one_changed_byte_in_the_database_names_the_entry(scope: Scope) -> None:
    write(scope)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET verb = 'test:thing:donf' WHERE seq = 2")
    assert queries.verify(scope) == core.Break(2, "content")


@pytest.mark.django_db
def test_a_cut_tail_is_a_gap(scope: Scope) -> None:
    write(scope)
    Entry.objects.filter(organisation_id=scope.organisation_id, seq=3).delete()
    assert queries.verify(scope) == core.Break(3, "gap")


@pytest.mark.django_db
def test_each_organisation_has_its_own_chain(scope: Scope, other_organisation: Organisation) -> None:
    write(scope, 2)
    other = system_scope(other_organisation.pk)
    write(other, 1)
    assert queries.head(scope)[0] == 2
    assert queries.head(other)[0] == 1
    assert [e.seq for e in queries.entries(other)] == [1]


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(organisation: Organisation) -> None:
    with pytest.raises(RuntimeError):
        record(system_scope(organisation.pk), at=AT, verb="x", subject_kind="x", subject_id=1)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_action_leaves_no_entry(organisation: Organisation) -> None:
    scope = system_scope(organisation.pk)

    def fail_after_writing() -> None:
        with transaction.atomic():
            record(scope, at=AT, verb="x", subject_kind="x", subject_id=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert queries.head(scope) == (0, core.GENESIS)
