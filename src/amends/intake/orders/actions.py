"""Writing orders and what hangs on them, as a source states them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake import bulk
from amends.intake.bulk import Tally, apply, stated
from amends.intake.orders import core
from amends.intake.orders.children import upsert_payments, upsert_returns
from amends.intake.orders.core import OrderRecord, OrderUpsert
from amends.intake.orders.lines import amounts_of, lines_of, upsert_lines
from amends.intake.orders.models import Order

_KEY = ("organisation_id", "shop_id", "number")
_WRITTEN = (*core.ORDER_FIELDS, "buyer_id", "import_run_id", "source_row", "updated_at")
# What can change on an order by rows that only attach to it.
_ATTACHED = (*core.PARTS, "total_minor", "extra", "buyer_id", "updated_at")


@dataclass(slots=True)
class Written:
    """What an upsert did: row ids by number, numbers to which nothing could be attached, and counts by table."""

    ids: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))


@dataclass(slots=True)
class _State:
    item: OrderUpsert
    row: dict[str, Any]
    is_new: bool
    dirty: bool

    @property
    def pk(self) -> int:
        return int(self.row["id"])


def upsert_orders(scope: Scope, shop_id: int, items: Sequence[OrderUpsert], *, run_id: int, now: datetime) -> Written:
    """Make or bring up to date the orders of one shop, with lines, payments and returns. Numbers must be distinct.

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it. What is
    already as stated is not written. Nothing is deleted: what a later file leaves out stays.
    """
    written = Written()
    where = {"organisation_id": scope.organisation_id, "shop_id": shop_id}
    known = _known(where, [i.number for i in items if i.order], _WRITTEN)
    known |= _known(where, [i.number for i in items if not i.order], _ATTACHED)
    states: list[_State] = []
    for item in items:
        row = known.get(item.number)
        if row is not None:
            states.append(_existing(item, row, written.tallies["orders"]))
        elif item.order is not None:
            states.append(_fresh(where, item, item.order, written.tallies["orders"]))
        else:
            written.unknown.add(item.number)
    _write_lines(scope, [s for s in states if not s.is_new], written)
    _write_orders([s for s in states if s.dirty], run_id, now)
    _name([s for s in states if s.is_new], where, written.tallies["orders"])
    _write_lines(scope, [s for s in states if s.is_new], written)
    with_payments = [(s.pk, s.is_new, s.item.payments) for s in states if s.item.payments]
    written.tallies["payments"].add(upsert_payments(scope, with_payments))
    with_returns = [(s.pk, s.is_new, s.item.returns) for s in states if s.item.returns]
    written.tallies["returns"].add(upsert_returns(scope, with_returns))
    written.ids = {s.item.number: s.pk for s in states}
    return written


def _known(where: dict[str, int], numbers: list[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    if not numbers:
        return {}
    found = Order.objects.filter(**where, number__in=numbers)
    return {row["number"]: row for row in found.values("id", "number", *columns)}


def _fresh(where: dict[str, int], item: OrderUpsert, order: OrderRecord, tally: Tally) -> _State:
    """A new order. Its lines are all in the file, so an open total can be added up before it is written."""
    row = {
        **bulk.defaults(Order),
        **where,
        "number": item.number,
        "buyer_id": item.buyer_id,
        **stated(order, core.ORDER_FIELDS),
    }
    if order.total_minor is None:
        row["extra"] = row["extra"] | core.basis(order)
        if item.lines or order.items_minor is not None:
            _add_up(row, [amounts_of(line) for line in item.lines])
    tally.created += 1
    return _State(item, row, is_new=True, dirty=True)


def _existing(item: OrderUpsert, row: dict[str, Any], tally: Tally) -> _State:
    dirty = False
    if item.order is not None and not item.hint:
        dirty = apply(row, item.order, core.ORDER_FIELDS)
        if item.order.total_minor is not None and core.is_open(row["extra"]):
            row["extra"], dirty = core.settled(row["extra"]), True
    better = row["buyer_id"] is None or not item.buyer_is_nameless
    if item.buyer_id is not None and row["buyer_id"] != item.buyer_id and better:
        row["buyer_id"], dirty = item.buyer_id, True
    if item.order is not None:
        tally.found(row["id"], changed=dirty)
    return _State(item, row, is_new=False, dirty=dirty)


def _write_lines(scope: Scope, states: list[_State], written: Written) -> None:
    """Lines of some orders; the open totals of known orders follow them."""
    with_lines = [s for s in states if s.item.lines]
    tally = upsert_lines(scope, [(s.pk, s.is_new, s.item.lines) for s in with_lines])
    written.tallies["lines"].add(tally)
    open_ones = [s for s in with_lines if not s.is_new and core.is_open(s.row["extra"])]
    if not open_ones or not (tally.created or tally.updated):
        return
    sums = lines_of(scope, [s.pk for s in open_ones])
    for state in open_ones:
        state.dirty = _add_up(state.row, sums[state.pk]) or state.dirty


def _add_up(row: dict[str, Any], lines: list[core.Amounts]) -> bool:
    """Set the open total of an order. True if it changed."""
    known = {part: row[part] for part in core.PARTS}
    changed = core.add_up(known, row["extra"], lines)
    if all(row[name] == value for name, value in changed.items()):
        return False
    row.update(changed)
    return True


def _write_orders(states: list[_State], run_id: int, now: datetime) -> None:
    """New orders by their natural key, so that two imports at once cannot collide; known ones by their id."""
    for state in states:
        state.row["updated_at"] = now
        if state.item.order is not None:
            state.row["import_run_id"], state.row["source_row"] = run_id, state.item.row
    bulk.upsert(Order, [s.row for s in states if s.is_new], _KEY, _WRITTEN)
    bulk.update(Order, [s.row for s in states if not s.is_new and s.item.order], _WRITTEN)
    bulk.update(Order, [s.row for s in states if not s.is_new and not s.item.order], _ATTACHED)


def _name(states: list[_State], where: dict[str, int], tally: Tally) -> None:
    """Fetch the ids the database gave to new orders."""
    if not states:
        return
    ids = bulk.ids(Order, "number", [s.item.number for s in states], **where)
    for state in states:
        state.row["id"] = ids[state.item.number]
        tally.touched.add(state.pk)
