"""House rules in the database: versions, who may, the ledger, and the book of each organisation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.base.accounts.core import ROLE_PERMISSIONS, ActorKind, NotAllowed, Role, Scope
from amends.base.ledger.models import Entry
from amends.judgement.policies import actions, queries
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.load import current
from amends.kernel.outcome import InputError, Refusal

pytestmark = pytest.mark.django_db
WHY = {"reason": "We answer faster than the platform asks", "citation": "Terms of sale, 4.2"}
OWN = """\
id: OWN-GOODWILL
title: Small things are refunded without asking
applies: {case.kind: not_received}
confidence: A
when: {fact: order.item_total, at_most: 5 USD}
then: {decision: for_buyer, outcome: {refund: full, funded_by: seller}}
examples:
  - name: five dollars
    given: {order.item_total: 5.00 USD}
    expect: {decision: for_buyer}
  - name: a cent more
    given: {order.item_total: 5.01 USD}
    expect: {fires: false}
"""


def override(scope: Scope, now: datetime, value: str = "3", rule: str = "AE-RESP") -> HouseRule:
    row = actions.override_number(scope, rule, "clock.runs.days", value, now, **WHY)
    assert isinstance(row, HouseRule), row
    return row


def amount(scope: Scope, rule: str = "AE-RESP") -> Any:
    found = queries.book_of(scope).find(rule)
    assert found is not None
    assert found.clock is not None
    return found.clock.amount


def test_without_house_rules_the_book_is_the_shipped_one(scope: Scope) -> None:
    assert queries.book_of(scope) is current()


def test_an_override_holds_for_its_organisation_alone(scope: Scope, other_organisation: Any, now: datetime) -> None:
    override(scope, now)
    stranger = Scope(other_organisation.pk, scope.permissions)
    assert (amount(scope), amount(stranger)) == (3, 5)
    assert queries.book_of(scope) is queries.book_of(scope)
    assert queries.history(stranger) == queries.listed(stranger) == []


def test_a_change_is_a_new_version_and_the_last_one_holds(scope: Scope, now: datetime) -> None:
    first = override(scope, now)
    second = override(scope, now + timedelta(days=1), "2")
    assert [(row.number, row.new) for row in queries.history(scope, "AE-RESP")] == [(2, "2"), (1, "3")]
    assert [row.pk for row in queries.listed(scope)] == [second.pk]
    assert amount(scope) == 2
    first.refresh_from_db()
    assert first.withdrawn_at is None
    refused = actions.withdraw(scope, first.pk, now)
    assert isinstance(refused, Refusal)
    assert refused.code == "newer_version"


def test_what_was_withdrawn_gives_the_shipped_book_back(scope: Scope, now: datetime) -> None:
    shipped = queries.book_of(scope).hash
    row = override(scope, now)
    assert queries.book_of(scope).hash != shipped
    done = actions.withdraw(scope, row.pk, now, "It was a test")
    assert isinstance(done, HouseRule)
    assert (queries.book_of(scope).hash, amount(scope)) == (shipped, 5)
    again = actions.withdraw(scope, row.pk, now)
    assert isinstance(again, Refusal)
    assert again.code == "withdrawn_before"


def test_undo_is_a_new_version_with_the_same_words(scope: Scope, now: datetime) -> None:
    row = override(scope, now)
    refused = actions.restore(scope, row.pk, now)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_withdrawn"
    actions.withdraw(scope, row.pk, now)
    back = actions.restore(scope, row.pk, now)
    assert isinstance(back, HouseRule)
    assert (back.number, back.new, back.reason, back.citation) == (2, row.new, row.reason, row.citation)
    assert amount(scope) == 3
    row.refresh_from_db()
    assert row.withdrawn_at == now


def test_what_the_rulebook_left_behind_is_not_restored(scope: Scope, now: datetime) -> None:
    row = override(scope, now)
    actions.withdraw(scope, row.pk, now)
    HouseRule.objects.filter(organisation_id=scope.organisation_id, pk=row.pk).update(old="6")
    refused = actions.restore(scope, row.pk, now)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.params) == ("lapsed", {"why": "base_changed"})
    assert len(queries.history(scope)) == 1


@pytest.mark.parametrize("missing", ["reason", "citation"])
def test_a_reason_and_a_citation_are_required(scope: Scope, now: datetime, missing: str) -> None:
    with pytest.raises(InputError) as bad:
        actions.override_number(scope, "AE-RESP", "clock.runs.days", "3", now, **(WHY | {missing: "  "}))
    assert [(p.code, p.where) for p in bad.value.problems] == [("missing", missing)]
    with pytest.raises(InputError):
        actions.add_rule(scope, OWN, now=now, **(WHY | {missing: ""}))
    assert not queries.history(scope)


def test_a_law_refuses_with_its_name(scope: Scope, now: datetime) -> None:
    refused = actions.override_number(scope, "EU-WD-14", "clock.runs.days", "7", now, **WHY)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.rule_ids) == ("law_only_better_for_buyer", ("EU-WD-14",))
    assert not queries.history(scope)


def test_the_same_number_twice_is_refused(scope: Scope, now: datetime) -> None:
    override(scope, now)
    refused = actions.override_number(scope, "AE-RESP", "clock.runs.days", "3", now, **WHY)
    assert isinstance(refused, Refusal)
    assert refused.code == "same_number"


def test_an_own_rule_is_written_and_written_again(scope: Scope, now: datetime) -> None:
    actions.add_rule(scope, OWN, now=now, **WHY)
    assert queries.book_of(scope).find("OWN-GOODWILL").version == "open+house.1"  # type: ignore[union-attr]
    actions.add_rule(scope, OWN.replace("5 USD", "6 USD").replace("5.0", "6.0"), now=now, **WHY)
    rules = queries.book_of(scope).versions("OWN-GOODWILL")
    assert [rule.version for rule in rules] == ["open+house.2"]
    refused = actions.override_number(scope, "OWN-GOODWILL", "when.at_most", "7", now, **WHY)
    assert isinstance(refused, Refusal)
    assert refused.code == "own_rule_is_edited"


def test_an_own_rule_with_a_mistake_writes_nothing(scope: Scope, now: datetime) -> None:
    with pytest.raises(InputError) as bad:
        actions.add_rule(scope, OWN.replace("order.item_total", "order.itme_total"), now=now, **WHY)
    assert bad.value.problems[0].where == "body:5"
    with pytest.raises(InputError) as bad:
        actions.add_rule(scope, OWN + "overrides: [EU-WD-14]\n", now=now, **WHY)
    assert [p.code for p in bad.value.problems] == ["house_beats_only_shop"]
    assert not queries.history(scope)


def test_only_leads_and_owners_may(organisation: Any, now: datetime) -> None:
    allowed = []
    for role in Role:
        scope = Scope(organisation.pk, ROLE_PERMISSIONS[role], ActorKind.PERSON)
        try:
            override(scope, now, str(10 + len(allowed)))
        except NotAllowed:
            assert not queries.history(Scope(organisation.pk, ROLE_PERMISSIONS[Role.VIEWER])) or allowed
        else:
            allowed.append(role)
    assert set(allowed) == {Role.OWNER, Role.LEAD}


def test_each_change_is_one_entry_without_the_words(scope: Scope, now: datetime) -> None:
    row = override(scope, now)
    actions.withdraw(scope, row.pk, now)
    actions.restore(scope, row.pk, now)
    actions.add_rule(scope, OWN, now=now, **WHY)
    entries = Entry.objects.filter(organisation_id=scope.organisation_id, subject_kind="house_rule").order_by("seq")
    assert [entry.verb.rpartition(":")[2] for entry in entries] == ["overridden", "withdrawn", "restored", "added"]
    assert entries[0].payload | {"hash": "", "base": ""} == {
        "rule": "AE-RESP", "number": 1, "path": "clock.runs.days", "from": "5", "to": "3", "hash": "", "base": "",
    }  # fmt: skip
    assert all(WHY["reason"] not in str(entry.payload) for entry in entries)


def test_the_author_is_the_person_behind_it(organisation: Any, owner_user: Any, now: datetime) -> None:
    scope = Scope(organisation.pk, ROLE_PERMISSIONS[Role.OWNER], ActorKind.PERSON, owner_user.pk)
    row = override(scope, now)
    done = actions.withdraw(scope, row.pk, now)
    assert isinstance(done, HouseRule)
    assert (row.author_id, done.withdrawn_by_id) == (owner_user.pk, owner_user.pk)
