"""What stands around every address of the API, before a route is looked at: limits by network address and size."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import timezone

from amends.base.settings import env
from amends.faces.api import limits
from amends.faces.api.door import SAFE, let_in
from amends.faces.api.problems import Fault, not_found, respond, too_large

View = Callable[..., HttpResponseBase]
_HEAD_ROOM = 64 * 1024  # of an upload: the other fields and the seams between them


def shell(view: View) -> View:
    """Guards one view; plain refusals of the framework become problem documents."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _count(request)
            _check_size(request)
            response = view(request, *args, **kwargs)
        except Fault as fault:
            return respond(fault)
        except Http404:  # ninja's own root address
            return respond(not_found())
        if response.status_code == 405:  # noqa: PLR2004 - ninja answers it without asking anyone
            allowed = ", ".join(sorted(response.headers.get("Allow", "").split(", ")))
            return respond(Fault(405, "method_not_allowed", {"allowed": allowed}, headers={"Allow": allowed}))
        return response

    inner.csrf_exempt = True  # type: ignore[attr-defined]  # the session door checks it; a token needs none
    return inner


def _count(request: HttpRequest) -> None:
    limit = env.read_int("AMENDS_API_ADDRESS_RATE")
    if limit:
        let_in(limits.take(f"address:{request.META.get('REMOTE_ADDR', '')}", limit, timezone.now()))


def _check_size(request: HttpRequest) -> None:
    """By the announced length, before a byte is read. A body without a length is not read at all (WSGI)."""
    if request.method in SAFE:
        return
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            raise Fault(411, "length_missing")
        return
    most_kilobytes = env.read_int("AMENDS_API_MAX_BODY_KB")
    if (request.content_type or "").startswith("multipart/"):
        most, fault = env.read_int("AMENDS_MAX_UPLOAD_MB") * 1024 * 1024 + _HEAD_ROOM, _upload_too_large()
    else:
        most, fault = most_kilobytes * 1024, too_large()
    if not length.isdecimal() or int(length) > most:
        raise fault


def _upload_too_large() -> Fault:
    return Fault(413, "too_large", {"limit": env.read_int("AMENDS_MAX_UPLOAD_MB")})


def around(pattern: Any) -> Any:
    """The same URL pattern with its view inside the shell."""
    if not isinstance(pattern, URLPattern):
        raise TypeError(f"not a plain pattern: {pattern!r}")
    return URLPattern(pattern.pattern, shell(pattern.callback), pattern.default_args, pattern.name)


@shell
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001 - what every view is called with
    """Below /api/ everything answers in JSON, also what is not there."""
    return respond(not_found())
