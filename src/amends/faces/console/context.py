"""What the frame around every page needs. Lazy: a fragment that shows none of it costs no query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from amends.base.accounts.core import Permission, Scope
from amends.faces.console import formats
from amends.faces.middleware import THEME_COOKIE, THEMES
from amends.resolution.cases.models import Case

SOON = timedelta(hours=24)


def shell(request: HttpRequest) -> dict[str, Any]:
    seat = getattr(request, "seat", None)
    now = timezone.now()
    language = getattr(request, "LANGUAGE_CODE", "en")
    return {
        "now": now,
        "seat": seat,
        "organisation": SimpleLazyObject(lambda: seat.organisation if seat else None),
        "may": SimpleLazyObject(lambda: _rights(seat.scope if seat else None)),
        "theme": theme_of(request),
        "language": language,
        "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "locale": formats.locale_of(language),
        "nav": SimpleLazyObject(lambda: nav_counts(seat.scope if seat else None, now)),
        "settings_tabs": SimpleLazyObject(lambda: settings_tabs(request, seat.scope if seat else None)),
    }


def theme_of(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    cookie = request.COOKIES.get(THEME_COOKIE, "")
    return cookie if cookie in THEMES else "system"


def nav_counts(scope: Scope | None, now: Any) -> dict[str, int]:
    """Open cases whose next clock is over, or runs out within a day. One query, on the index of due dates."""
    if scope is None:
        return {"late": 0, "soon": 0}
    rows = Case.objects.filter(
        organisation_id=scope.organisation_id, closed_at=None, next_due_at__lte=now + SOON
    ).values_list("next_due_at", flat=True)
    due = list(rows[:1000])  # a tally above 999 says no more than "999+"
    late = sum(1 for at in due if at <= now)
    return {"late": late, "soon": len(due) - late}


def settings_tabs(request: HttpRequest, scope: Scope | None) -> list[dict[str, Any]]:
    """The pages of the settings this person may open. Here, since pages of the sign-in package show them too."""
    if scope is None:
        return []
    pages = [
        ("settings", _("Profile"), None),
        ("settings_security", _("Security"), None),
        ("settings_organisation", _("Organisation"), None),
        ("settings_shops", _("Shops"), None),
        ("settings_days", _("Working days"), None),
        ("settings_team", _("Team"), None),
        ("settings_tokens", _("API tokens"), Permission.TEAM_MANAGE),
        ("settings_mail", _("Mail"), Permission.SETTINGS_WRITE),
        ("settings_connectors", _("Connectors"), None),
    ]
    shown = [(reverse(name), title) for name, title, right in pages if right is None or scope.may(right)]
    here = reverse("settings_security") if request.path.startswith("/account/") else request.path
    return [{"url": url, "name": title, "current": url == here} for url, title in shown]


def _rights(scope: Scope | None) -> dict[str, bool]:
    """`{"case_settle": True, …}` for templates: `{% if may.case_settle %}`."""
    return {p.name.lower(): bool(scope and scope.may(p)) for p in Permission}
