"""Orders: what the platforms said, read-only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from amends.base.accounts.core import Permission
from amends.faces.console import paging
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.queries import order_page, orders_listed


@needs(Permission.ORDER_READ)
def orders(request: HttpRequest) -> HttpResponse:
    shop, text = request.GET.get("shop", ""), request.GET.get("q", "").strip()
    rows, shops = orders_listed(scope_of(request), shop=int(shop) if shop.isdecimal() else None, text=text)
    page = paging.newest_first(request, rows)
    context = {"section": "orders", "page": page, "shops": shops, "shop": shop, "text": text}
    return render(request, "orders/list.html", context)


@needs(Permission.ORDER_READ)
def order(request: HttpRequest, pk: int) -> HttpResponse:
    found = order_page(scope_of(request), pk)
    if found is None:
        raise Http404
    return render(request, "orders/order.html", {"section": "orders", "found": found, "order": found.order})
