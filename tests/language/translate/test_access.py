"""Services that translate: nothing leaves the machine without a person's recorded consent."""

from __future__ import annotations

import pytest

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.base.ledger.models import Entry
from amends.kernel.outcome import InputError
from amends.language.translate import access
from amends.language.translate.engines.catalog import ENGINES
from amends.language.translate.models import EngineAccess

pytestmark = pytest.mark.django_db
KEY = "279a2e9d-83b3-c416-7e2d-f721593e42a0:fx"


def values(kind="deepl"):
    return {field.name: KEY for field in ENGINES[kind].fields if field.secret}


def test_a_service_without_consent_is_refused_and_nothing_is_kept(scope, now):
    with pytest.raises(InputError) as raised:
        access.connect(scope, "deepl", values(), now, agreed=False)
    assert [(p.code, p.where) for p in raised.value.problems] == [("consent_missing", "agreed")]
    assert not EngineAccess.objects.exists()
    assert access.services(scope) == []


def test_consent_is_kept_with_what_was_agreed_to_and_the_key_is_sealed(scope, now):
    row = access.connect(scope, "deepl", values(), now, agreed=True)
    assert row.agreed_at == now
    assert row.agreement
    assert KEY not in row.sealed
    assert access.settings_of(row) == values()
    assert [row.engine for _, row in access.services(scope)] == ["deepl"]
    entry = Entry.objects.get(verb="translation:engine:agreed")
    assert KEY not in str(entry.payload)


def test_a_secret_left_empty_keeps_the_stored_one(scope, now):
    access.connect(scope, "deepl", values(), now, agreed=True)
    row = access.connect(scope, "deepl", dict.fromkeys(values(), ""), now, agreed=True)
    assert access.settings_of(row) == values()


def test_withdrawing_forgets_key_and_consent(scope, other_organisation, now):
    access.connect(scope, "deepl", values(), now, agreed=True)
    assert access.withdraw(system_scope(other_organisation.pk), "deepl", now) is False
    assert access.withdraw(scope, "deepl", now) is True
    assert access.withdraw(scope, "deepl", now) is False
    assert access.services(scope) == []


def test_what_is_wrong_is_named(scope, now):
    with pytest.raises(InputError) as raised:
        access.connect(scope, "nobody", {}, now, agreed=True)
    assert raised.value.problems[0].code == "unknown_engine"
    with pytest.raises(InputError) as raised:
        access.connect(scope, "deepl", {}, now, agreed=True)
    assert raised.value.problems[0].code == "bad_engine_setting"
    with pytest.raises(InputError) as raised:
        access.connect(scope, "deepl", values() | {"colour": "red"}, now, agreed=True)
    assert raised.value.problems[0].where == "colour"


def test_one_organisations_consent_is_not_anothers(scope, other_organisation, now):
    access.connect(scope, "deepl", values(), now, agreed=True)
    assert access.services(system_scope(other_organisation.pk)) == []
    assert access.accesses(system_scope(other_organisation.pk)) == {}


def test_who_may_not_change_settings_connects_no_service(organisation, now):
    reader = Scope(organisation.pk, frozenset({Permission.CASE_READ}))
    with pytest.raises(NotAllowed):
        access.connect(reader, "deepl", values(), now, agreed=True)
    assert not EngineAccess.objects.exists()
