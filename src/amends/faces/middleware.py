"""What every request passes through: security headers, the reader's language and zone, the caller's scope."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from amends.base.accounts.core import ROLE_PERMISSIONS, ActorKind, Role, Scope
from amends.base.accounts.models import Membership

GetResponse = Callable[[HttpRequest], HttpResponse]

# No inline script, no inline style, nothing from another host. `data:` images: the QR code of TOTP set-up.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), "
    "usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
ORGANISATION_KEY = "organisation"  # session: the organisation last chosen
LANGUAGE_COOKIE = "amends_language"
THEME_COOKIE = "amends_theme"
THEMES = ("system", "light", "dark")


class SecurityHeaders:
    """Adds what the browser must enforce. A view may set a stricter policy of its own; it is kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            # Pages hold buyers' words: neither a shared cache nor the back button after sign-out may show them.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ReaderLocale:
    """Language: the user's, then the cookie, then Accept-Language. Zone: the user's.

    It stands before the authentication middleware, so the user is read lazily through the session. A person
    without a session costs no query.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, zone = _language_and_zone(request)
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()  # a lazy response is written in the reader's language too
        response.headers.setdefault("Content-Language", language)
        if "Vary" not in response.headers:
            response.headers["Vary"] = "Accept-Language, Cookie"
        return response


def _language_and_zone(request: HttpRequest) -> tuple[str, zoneinfo.ZoneInfo]:
    session: Any = getattr(request, "session", None)
    user_id = session.get("_auth_user_id") if session is not None else None
    if user_id:
        from django.contrib.auth import get_user

        user = get_user(request)
        request._cached_user = user  # type: ignore[attr-defined]  # the authentication middleware looks here first
        if user.is_authenticated:
            return supported(user.language), _zone(user.time_zone)
    return _stranger_language(request), zoneinfo.ZoneInfo(settings.TIME_ZONE)


def _stranger_language(request: HttpRequest) -> str:
    cookie = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if cookie in dict(settings.LANGUAGES):
        return cookie
    return translation.get_language_from_request(request)


def supported(code: str) -> str:
    """The nearest interface language we have; the installation's own when there is none."""
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


class CurrentScope:
    """`request.scope` (Scope or None) and `request.organisation`, read from the database when first asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seat = Seat(request)
        request.seat = seat  # type: ignore[attr-defined]
        request.scope = SimpleLazyObject(lambda: seat.scope)  # type: ignore[attr-defined]
        request.organisation = SimpleLazyObject(lambda: seat.organisation)  # type: ignore[attr-defined]
        return self.get_response(request)


class Seat:
    """Where the signed-in person sits: their memberships, and the one this session works in."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def memberships(self) -> list[Membership]:
        user: Any = self._request.user
        if not user.is_authenticated:
            return []
        return list(
            Membership.objects.filter(user_id=user.pk).select_related("organisation").order_by("organisation__name")
        )

    @cached_property
    def membership(self) -> Membership | None:
        chosen = self._request.session.get(ORGANISATION_KEY)
        by_id = {m.organisation_id: m for m in self.memberships}
        if chosen in by_id:
            return by_id[chosen]
        return self.memberships[0] if self.memberships else None

    @property
    def organisation(self) -> Any:
        return self.membership.organisation if self.membership else None

    @property
    def scope(self) -> Scope | None:
        seat = self.membership
        if seat is None:
            return None
        return Scope(seat.organisation_id, ROLE_PERMISSIONS[Role(seat.role)], ActorKind.PERSON, seat.user_id)
