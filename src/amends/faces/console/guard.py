"""The door of every page: who may enter, and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from amends.base.accounts.core import NotAllowed, Permission, Scope
from amends.base.accounts.models import Organisation
from amends.faces.console import errors

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def needs(permission: Permission | None = None) -> Callable[[View[P]], View[P]]:
    """Signed in, in an organisation, with the permission; otherwise sign-in, "no organisation", or 403.

    An action that refuses by `NotAllowed` ends on the same 403 page.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not request.scope:  # type: ignore[attr-defined]
                return errors.no_organisation(request)
            if permission is not None and not scope_of(request).may(permission):
                return errors.forbidden(request, NotAllowed(permission))
            try:
                return view(request, *args, **kwargs)
            except NotAllowed as refused:
                return errors.forbidden(request, refused)

        inner.permission = permission  # type: ignore[attr-defined]  # read by the authorisation matrix test
        return inner

    return wrap


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment asked for after the session ended: send the whole window to the sign-in page.
        response = HttpResponse(status=401)
        response["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
        return response
    return redirect_to_login(request.get_full_path())


def scope_of(request: HttpRequest) -> Scope:
    """The scope behind a guarded page. The lazy wrapper is taken off, since dataclasses compare by type."""
    seat: Any = request.seat  # type: ignore[attr-defined]
    if seat.scope is None:
        raise RuntimeError("a page without `needs` asked for a scope")
    return seat.scope


def organisation_of(request: HttpRequest) -> Organisation:
    seat: Any = request.seat  # type: ignore[attr-defined]
    return seat.organisation
