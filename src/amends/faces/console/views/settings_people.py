"""Settings about access: the team and its roles, API tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts.core import TOKEN_PREFIX, Permission, Role
from amends.base.accounts.models import ApiToken, Membership, User
from amends.base.team import actions, house, links, queries
from amends.faces.console import words
from amends.faces.console.forms import MemberForm, TokenForm
from amends.faces.console.guard import needs, scope_of
from amends.kernel.outcome import InputError, Refusal

FRESH_LINK = "fresh_password_link"  # session: shown once on the next page, then forgotten


@needs()
def team(request: HttpRequest) -> HttpResponse:
    return _team_page(request, MemberForm())


def _team_page(request: HttpRequest, form: MemberForm) -> HttpResponse:
    link, whose = request.session.pop(FRESH_LINK, ("", ""))
    context = {
        "section": "settings",
        "members": list(queries.members(scope_of(request))),
        "roles": words.choices("role"),
        "form": form,
        "link": link,
        "whose": whose,
    }
    return render(request, "settings/team.html", context)


@require_POST
@needs(Permission.TEAM_MANAGE)
def add_member(request: HttpRequest) -> HttpResponse:
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _team_page(request, form)
    data = form.cleaned_data
    try:
        done = actions.add_member(
            scope_of(request), data["email"], Role(data["role"]), now=timezone.now(), name=data["name"]
        )
    except InputError as error:
        form.add_error("email", words.problems(error))
        return _team_page(request, form)
    if isinstance(done, Refusal):
        form.add_error("email", words.refusal(done.code, done.params))
        return _team_page(request, form)
    if not done.user.has_usable_password():
        user = house.allow_password_link(scope_of(request), done.pk, timezone.now())
        if not isinstance(user, Refusal):
            return _make_link(request, user)
    messages.success(request, _("Added."))
    return redirect("settings_team")


def password_link(request: HttpRequest, user: User) -> str:
    """A link with which a person sets their own password; nobody else learns it."""
    return request.build_absolute_uri(links.set_password_path(user))


@require_POST
@needs(Permission.TEAM_MANAGE)
def change_member(request: HttpRequest, pk: int) -> HttpResponse:
    """One form a row: `role` to change it, `do` for the rest."""
    scope, now = scope_of(request), timezone.now()
    wish = request.POST.get("do", "role")
    try:
        if wish == "link":
            return _make_link(request, house.allow_password_link(scope, pk, now))
        if wish == "remove":
            return _told(request, actions.remove_member(scope, pk, now=now), _("Removed from this organisation."))
        role = Role(request.POST.get("role", ""))
        return _told(request, actions.change_role(scope, pk, role, now=now), _("Role changed."))
    except (Membership.DoesNotExist, ValueError):
        return _told(request, Refusal("not_found"), "")


def _make_link(request: HttpRequest, user: User | Refusal) -> HttpResponse:
    if isinstance(user, Refusal):
        return _told(request, user, "")
    request.session[FRESH_LINK] = (password_link(request, user), str(user))
    return redirect("settings_team")


def _told(request: HttpRequest, done: object, thanks: str) -> HttpResponse:
    if isinstance(done, Refusal):
        messages.error(request, words.refusal(done.code, done.params))
    else:
        messages.success(request, thanks)
    return redirect("settings_team")


@needs(Permission.TEAM_MANAGE)
def tokens(request: HttpRequest) -> HttpResponse:
    """A fresh token is in the answer to its own POST and nowhere else: reloading does not bring it back."""
    scope, now = scope_of(request), timezone.now()
    form, fresh = TokenForm(held=scope.permissions), ""
    if request.method == "POST":
        form = TokenForm(request.POST, held=scope.permissions)
        if form.is_valid():
            fresh = TOKEN_PREFIX + secrets.token_urlsafe(32)
            data = form.cleaned_data
            expires = now + timedelta(days=data["days"]) if data["days"] else None
            wanted = [Permission(word) for word in data["scopes"]]
            try:
                actions.issue_token(scope, data["name"], wanted, now=now, token=fresh, expires_at=expires)
                form = TokenForm(held=scope.permissions)
            except InputError as error:
                fresh = ""
                form.add_error(None, words.problems(error))
    context = {"section": "settings", "tokens": list(queries.tokens(scope)), "form": form, "fresh": fresh}
    return render(request, "settings/tokens.html", context)


@require_POST
@needs(Permission.TEAM_MANAGE)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.revoke_token(scope_of(request), pk, now=timezone.now())
        messages.success(request, _("Revoked. It stops working now."))
    except ApiToken.DoesNotExist:
        messages.error(request, words.refusal("not_found"))
    return redirect("settings_tokens")
