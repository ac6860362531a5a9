"""Settings of one person: profile and security."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from amends.base.team import house
from amends.faces.console.forms import ProfileForm
from amends.faces.console.guard import needs


@needs()
def profile(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    fields = ("name", "language", "time_zone", "theme", "shortcuts")
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            house.save_profile(user, house.ProfileFields(**form.cleaned_data))
            with translation.override(form.cleaned_data["language"]):  # thanked in the language just chosen
                messages.success(request, _("Saved."))
            return redirect("settings")
    else:
        form = ProfileForm(initial={name: getattr(user, name) for name in fields})
    return render(request, "settings/profile.html", {"section": "settings", "form": form})


@needs()
def security(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "settings/security.html",
        {"section": "settings", "secure": request.is_secure() or _is_local(request), "methods": _methods(request.user)},
    )


def _is_local(request: HttpRequest) -> bool:
    """Browsers treat the machine itself as a secure context even without TLS."""
    return request.get_host().split(":")[0] in ("localhost", "127.0.0.1", "[::1]")


def _methods(user: Any) -> dict[str, bool]:
    from allauth.mfa.models import Authenticator

    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    return {kind: kind in kinds for kind in ("totp", "webauthn", "recovery_codes")}
