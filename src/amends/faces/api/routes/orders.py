"""Orders, as imported."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from amends.base.accounts.core import Permission
from amends.faces.api.documents.orders import OrderDocument, OrderPage, order_document, order_row
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import not_found
from amends.faces.api.reading import PAGE, Cursor, Limit, row_cursor
from amends.intake.orders import queries
from amends.intake.tracking import queries as tracking

router = Router(tags=["orders"])


@guarded(router.get, "/orders", Permission.ORDER_READ, response=OrderPage, summary="List orders")
def list_orders(
    request: HttpRequest,
    number: Annotated[
        str, Query(max_length=64, description="Only this number, in any case, with or without `#` and leading zeros.")
    ] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> OrderPage:
    """Newest import first."""
    scope = caller(request).scope
    if number:
        return OrderPage(items=[order_row(one) for one in queries.find_by_number(scope, number)], next=None)
    page = queries.recent(scope, limit + 1, row_cursor(cursor))
    more = str(page[limit - 1].pk) if len(page) > limit else None
    return OrderPage(items=[order_row(one) for one in page[:limit]], next=more)


@guarded(router.get, "/orders/{int:order_id}", Permission.ORDER_READ, response=OrderDocument, summary="Read an order")
def get_order(request: HttpRequest, order_id: int) -> OrderDocument:
    """With its lines, its money and its parcels."""
    scope = caller(request).scope
    order = queries.by_id(scope, order_id)
    if order is None:
        raise not_found()
    return order_document(
        order, queries.lines(scope, order_id), queries.payments(scope, order_id), tracking.of_order(scope, order_id)
    )
