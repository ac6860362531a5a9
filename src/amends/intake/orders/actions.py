"""Writing orders and what hangs on them, as a source states them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.base.accounts.core import Scope
from amends.intake.orders import core
from amends.intake.orders.children import upsert_payments, upsert_returns
from amends.intake.orders.core import OrderUpsert
from amends.intake.orders.lines import amounts_of, lines_of, upsert_lines
from amends.intake.orders.models import Order
from amends.intake.upserts import Tally, apply, stated

WRITTEN = [*core.ORDER_FIELDS, "buyer", "import_run_id", "source_row", "updated_at"]


@dataclass(slots=True)
class Written:
    """What an upsert did: row ids by number, numbers to which nothing could be attached, and counts by table."""

    ids: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))


@dataclass(slots=True)
class _State:
    item: OrderUpsert
    row: Order
    is_new: bool
    dirty: bool


def upsert_orders(scope: Scope, shop_id: int, items: Sequence[OrderUpsert], *, run_id: int, now: datetime) -> Written:
    """Make or bring up to date the orders of one shop, with lines, payments and returns. Numbers must be distinct.

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it. What is
    already as stated is not written. Nothing is deleted: what a later file leaves out stays.
    """
    written = Written()
    known = {
        row.number: row
        for row in Order.objects.filter(
            organisation_id=scope.organisation_id, shop_id=shop_id, number__in=[i.number for i in items]
        )
    }
    states: list[_State] = []
    for item in items:
        row = known.get(item.number)
        if row is not None:
            states.append(_existing(item, row, written.tallies["orders"]))
        elif item.order is not None:
            states.append(_fresh(scope, shop_id, item, written.tallies["orders"]))
        else:
            written.unknown.add(item.number)
    _write_lines(scope, [s for s in states if not s.is_new], written)
    _write_orders([s for s in states if s.dirty], run_id, now)
    _write_lines(scope, [s for s in states if s.is_new], written)
    with_payments = [(s.row, s.is_new, s.item.payments) for s in states if s.item.payments]
    written.tallies["payments"].add(upsert_payments(scope, with_payments))
    with_returns = [(s.row, s.is_new, s.item.returns) for s in states if s.item.returns]
    written.tallies["returns"].add(upsert_returns(scope, with_returns))
    written.ids = {s.item.number: s.row.pk for s in states}
    written.tallies["orders"].touched |= {s.row.pk for s in states if s.is_new}
    return written


def _fresh(scope: Scope, shop_id: int, item: OrderUpsert, tally: Tally) -> _State:
    """A new order. Its lines are all in the file, so an open total can be added up before it is written."""
    assert item.order is not None
    row = Order(
        organisation_id=scope.organisation_id,
        shop_id=shop_id,
        number=item.number,
        buyer_id=item.buyer_id,
        **stated(item.order, core.ORDER_FIELDS),
    )
    if item.order.total_minor is None:
        row.extra = row.extra | core.basis(item.order)
        if item.lines or item.order.items_minor is not None:
            _add_up(row, [amounts_of(line) for line in item.lines])
    tally.created += 1
    return _State(item, row, is_new=True, dirty=True)


def _existing(item: OrderUpsert, row: Order, tally: Tally) -> _State:
    dirty = False
    if item.order is not None and not item.hint:
        dirty = apply(row, item.order, core.ORDER_FIELDS)
        if item.order.total_minor is not None and core.is_open(row.extra):
            row.extra, dirty = core.settled(row.extra), True
    better = row.buyer_id is None or not item.buyer_is_nameless
    if item.buyer_id is not None and row.buyer_id != item.buyer_id and better:
        row.buyer_id, dirty = item.buyer_id, True
    if item.order is not None:
        tally.found(row.pk, changed=dirty)
    return _State(item, row, is_new=False, dirty=dirty)


def _write_lines(scope: Scope, states: list[_State], written: Written) -> None:
    """Lines of some orders; the open totals of known orders follow them."""
    with_lines = [s for s in states if s.item.lines]
    tally = upsert_lines(scope, [(s.row, s.is_new, s.item.lines) for s in with_lines])
    written.tallies["lines"].add(tally)
    open_ones = [s for s in with_lines if not s.is_new and core.is_open(s.row.extra)]
    if not open_ones or not (tally.created or tally.updated):
        return
    sums = lines_of([s.row.pk for s in open_ones])
    for state in open_ones:
        state.dirty = _add_up(state.row, sums[state.row.pk]) or state.dirty


def _add_up(row: Order, lines: list[core.Amounts]) -> bool:
    """Set the open total of an order. True if it changed."""
    known = {part: getattr(row, part) for part in core.PARTS}
    changed = False
    for name, value in core.add_up(known, row.extra, lines).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _write_orders(states: list[_State], run_id: int, now: datetime) -> None:
    """One upsert for new and changed orders: the natural key decides, so two imports at once cannot collide."""
    for state in states:
        row = state.row
        row.pk = None
        row.import_run_id, row.updated_at = run_id, now
        if state.item.row is not None:
            row.source_row = state.item.row
    Order.objects.bulk_create(
        [s.row for s in states],
        update_conflicts=True,
        unique_fields=["organisation", "shop", "number"],
        update_fields=WRITTEN,
    )
