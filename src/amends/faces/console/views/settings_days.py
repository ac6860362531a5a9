"""Settings: the working days of the seller's own places."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.faces.console import words
from amends.faces.console.forms import CountryField
from amends.faces.console.guard import needs, organisation_of, scope_of
from amends.judgement.policies.days import days as days_of
from amends.judgement.policies.days import remove_day, set_days
from amends.kernel.outcome import Refusal

SHOWN_BACK = timedelta(days=60)


class DayForm(forms.Form):
    country = CountryField(label=lazy("Country of the warehouse or office"))
    first = forms.DateField(label=lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=lazy("to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    open = forms.ChoiceField(
        label=lazy("On these days we are"),
        choices=[("", lazy("closed that day")), ("1", lazy("at work that day"))],
        required=False,
    )
    note = forms.CharField(label=lazy("Why"), max_length=120, required=False)


@needs()
def days(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    form = DayForm(request.POST or None, initial={"country": organisation_of(request).country})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        span = (data["first"], data["last"] or data["first"])
        done = set_days(scope, data["country"], span, timezone.now(), opened=data["open"] == "1", note=data["note"])
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved. Clocks of open cases are counted again as they are looked at."))
            return redirect("settings_days")
        form.add_error("last", words.refusal(done.code, done.params))
    shown = days_of(scope, timezone.localdate() - SHOWN_BACK)
    return render(request, "settings/days.html", {"section": "settings", "form": form, "days": shown})


@require_POST
@needs(Permission.SETTINGS_WRITE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    refused = remove_day(scope_of(request), pk, timezone.now())
    if refused is not None:
        messages.error(request, words.refusal(refused.code, refused.params))
    return redirect("settings_days")
