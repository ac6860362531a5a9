"""The design system on one page: every part in every state. `?dir=rtl` turns the whole page round."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.faces.console.guard import needs

COLOURS = (
    ("bg", "panel", "sunk", "raised", "line", "line-strong"),
    ("ink", "ink-2", "ink-3", "on-accent", "accent", "accent-soft"),
    ("late", "late-soft", "soon", "soon-soft", "ok", "ok-soft"),
    ("buyer", "seller", "note", "party-seller", "party-carrier", "party-buyer"),
)
ICONS = (
    "today", "inbox", "language",
    "clock", "case", "orders", "rules", "imports", "audit", "health", "jobs", "settings", "search",
    "help", "sun", "moon", "auto", "globe", "person", "people", "chevron", "down", "back", "check", "cross", "warning",
    "info", "stop", "send", "note", "truck", "money", "undo", "copy", "plus", "download", "upload", "snooze", "flag",
    "lock",
    "key", "refresh", "more", "mail", "shop", "message", "star", "plug", "open", "file", "filter", "leave", "keyboard",
    "code",
)  # fmt: skip
LIABILITY = (
    {"party": "carrier", "share": 0.72},
    {"party": "seller", "share": 0.2},
    {"party": "platform", "share": 0.08},
)
WORDS = (
    ("en", "The parcel was delivered nine kilometres from the address."),
    ("zh-Hans", "包裹的签收地点距离收货地址九公里（未签名）；请承运商说明。"),
    ("ja", "お荷物は宛先から九キロ離れた場所に配達されました。"),
    ("ar", "سُلِّم الطرد على بعد تسعة كيلومترات من العنوان (رقم التتبع YT2630712345678)."),
    ("de", "Das Paket wurde neun Kilometer von der Adresse entfernt zugestellt."),
)


@needs()
def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "rtl": request.GET.get("dir") == "rtl",
        "colours": COLOURS,
        "icons": ICONS,
        "liability": LIABILITY,
        "tongues": WORDS,
        "late": now - timedelta(hours=3, minutes=12),
        "soon": now + timedelta(hours=18, minutes=4),
        "fine": now + timedelta(days=4, hours=1),
    }
    return render(request, "styleguide.html", context)
