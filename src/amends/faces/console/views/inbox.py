"""The inbox: list, conversation and judgement side by side; and one case by itself."""

from __future__ import annotations

import secrets
from typing import Any

from babel.dates import format_skeleton
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission
from amends.faces.console import case_forms, formats, paging, present
from amends.faces.console.guard import needs, scope_of
from amends.language import culture
from amends.resolution.cases import lists, queries
from amends.resolution.cases.queries import CaseView

FILTERS = ("mine", "due_today", "threat", "unassigned", "waiting_buyer", "open", "closed")


@needs(Permission.CASE_READ)
def inbox(request: HttpRequest) -> HttpResponse:
    """Filter, search, cursor and the open case are all in the address, so a view can be shared or come back to."""
    scope, now = scope_of(request), timezone.now()
    chosen, text = request.GET.get("filter", "open"), request.GET.get("q", "").strip()
    page = lists.inbox(scope, chosen, now, text=text, cursor=request.GET.get("after", ""))
    context: dict[str, Any] = {
        "section": "inbox",
        "page": page,
        "filter": chosen,
        "text": text,
        "next_url": paging.with_params(request, after=page.next_cursor, case=None) if page.next_cursor else "",
        "base_url": paging.with_params(request, case=None, after=None, kind=None),
    }
    target = request.headers.get("HX-Target", "")
    if target == "more":
        return render(request, "inbox/rows.html", context)
    number = case_number(request.GET.get("case", ""))
    view = queries.case_view(scope, number, now) if number else None
    if number and view is None:
        raise Http404
    if view is not None:
        context |= case_context(request, view)
    if target == "case" and view is not None:
        return render(request, "case/panes.html", context)
    context["counts"] = lists.counts(scope, now, FILTERS)
    context["filters"] = FILTERS
    return render(request, "inbox/page.html", context)


@needs(Permission.CASE_READ)
def case(request: HttpRequest, number: str) -> HttpResponse:
    view = find(request, number)
    context = {"section": "inbox", "alone": True} | case_context(request, view)
    fragment = {"case": "case/panes.html", "stream": "case/stream.html"}.get(request.headers.get("HX-Target", ""))
    return render(request, fragment or "case/page.html", context)


def find(request: HttpRequest, number: str) -> CaseView:
    wanted = case_number(number)
    view = queries.case_view(scope_of(request), wanted, timezone.now()) if wanted else None
    if view is None:
        raise Http404
    return view


def case_number(text: str) -> int | None:
    digits = text.strip().upper().removeprefix("C-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None  # noqa: PLR2004 - 64 bit


def case_context(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    """What the middle and the right pane show."""
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    zone = timezone.get_current_timezone()
    reader = present.Reader(zone, formats.locale_of(language), timezone.now())
    only = request.GET.get("kind", "")
    shown = present.buttons(view.choices)
    written_in = view.draft.language if view.draft and view.draft.language else view.state.buyer_language
    return {
        "view": view,
        "case": view.case,
        "body": view.body,
        "number": f"C-{view.case.number}",
        "lines": present.timeline(view.timeline, reader, only),
        "only": only,
        "groups": present.GROUPS,
        "clocks": present.clocks(view.case, view.body, str(zone), reader.now),
        "remedies": present.remedies(view.body),
        "liable": any(part["party"] != "unknown" for part in view.body.get("liability", ())),
        "buttons": shown,
        "main_buttons": [shown[v.value] for v in present.MAIN],
        "more_buttons": present.more(shown),
        "people": accounts.people(scope_of(request)),
        "answer_languages": case_forms.answer_languages(view.state.buyer_language),
        "key": secrets.token_hex(16),
        "here": request.get_full_path(),
        "buyer_language": written_in,
        "there": _there(view, reader),
        "address": culture.address_of(written_in, language)[1],
    }


def _there(view: CaseView, reader: present.Reader) -> dict[str, Any] | None:
    """The buyer's side of the clock: time, what is likely going on there, and the holiday that is or comes."""
    country = view.case.order.ship_country if view.case.order else ""
    place = culture.place(country, reader.now)
    if place is None:
        return None
    coming = None if place.holiday else culture.next_holiday(country, place.local.date())
    return {
        "place": place,
        "clock": place.local.strftime("%H:%M"),
        "coming": f"{format_skeleton('MMMd', coming[0], locale=reader.locale)} {coming[1]}" if coming else "",
    }
