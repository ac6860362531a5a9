"""Every address of the house."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from amends.faces.console import errors

# The sign-in package offers these; the house does not: people are added by an owner, who also hands out new
# password links, and an address is changed there too.
CLOSED = ("signup/", "email/", "password/reset/", "password/reset/done/", "confirm-email/")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"account/{closed}", errors.not_found) for closed in CLOSED),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include("amends.faces.console.urls")),
]
if find_spec("amends.faces.api.urls"):
    urlpatterns.insert(0, path("api/", include("amends.faces.api.urls")))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
