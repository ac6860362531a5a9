"""Settings: the mailboxes of an organisation. Passwords go in and are never shown again."""

from __future__ import annotations

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission, Scope
from amends.base.settings import env
from amends.faces.console import words
from amends.faces.console.guard import needs, scope_of
from amends.intake.conversations import actions, mailboxes, queries
from amends.intake.conversations.models import MailAccount
from amends.kernel.outcome import InputError

SECURITY = [("ssl", lazy("TLS from the start")), ("starttls", "STARTTLS"), ("plain", lazy("none (own network only)"))]

_UPGRADE = {"ssl": "", "starttls": "?tls=starttls", "plain": "?tls=none"}


class MailForm(forms.Form):
    address = forms.EmailField(label=lazy("Mail address"))
    name = forms.CharField(label=lazy("Sender’s name"), max_length=120, required=False)
    shop = forms.TypedChoiceField(label=lazy("For"), coerce=int, empty_value=None, required=False)
    user = forms.CharField(label=lazy("User"), required=False, help_text=lazy("Empty: the mail address."))
    password = forms.CharField(
        label=lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=lazy("Sealed with the installation’s key."),
    )
    smtp_host = forms.CharField(label=lazy("Server for sending (SMTP)"), required=False)
    smtp_port = forms.IntegerField(label=lazy("Port"), min_value=1, max_value=65535, initial=465, required=False)
    smtp_security = forms.ChoiceField(label=lazy("Protection"), choices=SECURITY, initial="ssl")
    imap_host = forms.CharField(label=lazy("Server for receiving (IMAP)"), required=False)
    imap_port = forms.IntegerField(label=lazy("Port"), min_value=1, max_value=65535, initial=993, required=False)
    imap_security = forms.ChoiceField(label=lazy("Protection"), choices=SECURITY, initial="ssl")
    imap_folder = forms.CharField(label=lazy("Folder"), initial="INBOX", required=False)

    def __init__(self, *args: object, scope: Scope, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        shops = [(shop.pk, shop.name) for shop in accounts.shops(scope)]
        self.fields["shop"].choices = [("", _("all shops")), *shops]  # type: ignore[attr-defined]

    def smtp_url(self) -> str:
        return self._url("smtp")

    def imap_url(self) -> str:
        folder = quote(self.cleaned_data.get("imap_folder") or "INBOX", safe="")
        return self._url("imap", f"/{folder}")

    def _url(self, kind: str, path: str = "") -> str:
        """The address in the form of the settings; empty without a host, which keeps the one on file."""
        data = self.cleaned_data
        host, how = data.get(f"{kind}_host", "").strip(), data[f"{kind}_security"]
        if not host:
            return ""
        user = quote(data.get("user") or data["address"], safe="")
        secret = quote(data.get("password") or "", safe="")
        port = f":{data[f'{kind}_port']}" if data.get(f"{kind}_port") else ""
        scheme = f"{kind}s" if how == "ssl" else kind
        return f"{scheme}://{user}:{secret}@{host}{port}{path}{_UPGRADE[how]}"


@needs(Permission.SETTINGS_WRITE)
def mail(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    form = MailForm(request.POST or None, scope=scope)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.save_account(
                scope,
                data["address"],
                timezone.now(),
                smtp_url=form.smtp_url(),
                imap_url=form.imap_url(),
                name=data["name"],
                shop_id=data["shop"],
            )
            messages.success(request, _("Saved. “amends mail test” tries both servers."))
            return redirect("settings_mail")
        except InputError as error:
            form.add_error(None, words.problems(error))
    context = {
        "section": "settings",
        "form": form,
        "accounts": mailboxes.accounts(scope),
        "cursors": list(queries.cursors(scope)),
        "outbox": queries.outbox_counts(scope),
        "common_smtp": bool(env.read("AMENDS_SMTP_URL")),
        "common_imap": bool(env.read("AMENDS_IMAP_URL")),
    }
    return render(request, "settings/mail.html", context)


@require_POST
@needs(Permission.SETTINGS_WRITE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.remove_account(scope_of(request), pk, timezone.now())
    except MailAccount.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Removed. Messages stay."))
    return redirect("settings_mail")
