"""Errors as RFC 9457 problem documents, always of one shape:

`{type, title, status, detail, code, errors: [{where, code, params, message}], rule_ids, params}`.

`code` is for programs and never translated; `title`, `detail` and `message` are in the reader's language.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from amends.base.accounts.core import NotAllowed
from amends.base.settings import env
from amends.faces.api import words
from amends.kernel.outcome import InputError, Problem, Refusal

log = logging.getLogger(__name__)
T = TypeVar("T")

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:amends:problem:"
_NOT_THERE = frozenset({"no_such_case", "job_unknown", "not_found"})  # refusals that mean "not there"


class Fault(Exception):
    """A refusal on its way out: raise it anywhere below a route."""

    def __init__(
        self,
        status: int,
        code: str,
        params: Mapping[str, Any] | None = None,
        *,
        errors: Sequence[Problem] = (),
        rule_ids: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = dict(params or {})
        self.errors = tuple(errors)
        self.rule_ids = tuple(rule_ids)
        self.headers = dict(headers or {})


def not_found() -> Fault:
    """The one answer for what is not there and for what is somebody else's."""
    return Fault(404, "not_found")


def wrong(code: str, where: str, **params: Any) -> Fault:
    """One thing wrong with the input."""
    return Fault(422, "invalid_input", errors=[Problem(code, where, params)])


def of_refusal(refusal: Refusal, *, conditional: bool = False) -> Fault:
    """409, but 404 and 403 where that is the refusal's meaning. `conditional`: If-Match was sent, and the version it
    names is not the one there, which HTTP calls 412."""
    if refusal.code in _NOT_THERE:
        return not_found()
    status = 409
    if refusal.code == "not_allowed":
        status = 403
    elif conditional and refusal.code == "version_conflict":
        status = 412
    return Fault(status, refusal.code, refusal.params, rule_ids=refusal.rule_ids)


def unwrap(outcome: T | Refusal, *, conditional: bool = False) -> T:
    """What was done. Raises Fault for a refusal."""
    if isinstance(outcome, Refusal):
        raise of_refusal(outcome, conditional=conditional)
    return outcome


def respond(fault: Fault) -> HttpResponse:
    body = {
        "type": TYPE + fault.code,
        "title": words.title(fault.status),
        "status": fault.status,
        "detail": words.detail(fault.code, fault.params),
        "code": fault.code,
        "params": fault.params,
        "rule_ids": list(fault.rule_ids),
        "errors": [
            {"where": p.where, "code": p.code, "params": p.params, "message": words.detail(p.code, p.params)}
            for p in fault.errors
        ],
    }
    text = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(text, status=fault.status, content_type=MEDIA_TYPE, headers=fault.headers)


def install(api: NinjaAPI) -> None:
    """Every exception a route may end with, and its problem document."""

    def on(kind: type[Exception], make: Any) -> None:
        api.add_exception_handler(kind, lambda _request, error: respond(make(error)))

    on(Fault, lambda fault: fault)
    on(NotAllowed, lambda error: Fault(403, "not_allowed", {"permission": error.permission.value}))
    on(InputError, lambda error: Fault(422, "invalid_input", errors=error.problems))
    on(ValidationError, _of_validation)
    on(AuthenticationError, lambda _: unauthenticated("unauthenticated"))
    on(Http404, lambda _: not_found())
    on(ObjectDoesNotExist, lambda _: not_found())
    on(RequestDataTooBig, lambda _: too_large())
    on(HttpError, _of_http)
    # The edge of the system: whatever broke, a program gets a document it can read, and the log gets the trace.
    api.add_exception_handler(Exception, _broke)


def unauthenticated(code: str) -> Fault:
    return Fault(401, code, headers={"WWW-Authenticate": 'Bearer realm="amends"'})


def too_large() -> Fault:
    return Fault(413, "body_too_large", {"most": env.read_int("AMENDS_API_MAX_BODY_KB")})


def _of_http(error: HttpError) -> Fault:
    """Ninja's own: in practice a body that is not JSON, or that our parser refused."""
    if isinstance(error.__cause__, Fault | RequestDataTooBig):
        return error.__cause__ if isinstance(error.__cause__, Fault) else too_large()
    return Fault(error.status_code, "bad_json" if error.status_code == 400 else "bad_request")  # noqa: PLR2004


def _of_validation(error: ValidationError) -> Fault:
    return Fault(422, "invalid_input", errors=[_problem(one) for one in error.errors])


def _problem(error: Mapping[str, Any]) -> Problem:
    """Pydantic's word for what is wrong, with the place as a caller would write it: `lines[0].sku`."""
    source, *path = error["loc"]
    if source in ("body", "form", "file"):
        path = path[1:] or [source]  # the first step is the name of our own parameter
    where = ""
    for step in path:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else str(step)
    context = {k: v for k, v in error.get("ctx", {}).items() if k != "error"}
    if error["type"] == "value_error" and "code" in context:
        return Problem(context.pop("code"), where, context)
    return Problem(error["type"], where, context)


def _broke(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    log.error("%s %s broke", request.method, request.path, exc_info=error if isinstance(error, Exception) else True)
    return respond(Fault(500, "internal_error"))
