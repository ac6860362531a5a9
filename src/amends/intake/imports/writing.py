"""From bundles to rows of the database, one batch a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DataError, transaction

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Shop
from amends.intake.bulk import Tally
from amends.intake.buyers import actions as buyers
from amends.intake.conversations.actions import receive_text
from amends.intake.imports.core.layout import Layout
from amends.intake.imports.core.problems import Reject
from amends.intake.imports.core.records import Bundle, joined
from amends.intake.imports.models import ImportRun, RejectedRow
from amends.intake.imports.shops import ShopFinder
from amends.intake.orders import actions as orders
from amends.intake.orders.core import OrderUpsert
from amends.intake.orders.models import Order
from amends.intake.reviews.actions import upsert_reviews
from amends.intake.tracking.actions import upsert_parcels

TRIAGE_WITHIN = timedelta(days=60)  # older messages are history: kept, but no case is opened on them


@dataclass(slots=True)
class Outcome:
    """What was written. Rows of bundles that changed nothing are counted as unchanged."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    accepted: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, other: Outcome) -> None:
        for table, tally in other.tallies.items():
            self.tallies[table].created += tally.created
            self.tallies[table].updated += tally.updated
            self.tallies[table].same += tally.same
        self.accepted += other.accepted
        self.unchanged += other.unchanged
        self.rejected += other.rejected

    def counts(self) -> dict[str, dict[str, int]]:
        return {
            table: {"created": tally.created, "updated": tally.updated, "same": tally.same}
            for table, tally in sorted(self.tallies.items())
            if tally.created or tally.updated or tally.same
        }


@dataclass(slots=True)
class Writer:
    scope: Scope
    run: ImportRun
    shops: ShopFinder
    now: datetime
    width: int | None = None  # cells of a rejected row that are the file's own; the rest was joined in
    total: Outcome = field(default_factory=Outcome)

    def write(self, layout: Layout, bundles: list[Bundle], rejects: list[Reject]) -> None:
        """One batch in one transaction: all of it or nothing."""
        try:
            self._write(layout, bundles, rejects)
        except DataError:
            # The database refuses a value we let through. One bundle at a time, to name the row.
            for reject in rejects:
                self._write(layout, [], [reject])
            for bundle in bundles:
                try:
                    self._write(layout, [bundle], [])
                except DataError:
                    self._write(layout, [], _rejects(bundle, "database_refused"))

    def _write(self, layout: Layout, bundles: list[Bundle], rejects: list[Reject]) -> None:
        outcome = Outcome()
        with transaction.atomic():
            refused = list(rejects)
            for shop, its_bundles in self._by_shop(layout, bundles, refused):
                refused += self._write_shop(shop, its_bundles, outcome)
            RejectedRow.objects.bulk_create(
                RejectedRow(
                    organisation_id=self.scope.organisation_id,
                    run=self.run,
                    member=r.member[:200],
                    row=r.row,
                    column=r.column[:200],
                    code=r.code,
                    params=r.params,
                    raw=list(r.raw[: self.width]),
                )
                for r in refused
            )
            outcome.rejected = len(refused)
            self._count(outcome)
        self.total.add(outcome)

    def _count(self, outcome: Outcome) -> None:
        """Show how far the run is, together with what it has done."""
        accepted, rejected = self.total.accepted + outcome.accepted, self.total.rejected + outcome.rejected
        ImportRun.objects.filter(organisation_id=self.scope.organisation_id, pk=self.run.pk).update(
            rows=accepted + rejected,
            accepted=accepted,
            rejected=rejected,
            unchanged=self.total.unchanged + outcome.unchanged,
        )

    def _by_shop(
        self, layout: Layout, bundles: Iterable[Bundle], refused: list[Reject]
    ) -> list[tuple[Shop, list[Bundle]]]:
        groups: dict[int, tuple[Shop, list[Bundle]]] = {}
        homeless: list[Bundle] = []
        for bundle in bundles:
            currency = bundle.order.currency if bundle.order and not bundle.hint else ""
            shop = self.shops.find(layout, bundle.shop, currency)
            if shop is None:
                homeless.append(bundle)
            else:
                groups.setdefault(shop.pk, (shop, []))[1].append(bundle)
        for shop, bundle in self._housed(homeless, refused):
            groups.setdefault(shop.pk, (shop, []))[1].append(bundle)
        return list(groups.values())

    def _housed(self, bundles: list[Bundle], refused: list[Reject]) -> list[tuple[Shop, Bundle]]:
        """Bundles that name no shop, each with the shop of the one order that has their number."""
        if not bundles:
            return []
        owners: dict[str, list[Shop]] = defaultdict(list)
        numbers = {b.number for b in bundles}
        found = Order.objects.filter(organisation_id=self.scope.organisation_id, number__in=numbers)
        for order in found.select_related("shop"):
            owners[order.number].append(order.shop)
        housed = []
        for bundle in bundles:
            shops = owners[bundle.number]
            if len(shops) == 1:
                housed.append((shops[0], bundle))
            elif not bundle.number:
                refused += _rejects(bundle, "shop_needed")
            else:
                refused += _rejects(bundle, "order_ambiguous" if shops else "order_unknown", number=bundle.number)
        return housed

    def _write_shop(self, shop: Shop, bundles: list[Bundle], outcome: Outcome) -> list[Reject]:
        with_order: dict[str, Bundle] = {}
        loose: list[Bundle] = []
        for bundle in bundles:
            if bundle.number:
                known = with_order.get(bundle.number)
                with_order[bundle.number] = joined(known, bundle) if known else bundle
            else:
                loose.append(bundle)
        distinct = list(with_order.values())
        found = [b.buyer for b in bundles if b.buyer is not None]
        buyer_ids: dict[str, int] = {}
        if found:
            buyer_ids, tally = buyers.upsert(self.scope, shop.pk, found)
            outcome.tallies["buyers"].add(tally)
        items = [_item(bundle, buyer_ids) for bundle in distinct]
        written = orders.upsert_orders(self.scope, shop.pk, items, run_id=self.run.pk, now=self.now)
        tallies = dict(written.tallies)
        tallies["shipments"] = upsert_parcels(
            self.scope, [(written.ids[b.number], p) for b in distinct if b.number in written.ids for p in b.parcels]
        )
        ids: dict[str, int | None] = {"": None, **written.ids}
        everyone = [b for b in (*distinct, *loose) if b.number in ids]
        tallies["reviews"] = upsert_reviews(
            self.scope, shop.pk, [(ids[b.number], review) for b in everyone for review in b.reviews]
        )
        tallies["messages"] = self._messages(shop, everyone, ids)
        touched: set[int | None] = set()
        for table, tally in tallies.items():
            outcome.tallies[table].add(tally)
            touched |= tally.touched
        refused: list[Reject] = []
        for bundle in (*distinct, *loose):
            if bundle.number not in ids:
                refused += _rejects(bundle, "order_unknown", number=bundle.number)
                continue
            outcome.accepted += len(bundle.rows)
            if ids[bundle.number] not in touched:
                outcome.unchanged += len(bundle.rows)
        return refused

    def _messages(self, shop: Shop, bundles: list[Bundle], ids: dict[str, int | None]) -> Tally:
        tally = Tally()
        for bundle in bundles:
            for message in bundle.messages:
                received = receive_text(
                    self.scope,
                    shop.pk,
                    bundle.buyer.external_id if bundle.buyer else "",
                    bundle.number,
                    f"{message.subject}\n\n{message.text}" if message.subject else message.text,
                    message.at,
                    message.external_id,
                    self.now,
                    message.language,
                    outgoing=message.direction == "out",
                    triage=self.now - message.at <= TRIAGE_WITHIN,
                )
                if received.created:
                    tally.made(ids[bundle.number])
                else:
                    tally.found(ids[bundle.number], changed=False)
        return tally


def _item(bundle: Bundle, buyer_ids: dict[str, int]) -> OrderUpsert:
    buyer = bundle.buyer
    return OrderUpsert(
        number=bundle.number,
        order=bundle.order,
        hint=bundle.hint,
        buyer_id=buyer_ids[buyer.external_id] if buyer and bundle.order else None,
        buyer_is_nameless=bool(buyer and buyer.external_id == f"order:{bundle.number}"),
        row=bundle.rows[0].number if bundle.order else None,
        lines=bundle.lines,
        payments=bundle.payments,
        returns=bundle.returns,
    )


def _rejects(bundle: Bundle, code: str, **params: object) -> list[Reject]:
    return [Reject(row.number, "", code, dict(params), tuple(row.cells), bundle.member) for row in bundle.rows]
