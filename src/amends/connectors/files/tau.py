"""The tau-retail database, one JSON object of products, users and orders, as four sheets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from amends.connectors.files.jsonlines import flat
from amends.intake.imports.core.rows import Row

KEYS = frozenset({"orders", "users", "products"})
Rows = list[dict[str, str]]


class RowsSheet:
    """Rows that are in memory already."""

    def __init__(self, member: str, rows: Rows) -> None:
        self.member = member
        self._rows = rows
        self._headings = list(dict.fromkeys(key for row in rows for key in row))

    def head(self) -> list[list[str]]:
        return [self._headings]

    def rows(self, _after: int, /) -> Iterator[Row]:
        for number, row in enumerate(self._rows, start=2):
            yield Row(number, [row.get(h, "") for h in self._headings])


def sheets(data: dict[str, Any]) -> list[RowsSheet]:
    users = data["users"]
    orders: Rows = []
    items: Rows = []
    payments: Rows = []
    fulfillments: Rows = []
    for order in data["orders"].values():
        number = str(order["order_id"])
        user = {f"user.{k}": v for k, v in flat(users.get(order.get("user_id"), {})).items() if _wanted(k)}
        orders.append(flat({k: v for k, v in order.items() if k not in _LISTS}) | user)
        items += [flat({"order_id": number, **item}) for item in _counted(order.get("items", []))]
        payments += [
            flat({"order_id": number, "position": str(n), **p}) for n, p in enumerate(order.get("payment_history", []))
        ]
        fulfillments += [
            {"order_id": number, "tracking_id": str(code)}
            for fulfillment in order.get("fulfillments", [])
            for code in fulfillment.get("tracking_id", [])
        ]
    tables = {"orders": orders, "items": items, "payment_history": payments, "fulfillments": fulfillments}
    return [RowsSheet(name, rows) for name, rows in tables.items() if rows]


_LISTS = frozenset({"items", "payment_history", "fulfillments"})


def _wanted(key: str) -> bool:
    """The user's name, address and mail; payment methods and the list of orders are not repeated on each order."""
    return key in ("email", "name.first_name", "name.last_name", "address.country")


def _counted(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Items with a quantity: an item bought twice stands twice in the source."""
    counts: dict[str, dict[str, Any]] = {}
    for item in items:
        key = json.dumps(item, sort_keys=True)
        found = counts.setdefault(key, {**item, "quantity": 0})
        found["quantity"] += 1
    for item in counts.values():
        options = item.get("options", {})
        yield {
            **{k: v for k, v in item.items() if k != "options"},
            "quantity": str(item["quantity"]),
            "options": ", ".join(f"{k}: {v}" for k, v in options.items()),
        }
