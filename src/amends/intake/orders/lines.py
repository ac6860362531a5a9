"""Writing and reading the lines of orders in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake import bulk
from amends.intake.bulk import Tally, apply, stated
from amends.intake.orders import core
from amends.intake.orders.core import LINE_FIELDS, SYNTHETIC, KnownLine, LineRecord
from amends.intake.orders.models import Line

OrderLines = tuple[int, bool, tuple[LineRecord, ...]]  # the order's id, whether it is new, what the file says
_KEY = ("order_id", "external_id")
Row = dict[str, Any]


def upsert_lines(scope: Scope, orders: Sequence[OrderLines]) -> Tally:
    """Make or bring up to date lines, matching those of a report that numbers them with those of one that does not."""
    known: dict[int, dict[str, Row]] = defaultdict(dict)
    old = [order_id for order_id, is_new, _ in orders if not is_new]
    if old:
        found = Line.objects.filter(organisation_id=scope.organisation_id, order_id__in=old)
        for row in found.values("id", "organisation_id", *_KEY, *LINE_FIELDS):
            known[row["order_id"]][row["external_id"]] = row
    tally, writes, renamed = Tally(), [], {}
    for order_id, _, records in orders:
        rows = known.get(order_id, {})
        for record in records:
            row = _match(rows, record)
            if row is None:
                writes.append(_fresh(scope, order_id, record))
                tally.made(order_id)
                continue
            changed = apply(row, record, LINE_FIELDS)
            if row["external_id"].startswith(SYNTHETIC) and not record.external_id.startswith(SYNTHETIC):
                # The platform's own id replaces the one made from the goods.
                row["external_id"] = renamed[row["id"]] = record.external_id
                changed = True
            tally.found(order_id, changed=changed)
            if changed:
                writes.append(row)
    for line_id, external_id in renamed.items():
        Line.objects.filter(organisation_id=scope.organisation_id, pk=line_id).update(external_id=external_id)
    bulk.upsert(Line, writes, _KEY, LINE_FIELDS)
    return tally


def _fresh(scope: Scope, order_id: int, record: LineRecord) -> Row:
    return {
        **bulk.defaults(Line),
        "organisation_id": scope.organisation_id,
        "order_id": order_id,
        "external_id": record.external_id,
        **stated(record, LINE_FIELDS),
    }


def _match(rows: dict[str, Row], record: LineRecord) -> Row | None:
    if not rows:
        return None
    if record.external_id in rows:
        return rows.pop(record.external_id)
    names = [KnownLine(row["external_id"], row["sku"], row["product_id"]) for row in rows.values()]
    found = core.adopt(names, record)
    return None if found is None else rows.pop(found)


def amounts_of(line: LineRecord) -> core.Amounts:
    """What a line adds to the order's total."""
    quantity = 1 if line.quantity is None else line.quantity
    amount = core.line_amount(quantity, line.unit_price_minor or 0, line.extra or {})
    return amount, line.shipping_minor or 0, line.tax_minor or 0, line.discount_minor or 0


def lines_of(scope: Scope, order_ids: list[int]) -> dict[int, list[core.Amounts]]:
    """What each line of some orders adds to their totals, as stored."""
    found: dict[int, list[core.Amounts]] = defaultdict(list)
    columns = ("order_id", "quantity", "unit_price_minor", "extra", "shipping_minor", "tax_minor", "discount_minor")
    rows = Line.objects.filter(organisation_id=scope.organisation_id, order_id__in=order_ids).values_list(*columns)
    for order_id, quantity, unit, extra, shipping, tax, discount in rows:
        found[order_id].append((core.line_amount(quantity, unit, extra), shipping, tax, discount))
    return found
