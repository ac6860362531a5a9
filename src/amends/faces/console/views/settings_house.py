"""Settings of an organisation: itself, its shops, its connectors."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts import queries
from amends.base.accounts.core import Permission
from amends.base.team import house
from amends.faces.console import words
from amends.faces.console.forms import OrganisationForm, ShopForm
from amends.faces.console.guard import needs, organisation_of, scope_of
from amends.kernel.money import Money
from amends.kernel.outcome import Refusal


@needs()
def organisation(request: HttpRequest) -> HttpResponse:
    row, scope = organisation_of(request), scope_of(request)
    if request.method == "POST":
        scope.require(Permission.SETTINGS_WRITE)
        form = OrganisationForm(request.POST)
        if form.is_valid():
            data = {k: v for k, v in form.cleaned_data.items() if k != "refund_limit"}
            house.save_organisation(scope, house.OrganisationFields(**data), timezone.now())
            messages.success(request, _("Saved."))
            return redirect("settings_organisation")
    else:
        limit = Money.from_minor(row.refund_limit_minor, row.currency).amount
        names = ("name", "country", "time_zone", "currency")
        form = OrganisationForm(initial={n: getattr(row, n) for n in names} | {"refund_limit": limit})
    _read_only_unless(form, allowed=scope.may(Permission.SETTINGS_WRITE))
    return render(request, "settings/organisation.html", {"section": "settings", "form": form})


def _read_only_unless(form: Any, *, allowed: bool) -> None:
    for field in form.fields.values():
        field.disabled = field.disabled or not allowed


@require_POST
@needs(Permission.SETTINGS_WRITE)
def remove_demo(request: HttpRequest) -> HttpResponse:
    """Only a demo organisation can go this way; its name must be typed, since everything in it goes."""
    row = organisation_of(request)
    if not row.is_demo:
        raise Http404
    if request.POST.get("name", "").strip() != row.name:
        messages.error(request, _("Type the name exactly as shown. Nothing was removed."))
        return redirect("settings_organisation")
    if find_spec("amends.flows.demo") is None:
        raise Http404
    from amends.flows import demo

    demo.remove(timezone.now())
    request.session.pop("organisation", None)
    messages.success(request, _("The demo is gone."))
    return redirect("today")


@needs()
def shops(request: HttpRequest) -> HttpResponse:
    rows = list(queries.shops(scope_of(request)))
    return render(request, "settings/shops.html", {"section": "settings", "shops": rows})


@needs(Permission.SETTINGS_WRITE)
def shop(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    scope = scope_of(request)
    row = queries.shops(scope).filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise Http404
    names = list(house.ShopFields.__dataclass_fields__)
    start: dict[str, Any] = {n: getattr(row, n) for n in names} if row else _new_shop(request)
    form = ShopForm(request.POST) if request.method == "POST" else ShopForm(initial=start)
    if request.method == "POST" and form.is_valid():
        done = house.save_shop(scope, house.ShopFields(**form.cleaned_data), timezone.now(), pk)
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved."))
            return redirect("settings_shops")
        form.add_error(None, words.refusal(done.code, done.params))
    return render(request, "settings/shop.html", {"section": "settings", "form": form, "shop": row})


def _new_shop(request: HttpRequest) -> dict[str, Any]:
    house = organisation_of(request)
    return {"currency": house.currency, "time_zone": house.time_zone, "seller_country": house.country}


@needs()
def connectors(request: HttpRequest) -> HttpResponse:
    return render(request, "settings/connectors.html", {"section": "settings", "connectors": installed_connectors()})


def installed_connectors() -> list[dict[str, Any]]:
    """What announces itself under `amends.connectors`. One that fails to load is shown with its error."""
    found: list[dict[str, Any]] = []
    for point in sorted(entry_points(group="amends.connectors"), key=lambda p: p.name):
        try:
            info = point.load()
        except (ImportError, AttributeError) as problem:
            found.append({"name": point.name, "error": str(problem)})
            continue
        known = {name: getattr(info, name, None) for name in ("kind", "proof", "can_send", "can_receive")}
        found.append({"name": getattr(info, "name", point.name)} | known)
    return found
