"""Reply templates for the composer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from amends.base.accounts.core import Permission
from amends.faces.console.guard import needs
from amends.faces.console.views.inbox import find


@needs(Permission.CASE_ANSWER)
def templates(request: HttpRequest, number: str) -> HttpResponse:
    find(request, number)
    return HttpResponse("")


@needs(Permission.CASE_ANSWER)
def template(request: HttpRequest, number: str, key: str) -> HttpResponse:
    find(request, number)
    return HttpResponse("")
