"""The verbs of a case: a dialog that asks, a simulation that shows, an execution that does."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission
from amends.base.settings import env
from amends.faces.console import case_forms, present, words
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.views.inbox import find
from amends.intake.conversations import actions as conversations
from amends.intake.conversations.models import Message
from amends.kernel.outcome import InputError, Refusal
from amends.resolution.cases import actions
from amends.resolution.cases.actions import Performed, Simulation
from amends.resolution.cases.core import effects
from amends.resolution.cases.core.axes import Verb
from amends.resolution.cases.core.remedies import MONEY_REMEDIES
from amends.resolution.cases.queries import CaseView

CONFLICT = "version_conflict"


def _verb(name: str) -> Verb:
    try:
        return Verb(name)
    except ValueError:
        raise Http404 from None


@needs(Permission.CASE_READ)
def dialog(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The form of one verb. GET parameters fill it, so that a remedy's own button opens it ready."""
    view = find(request, number)
    return render(request, "case/dialog.html", _dialog(request, view, _verb(verb), request.GET))


def _dialog(
    request: HttpRequest, view: CaseView, verb: Verb, data: QueryDict, refused: Refusal | None = None
) -> dict[str, Any]:
    body, state = view.body, view.state
    fields: list[dict[str, Any]] = []
    for field in case_forms.FIELDS[verb]:
        codes = case_forms.choices_of(field, body)
        value = data.get(field.name, "")
        if not value and field.name == "remedy" and codes:
            value = codes[0]
        fields.append({"field": field, "codes": codes, "value": value})
    remedy = next((f["value"] for f in fields if f["field"].name == "remedy"), "")
    return {
        "view": view,
        "case": view.case,
        "body": body,
        "verb": verb.value,
        "title": words.label("verb", verb.value),
        "number": f"C-{view.case.number}",
        "fields": fields,
        "amount": data.get("amount") or case_forms.suggested_amount(remedy, body, state),
        "takes_amount": verb not in (Verb.OFFER, Verb.SETTLE) or remedy in MONEY_REMEDIES,
        "currency": state.currency,
        "refundable": state.refundable_minor,
        "draft": data.get("text") or (view.draft.text if view.draft and verb is Verb.ASK_EVIDENCE else ""),
        "language": data.get("language") or state.buyer_language or "en",
        "answer_languages": case_forms.answer_languages(state.buyer_language),
        "key": data.get("key") or secrets.token_hex(16),
        "version": state.version,
        "refused": refused,
        "refusal_words": words.refusal(refused.code, refused.params) if refused else "",
        "conflict": bool(refused and refused.code == CONFLICT),
        "changes": _since(view) if refused and refused.code == CONFLICT else [],
        "why_not": present.buttons(view.choices)[verb.value].why_not,
        "people": accounts.people(scope_of(request)),
        "back": data.get("back", "") or reverse("case", args=[f"C-{view.case.number}"]),
        "sends": state.can_send,
        "data": data,
    }


def _since(view: CaseView) -> list[Any]:
    """The last things others did, for the reader who was overtaken."""
    return [item for item in view.timeline if item.kind == "person"][-3:]


@require_POST
@needs(Permission.CASE_READ)
def simulate(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """What would happen, beside the form, before anything does."""
    view, what = find(request, number), _verb(verb)
    args = case_forms.args_from(what, request.POST, timezone.get_current_timezone())
    done = actions.simulate(scope_of(request), view.case.pk, what.value, args, timezone.now())
    context: dict[str, Any] = {"view": view, "case": view.case, "currency": view.state.currency}
    if isinstance(done, Refusal):
        context |= {"refused": done, "refusal_words": words.refusal(done.code, done.params)}
    else:
        context |= _simulated(done)
    return render(request, "case/simulation.html", context)


def _simulated(done: Simulation) -> dict[str, Any]:
    found = done.decided.effects
    return {
        "simulation": done,
        "refund": next((e for e in found if isinstance(e, effects.CreateRefund)), None),
        "offer": next((e for e in found if isinstance(e, effects.MakeOffer)), None),
        "say": next((e for e in found if isinstance(e, effects.Say)), None),
        "tasks": [e for e in found if isinstance(e, effects.AddTask)],
        "axes": [e for e in found if isinstance(e, effects.SetAxis)],
    }


@require_POST
@needs(Permission.CASE_READ)
def perform(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do it. A refusal changes nothing and comes back with its reason; a lost race shows what the other did."""
    view, what = find(request, number), _verb(verb)
    args = case_forms.args_from(what, request.POST, timezone.get_current_timezone())
    seen = request.POST.get("version", "")
    done = actions.perform(
        scope_of(request),
        view.case.pk,
        what.value,
        args,
        timezone.now(),
        expected_version=int(seen) if seen.isdecimal() else None,
        key=request.POST.get("key", "")[:64] or None,
    )
    if isinstance(done, Refusal):
        return _refused(request, view, what, done)
    _tell(request, done)
    return _go(request, view)


def _refused(request: HttpRequest, view: CaseView, verb: Verb, refused: Refusal) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        messages.error(request, words.refusal(refused.code, refused.params))
        return _go(request, view)
    status = 409 if refused.code == CONFLICT else 422
    response = render(request, "case/dialog.html", _dialog(request, view, verb, request.POST, refused), status=status)
    response["HX-Retarget"] = "#dialog-body"
    response["HX-Reswap"] = "innerHTML"
    return response


def _tell(request: HttpRequest, done: Performed) -> None:
    if done.repeated:
        messages.info(request, _("This had been done already. Nothing happened twice."))
        return
    tags = ""
    text = _("%(what)s: done.") % {"what": words.label("verb", done.verb.value)}
    if done.message_id and done.sends:
        seconds = env.read_int("AMENDS_UNDO_SECONDS")
        text = _("The answer leaves in %(n)s seconds.") % {"n": seconds}
        tags = f"undo:{done.message_id}:{seconds}"
    elif done.message_id:
        text = _hand_over(request, done.message_id)
    messages.success(request, text, extra_tags=tags)


def _hand_over(request: HttpRequest, message_id: int) -> str:
    """Where the channel cannot send: the person said in the form that the text is copied into the platform."""
    if not request.POST.get("handed_over"):
        return _("Written. Copy it into the platform and mark it as handed over.")
    conversations.mark_handed_over(scope_of(request), message_id, timezone.now())
    return _("Marked as handed over.")


def _go(request: HttpRequest, view: CaseView) -> HttpResponse:
    there = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}):
        there = reverse("case", args=[f"C-{view.case.number}"])
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = there
        return response
    return redirect(there)


@require_POST
@needs(Permission.CASE_ANSWER)
def message_undo(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        taken_back = conversations.undo(scope_of(request), pk, timezone.now())
    except Message.DoesNotExist:
        raise Http404 from None
    if taken_back:
        messages.success(request, _("Taken back. It never left."))
    else:
        messages.error(request, words.refusal("too_late"))
    return _back_to_case(request)


@require_POST
@needs(Permission.CASE_ANSWER)
def message_handed_over(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        conversations.mark_handed_over(scope_of(request), pk, timezone.now())
        messages.success(request, _("Marked as handed over."))
    except Message.DoesNotExist:
        raise Http404 from None
    except InputError as error:
        messages.error(request, words.problems(error))
    return _back_to_case(request)


@require_POST
@needs(Permission.CASE_ANSWER)
def message_resend(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        conversations.resend(scope_of(request), pk, timezone.now())
        messages.success(request, _("It is tried again."))
    except Message.DoesNotExist:
        raise Http404 from None
    except InputError as error:
        messages.error(request, words.problems(error))
    return _back_to_case(request)


def _back_to_case(request: HttpRequest) -> HttpResponse:
    there = request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}):
        there = "/"
    return redirect(there)
