"""Who may come in. Every route names its right once, here, and it is asked before the request is even read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from amends.base.accounts import actions as accounts
from amends.base.accounts import queries
from amends.base.accounts.core import ActorKind, NotAllowed, Permission, Scope
from amends.base.accounts.models import ApiToken, User
from amends.base.settings import env
from amends.faces.api import limits
from amends.faces.api.problems import Fault, unauthenticated

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Exactly one of `token` and `user` is set."""

    scope: Scope
    now: datetime
    token: ApiToken | None = None
    user: User | None = None

    @property
    def is_person(self) -> bool:
        return self.scope.actor_kind is ActorKind.PERSON


def caller(request: HttpRequest) -> Caller:
    found: Caller = request.auth  # type: ignore[attr-defined]  # set by the doors below
    return found


class ApiTokenDoor(HttpBearer):
    """`Authorization: Bearer amk_…`. A token that does not open is refused; the session is then not tried."""

    def __init__(self, needs: Permission | None) -> None:
        super().__init__()
        self.needs = needs

    def authenticate(self, request: HttpRequest, token: str) -> Caller:  # noqa: ARG002 - ninja's signature
        now = timezone.now()
        found = queries.token_scope(token.strip(), now)
        if found is None:
            raise unauthenticated("bad_token")
        scope, row = found
        _count(f"token:{row.pk}", now)
        _require(scope, self.needs)
        accounts.note_use(row, now)
        return Caller(scope, now, token=row)


class SessionDoor(APIKeyCookie):
    """The console's own sign-in. What changes something needs the CSRF token, since a browser sends cookies unasked."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, needs: Permission | None) -> None:
        super().__init__()
        self.needs = needs

    def __call__(self, request: HttpRequest) -> Caller | None:
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:  # noqa: ARG002 - ninja's signature
        user: Any = request.user
        if not user.is_authenticated:
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            raise Fault(403, "csrf")
        seat: Any = request.seat  # type: ignore[attr-defined]  # set by faces.middleware.CurrentScope
        if seat.scope is None:
            raise Fault(403, "no_organisation")
        now = timezone.now()
        _count(f"user:{user.pk}", now)
        _require(seat.scope, self.needs)
        return Caller(seat.scope, now, user=user)


def _require(scope: Scope, needs: Permission | None) -> None:
    if needs is not None and not scope.may(needs):
        raise NotAllowed(needs)


def _count(who: str, now: datetime) -> None:
    limit = env.read_int("AMENDS_API_TOKEN_RATE")
    if limit:
        let_in(limits.take(who, limit, now))


def let_in(verdict: limits.Verdict) -> None:
    """Raises Fault 429 with Retry-After for one request too many."""
    if not verdict.allowed:
        headers = {"Retry-After": str(verdict.retry_after)}
        raise Fault(429, "too_many_requests", {"seconds": verdict.retry_after}, headers=headers)


def guarded(
    register: Callable[..., Any], path: str, needs: Permission | None, **more: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a route with the right it needs; None: any caller who is known.

    The right stands in the schema as `x-permission`, and the authorisation matrix reads it from there.
    """
    extra = {"x-permission": needs.value if needs else ""}
    doors = [ApiTokenDoor(needs), SessionDoor(needs)]
    decorate: Callable[[Callable[..., Any]], Callable[..., Any]] = register(
        path, auth=doors, openapi_extra=extra, **more
    )
    return decorate
