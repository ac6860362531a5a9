"""Error pages: what happened, in one sentence, and the way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from amends.base.accounts.core import NotAllowed
from amends.faces.console import words


def _page(request: HttpRequest, status: int, title: str, text: str, icon: str) -> HttpResponse:
    context = {"title": title, "text": text, "icon": icon, "status": status}
    template = "errors/fragment.html" if request.headers.get("HX-Request") else "errors/page.html"
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _page(request, 400, _("This request could not be read"), _("Go back and try once more."), "warning")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("Your role in this organisation does not include this.")
    if isinstance(exception, NotAllowed):
        text = _("Your role does not include “%(right)s”. An owner of the organisation can change that.") % {
            "right": words.label("permission", exception.permission.value)
        }
    return _page(request, 403, _("Not for your role"), text, "lock")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _page(
        request,
        403,
        _("This form has expired"),
        _("Nothing was changed. Load the page again and repeat what you did."),
        "lock",
    )


def no_organisation(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        403,
        _("No organisation yet"),
        _("Your account belongs to no organisation. Ask an owner to add you."),
        "people",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _page(
        request,
        404,
        _("Not here"),
        _("There is nothing at this address, or it belongs to another organisation."),
        "search",
    )


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    # No context processors: whatever broke may be what they need.
    from django.template import loader

    return HttpResponse(loader.get_template("errors/500.html").render({"status": 500}), status=500)
