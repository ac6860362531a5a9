"""Members, roles and tokens: who may, what is kept, and that no organisation loses its last owner."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.base.accounts.core import NotAllowed, Permission, Role, Scope, token_digest
from amends.base.accounts.models import ApiToken, Membership, User
from amends.base.ledger.queries import entries
from amends.base.team import actions, queries
from amends.kernel.outcome import InputError, Refusal

TOKEN = "amk_" + "x" * 40


@pytest.fixture
def viewer(organisation, viewer_user):
    return Scope(organisation.pk, frozenset({Permission.CASE_READ}), actor_id=viewer_user.pk)


def verbs(scope):
    return [entry.verb for entry in entries(scope).order_by("seq")]


def test_a_person_of_two_organisations_keeps_one_account(scope, other_organisation, now):
    from amends.base.accounts.core import system_scope

    first = actions.add_member(scope, "Li@Example.com ", Role.AGENT, now=now, name="Li", password="a long enough one")
    second = actions.add_member(system_scope(other_organisation.pk), "li@example.com", Role.OWNER, now=now)
    assert first.user_id == second.user_id
    assert User.objects.get().check_password("a long enough one")
    assert verbs(scope) == ["team:member:added"]


def test_the_ledger_holds_no_address(scope, now):
    actions.add_member(scope, "li@example.com", Role.AGENT, now=now)
    entry = entries(scope).get()
    assert entry.payload == {"user_id": User.objects.get().pk, "role": "agent"}


def test_the_last_owner_stays(scope, owner_user, now):
    membership = Membership.objects.get(user=owner_user)
    refused = Refusal("last_owner", params={"email": owner_user.email})
    assert actions.change_role(scope, membership.pk, Role.VIEWER, now=now) == refused
    assert actions.remove_member(scope, membership.pk, now=now) == refused
    second = actions.add_member(scope, "second@example.com", Role.OWNER, now=now)
    assert actions.change_role(scope, membership.pk, Role.VIEWER, now=now).role == "viewer"
    assert actions.change_role(scope, second.pk, Role.LEAD, now=now).code == "last_owner"
    assert verbs(scope) == ["team:member:added", "team:member:role_changed"]


def test_who_may_not_changes_nothing(viewer, owner_user, now):
    membership = Membership.objects.get(user=owner_user)
    for verb in (
        lambda: actions.add_member(viewer, "x@example.com", Role.OWNER, now=now),
        lambda: actions.change_role(viewer, membership.pk, Role.VIEWER, now=now),
        lambda: actions.remove_member(viewer, membership.pk, now=now),
        lambda: actions.issue_token(viewer, "t", [Permission.CASE_READ], now=now, token=TOKEN),
        lambda: list(queries.tokens(viewer)),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert Membership.objects.count() == 2
    assert verbs(viewer) == []


def test_nothing_crosses_organisations(scope, other_organisation, now):
    from amends.base.accounts.core import system_scope

    theirs = actions.add_member(system_scope(other_organisation.pk), "x@example.com", Role.AGENT, now=now)
    with pytest.raises(Membership.DoesNotExist):
        actions.change_role(scope, theirs.pk, Role.VIEWER, now=now)
    with pytest.raises(Membership.DoesNotExist):
        actions.remove_member(scope, theirs.pk, now=now)
    assert list(queries.members(scope)) == []


def test_a_token_is_kept_as_a_digest(scope, now, settings):
    row = actions.issue_token(
        scope, " cron ", {Permission.CASE_READ}, now=now, token=TOKEN, expires_at=now + timedelta(1)
    )
    assert (row.name, row.hint, row.scopes) == ("cron", "amk_xxxx", ["case:read"])
    assert row.digest == token_digest(TOKEN, settings.SECRET_KEY)
    assert actions.revoke_token(scope, row.pk, now=now).revoked_at == now
    actions.revoke_token(scope, row.pk, now=now + timedelta(1))
    assert ApiToken.objects.get().revoked_at == now
    assert verbs(scope) == ["team:token:issued", "team:token:revoked"]


def test_a_token_never_has_a_right_its_maker_lacks(organisation, now):
    maker = Scope(organisation.pk, frozenset({Permission.TEAM_MANAGE}))
    with pytest.raises(NotAllowed):
        actions.issue_token(maker, "t", [Permission.CASE_READ], now=now, token=TOKEN)


@pytest.mark.parametrize(
    ("name", "scopes", "token", "codes"),
    [
        ("t", [], TOKEN, ["empty"]),
        (" ", [Permission.CASE_READ], TOKEN, ["empty"]),
        ("t", [Permission.CASE_READ], "amk_short", ["weak_token"]),
        ("", [], "x" * 60, ["empty", "empty", "weak_token"]),
    ],
)
def test_every_wrong_field_is_named(scope, now, name, scopes, token, codes):
    with pytest.raises(InputError) as caught:
        actions.issue_token(scope, name, scopes, now=now, token=token)
    assert [p.code for p in caught.value.problems] == codes


def test_a_new_password_is_recorded_everywhere_and_may_drop_the_second_factor(scope, agent_user, now):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=agent_user, type=Authenticator.Type.TOTP, data={})
    actions.set_password(agent_user, "another long one", now=now)
    assert Authenticator.objects.count() == 1
    actions.set_password(agent_user, "yet another long one", now=now, drop_second_factor=True)
    assert Authenticator.objects.count() == 0
    assert [e.payload["second_factor_dropped"] for e in entries(scope).order_by("seq")] == [False, True]
