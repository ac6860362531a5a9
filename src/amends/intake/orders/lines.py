"""Writing and reading the lines of orders in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from amends.base.accounts.core import Scope
from amends.intake.orders import core
from amends.intake.orders.core import LINE_FIELDS, SYNTHETIC, KnownLine, LineRecord
from amends.intake.orders.models import Line, Order
from amends.intake.upserts import Tally, apply, stated

OrderLines = tuple[Order, bool, tuple[LineRecord, ...]]  # the order, whether it is new, what the file says


def upsert_lines(scope: Scope, orders: Sequence[OrderLines]) -> Tally:
    """Make or bring up to date lines, matching those of a report that numbers them with those of one that does not."""
    known: dict[int, dict[str, Line]] = defaultdict(dict)
    old = [order.pk for order, is_new, _ in orders if not is_new]
    if old:
        for row in Line.objects.filter(organisation_id=scope.organisation_id, order_id__in=old):
            known[row.order_id][row.external_id] = row
    tally, writes, renamed = Tally(), [], []
    for order, _, records in orders:
        rows = known.get(order.pk, {})
        for record in records:
            row = _match(rows, record)
            if row is None:
                writes.append(
                    Line(
                        organisation_id=scope.organisation_id,
                        order_id=order.pk,
                        external_id=record.external_id,
                        **stated(record, LINE_FIELDS),
                    )
                )
                tally.made(order.pk)
                continue
            if row.external_id.startswith(SYNTHETIC) and not record.external_id.startswith(SYNTHETIC):
                row.external_id = record.external_id
                renamed.append(row)
            dirty = apply(row, record, LINE_FIELDS) or row in renamed
            tally.found(order.pk, changed=dirty)
            if dirty:
                writes.append(row)
    # The platform's own id replaces the one made from the goods first, so that the upsert below finds the row.
    Line.objects.bulk_update(renamed, ["external_id"], batch_size=200)
    for row in writes:
        row.pk = None
    Line.objects.bulk_create(
        writes, update_conflicts=True, unique_fields=["order", "external_id"], update_fields=list(LINE_FIELDS)
    )
    return tally


def _match(rows: dict[str, Line], record: LineRecord) -> Line | None:
    if not rows:
        return None
    names = [KnownLine(row.external_id, row.sku, row.product_id) for row in rows.values()]
    found = core.adopt(names, record)
    return None if found is None else rows.pop(found)


def amounts_of(line: LineRecord) -> core.Amounts:
    """What a line adds to the order's total."""
    quantity = 1 if line.quantity is None else line.quantity
    amount = core.line_amount(quantity, line.unit_price_minor or 0, line.extra or {})
    return amount, line.shipping_minor or 0, line.tax_minor or 0, line.discount_minor or 0


def lines_of(order_ids: list[int]) -> dict[int, list[core.Amounts]]:
    """What each line of some orders adds to their totals, as stored."""
    found: dict[int, list[core.Amounts]] = defaultdict(list)
    columns = ("order_id", "quantity", "unit_price_minor", "extra", "shipping_minor", "tax_minor", "discount_minor")
    rows = Line.objects.filter(order_id__in=order_ids).values_list(*columns)
    for order_id, quantity, unit, extra, shipping, tax, discount in rows:
        found[order_id].append((core.line_amount(quantity, unit, extra), shipping, tax, discount))
    return found
