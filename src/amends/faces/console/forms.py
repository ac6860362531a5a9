"""Forms of the settings pages: they parse and complain, actions decide."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from amends.base.accounts.core import Permission, Role
from amends.faces.console import formats, words
from amends.judgement.rules import vocabulary
from amends.kernel.money import Money, MoneyError, currency_codes

# Where a shop can be: a payment provider or a card network is none.
PLATFORMS = (*(p for p in vocabulary.PLATFORMS if p not in ("paypal", "card")), "other")


@cache
def zones() -> list[tuple[str, str]]:
    """Every zone with a place in it; `Etc/` and the old aliases without a slash are left out."""
    names = sorted(n for n in zoneinfo.available_timezones() if "/" in n and not n.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((n, n.replace("_", " ")) for n in names)]


def countries() -> list[tuple[str, str]]:
    names = Locale.parse(formats.locale_of(get_language() or "en")).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]  # noqa: PLR2004 - ISO
    return sorted(found, key=lambda pair: pair[1])


class ZoneField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zones, **kwargs)


class CountryField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=countries, **kwargs)


class CurrencyField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "currencies", "autocapitalize": "characters"})
        super().__init__(max_length=3, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        code = str(super().clean(value)).strip().upper()
        if code not in currency_codes():
            raise forms.ValidationError(_("Not a currency code. Three letters, for example USD, EUR, CNY."))
        return code


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Buyers see it under your answers."))
    language = forms.ChoiceField(label=_("Language of the interface"), choices=settings.LANGUAGES)
    time_zone = ZoneField(label=_("Your time zone"), help_text=_("Every clock is shown in it."))
    theme = forms.ChoiceField(label=_("Theme"), choices=lambda: words.choices("theme"))
    shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        required=False,
        help_text=_("Single keys such as j, k, r. Switch them off if you use speech input or they get in your way."),
    )


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    country = CountryField(label=_("Country"))
    time_zone = ZoneField(label=_("Time zone of the office"))
    currency = CurrencyField(label=_("Currency of reports"))
    refund_limit = forms.DecimalField(
        label=_("Refund limit"),
        min_value=0,
        help_text=_("Above it a second person approves. In the currency of reports."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "refund_limit" in data and "currency" in data:
            try:
                data["refund_limit_minor"] = Money.of(data["refund_limit"], data["currency"]).minor
            except MoneyError:
                self.add_error("refund_limit", _("Not an amount."))
        return data


class ShopForm(forms.Form):
    platform = forms.ChoiceField(
        label=_("Platform"), choices=lambda: [(p, words.label("platform", p)) for p in PLATFORMS]
    )
    site = forms.CharField(label=_("Site"), max_length=8, required=False, help_text=_("US, DE, UK … or empty."))
    name = forms.CharField(label=_("Shop name"), max_length=120)
    currency = CurrencyField(label=_("Currency"))
    time_zone = ZoneField(label=_("Time zone of the shop"))
    seller_country = CountryField(label=_("You sell from"))
    mail_address = forms.EmailField(label=_("Mail address buyers write to"), required=False)
    programme = forms.CharField(
        label=_("Programme"), max_length=40, required=False, help_text=_("For example top_rated, fbm. Rules read it.")
    )


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("Mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: words.choices("role"), initial=Role.AGENT.value)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year")), (0, _("until revoked"))],
        initial=90,
    )
    scopes = forms.MultipleChoiceField(label=_("Rights"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, held: frozenset[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [p.value for p in Permission if p in held]
        self.fields["scopes"].choices = [(p, words.label("permission", p)) for p in own]  # type: ignore[attr-defined]
