"""The two doors to a scope, a seat and a token; and what a role may do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from amends.base.accounts import actions, core, queries
from amends.base.accounts.core import ActorKind, NotAllowed, Permission, Role, Scope, system_scope
from amends.base.accounts.models import ApiToken, Membership, Organisation, User
from amends.base.team import actions as team
from tests import factories

TEXT = core.TOKEN_PREFIX + "t" * 40


def test_no_role_but_the_owner_can_do_everything() -> None:
    assert {role for role in Role if core.ROLE_PERMISSIONS[role] == frozenset(Permission)} == {Role.OWNER}
    for role in Role:
        assert core.ROLE_PERMISSIONS[role] >= core.ROLE_PERMISSIONS[Role.VIEWER]


def test_only_owners_touch_people_and_settings() -> None:
    for right in (Permission.TEAM_MANAGE, Permission.SETTINGS_WRITE):
        assert [role for role in Role if right in core.ROLE_PERMISSIONS[role]] == [Role.OWNER]


def test_a_missing_right_is_an_error_that_names_it() -> None:
    scope = Scope(1, frozenset({Permission.CASE_READ}))
    scope.require(Permission.CASE_READ)
    with pytest.raises(NotAllowed) as refused:
        scope.require(Permission.CASE_WORK)
    assert refused.value.permission is Permission.CASE_WORK


def test_words_that_mean_nothing_give_no_right() -> None:
    assert core.permissions_of(["case:read", "case:destroy", ""]) == {Permission.CASE_READ}


def test_a_digest_depends_on_the_key() -> None:
    assert core.token_digest(TEXT, "a") != core.token_digest(TEXT, "b")
    assert TEXT not in core.token_digest(TEXT, "a")


@pytest.mark.django_db
def test_a_seat_gives_the_rights_of_its_role(
    organisation: Organisation, other_organisation: Organisation, agent_user: User
) -> None:
    scope = queries.membership_scope(agent_user, organisation.pk)
    expected = Scope(organisation.pk, core.ROLE_PERMISSIONS[Role.AGENT], ActorKind.PERSON, agent_user.pk)
    assert scope == expected
    assert queries.membership_scope(agent_user, other_organisation.pk) is None


@pytest.fixture
def token(organisation: Organisation, owner_user: User, now: datetime) -> ApiToken:
    """Made by the owner, with two rights."""
    maker = Scope(organisation.pk, frozenset(Permission), ActorKind.PERSON, owner_user.pk)
    rights = (Permission.CASE_READ, Permission.LEDGER_READ)
    return team.issue_token(maker, "erp", rights, now=now, token=TEXT, expires_at=now + timedelta(days=1))


def rights_of(now: datetime) -> set[str] | None:
    found = queries.token_scope(TEXT, now)
    return {p.value for p in found[0].permissions} if found else None


@pytest.mark.django_db
def test_a_token_opens_with_its_rights(token: ApiToken, now: datetime) -> None:
    found = queries.token_scope(TEXT, now)
    assert found is not None
    scope, row = found
    assert (scope.actor_kind, scope.actor_id, scope.organisation_id) == (ActorKind.TOKEN, token.pk, row.organisation_id)
    assert rights_of(now) == {"case:read", "ledger:read"}
    assert queries.token_scope(TEXT + "x", now) is None
    assert queries.token_scope("", now) is None


@pytest.mark.django_db
def test_a_token_ends(token: ApiToken, now: datetime) -> None:
    assert rights_of(now + timedelta(days=1, seconds=-1)) is not None
    assert rights_of(now + timedelta(days=1)) is None
    team.revoke_token(system_scope(token.organisation_id), token.pk, now=now)
    assert rights_of(now) is None


@pytest.mark.django_db
def test_a_token_has_no_right_its_maker_lost(token: ApiToken, owner_user: User, now: datetime) -> None:
    seat = Membership.objects.get(user=owner_user)
    Membership.objects.filter(pk=seat.pk).update(role=Role.VIEWER.value)
    assert rights_of(now) == {"case:read"}
    User.objects.filter(pk=owner_user.pk).update(is_active=False)
    assert rights_of(now) is None
    User.objects.filter(pk=owner_user.pk).update(is_active=True)
    seat.delete()
    assert rights_of(now) is None


@pytest.mark.django_db
def test_a_seat_elsewhere_does_not_help(
    token: ApiToken, owner_user: User, other_organisation: Organisation, now: datetime
) -> None:
    Membership.objects.filter(user=owner_user).delete()
    Membership.objects.create(organisation=other_organisation, user=owner_user, role=Role.OWNER.value)
    assert rights_of(now) is None


@pytest.mark.django_db
def test_a_token_made_on_the_machine_has_no_maker(scope: Scope, now: datetime) -> None:
    team.issue_token(scope, "cron", (Permission.JOB_READ,), now=now, token=TEXT)
    assert rights_of(now) == {"job:read"}


@pytest.mark.django_db
def test_use_is_noted_to_the_minute(token: ApiToken, now: datetime) -> None:
    def noted() -> datetime | None:
        return ApiToken.objects.get(pk=token.pk).last_used_at

    actions.note_use(token, now)
    assert noted() == now
    actions.note_use(ApiToken.objects.get(pk=token.pk), now + timedelta(seconds=59))
    assert noted() == now
    actions.note_use(ApiToken.objects.get(pk=token.pk), now + timedelta(seconds=60))
    assert noted() == now + timedelta(seconds=60)


@pytest.mark.django_db
def test_people_and_shops_are_the_organisations_own(
    organisation: Organisation, other_organisation: Organisation, scope: Scope, agent_user: User
) -> None:
    factories.make_user(other_organisation, Role.OWNER)
    factories.make_shop(other_organisation)
    mine = factories.make_shop(organisation, name="mine")
    assert queries.people(scope) == {agent_user.pk: "agent"}
    assert [shop.pk for shop in queries.shops(scope)] == [mine.pk]
    assert queries.organisation(scope) == organisation
