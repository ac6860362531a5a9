"""Language, theme, and the organisation one works in: small choices made from any page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from amends.base.accounts.models import User
from amends.faces.console import errors
from amends.faces.console.guard import needs
from amends.faces.middleware import LANGUAGE_COOKIE, ORGANISATION_KEY, THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600  # seconds


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page one came from, if it is one of ours."""
    there = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(there)
    return HttpResponseRedirect("/")


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Works before sign-in too: then a cookie keeps the choice, afterwards the account does."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    response = back(request)
    if language in dict(settings.LANGUAGES):
        _keep(request, response, "language", str(language), LANGUAGE_COOKIE)
    if theme in THEMES:
        _keep(request, response, "theme", str(theme), THEME_COOKIE)
    return response


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str, cookie: str) -> None:
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**{name: value})
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())


@require_POST
@needs()
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Switch to another organisation one belongs to. The page one was on may not exist there, so: the start."""
    chosen = request.POST.get("organisation", "")
    known = {str(m.organisation_id): m.organisation_id for m in request.seat.memberships}  # type: ignore[attr-defined]
    if chosen not in known:
        return errors.not_found(request)
    request.session[ORGANISATION_KEY] = known[chosen]
    return HttpResponseRedirect("/")
