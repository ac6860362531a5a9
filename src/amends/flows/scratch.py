"""A scratch organisation from a described world of orders, to try mails against.

The description is what `world.json` holds; `tests/mail/world.json` is an example. Call inside a transaction and roll
it back: then nothing but the bytes of the mails was ever kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from amends.base.accounts.core import Scope, system_scope
from amends.base.accounts.models import Organisation, Shop
from amends.flows.described import DescribedOrder, DescribedPayment, DescribedShop, read_world
from amends.flows.triage import Triaged, is_for_triage, triage_message
from amends.intake.buyers.models import Buyer
from amends.intake.conversations.actions import receive_mail
from amends.intake.conversations.core import canonical
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.tracking.models import Parcel
from amends.resolution.cases import actions as cases
from amends.resolution.cases import lookups


@dataclass(frozen=True, slots=True)
class Scratch:
    """`facts`: by order id, what the world knows of a case on that order besides the order itself (wire form)."""

    scope: Scope
    facts: Mapping[int, Mapping[str, Any]]


def load_world(described: Mapping[str, Any], now: datetime) -> Scratch:
    """Make the organisation with its shops, buyers, orders, payments and parcels.

    Raises InputError with every bad field by its path, before anything is made.
    """
    world = read_world(described)
    organisation = Organisation.objects.create(
        name="Scratch", slug=f"scratch-{secrets.token_hex(6)}", digest_salt=secrets.token_hex(32)
    )
    shops = {shop.key: _make_shop(organisation, shop) for shop in world.shops}
    facts: dict[int, Mapping[str, Any]] = {}
    for described_order in world.orders:
        order = _make_order(organisation, shops[described_order.shop], described_order, now)
        if described_order.facts:
            facts[order.pk] = described_order.facts
    return Scratch(system_scope(organisation.pk), facts)


def triage_mail(world: Scratch, raw: bytes, now: datetime, source: str) -> tuple[Message, Triaged | None]:
    """Receive one mail and triage it; then add what the world knows of the case, as a platform would; look again.

    None for a mail that is nobody's case: a bounce, an automatic reply, a repeat.
    """
    message = receive_mail(world.scope, raw, now, source).message
    if not is_for_triage(message):
        return message, None
    first = triage_message(world.scope, message.pk, now)
    case = lookups.by_id(world.scope, first.case_id)
    known = world.facts.get(case.order_id) if case is not None and case.order_id is not None else None
    if case is not None and known:
        cases.add_facts(world.scope, case.pk, known, now, origin="platform", ref="world")
        again = triage_message(world.scope, message.pk, now, reading=first.reading)
        first = replace(again, opened=first.opened, judged=True)
    message.refresh_from_db()
    return message, first


def _make_shop(organisation: Organisation, shop: DescribedShop) -> Shop:
    return Shop.objects.create(
        organisation=organisation,
        platform=shop.platform,
        site=shop.site,
        name=shop.name,
        currency=shop.currency,
        time_zone=shop.time_zone,
        seller_country=shop.seller_country,
        mail_address=shop.mail,
    )


def _make_order(organisation: Organisation, shop: Shop, described: DescribedOrder, now: datetime) -> Order:
    order = Order.objects.create(
        organisation=organisation,
        shop=shop,
        buyer=_make_buyer(organisation, shop, described),
        number=described.number,
        currency=described.currency,
        items_minor=described.items_minor,
        shipping_minor=described.shipping_minor,
        tax_minor=described.tax_minor,
        total_minor=described.total_minor,
        fulfilment=described.fulfilment,
        ship_name=described.buyer.name,
        ship_country=described.country,
        ship_city=described.city,
        updated_at=now,
        **described.times,
    )
    for position, line in enumerate(described.lines, start=1):
        Line.objects.create(
            organisation=organisation,
            order=order,
            external_id=str(position),
            sku=line.sku,
            title=line.title,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
        )
    _make_payments(organisation, order, described)
    _make_parcels(organisation, order, described, now)
    return order


def _make_buyer(organisation: Organisation, shop: Shop, described: DescribedOrder) -> Buyer:
    """One buyer for a mail address in a shop, however many orders. Addresses are kept as mail compares them."""
    buyer = described.buyer
    address = canonical(buyer.email)
    made, _ = Buyer.objects.get_or_create(
        organisation=organisation,
        shop=shop,
        external_id=(address or described.number)[:120],
        defaults={
            "name": buyer.name,
            "email": address,
            "country": buyer.country or described.country,
            "language": buyer.language,
        },
    )
    return made


def _make_payments(organisation: Organisation, order: Order, described: DescribedOrder) -> None:
    """What the world lists; where it lists nothing and the order is paid, the total in one payment."""
    payments = described.payments
    if not payments and order.paid_at is not None:
        payments = (DescribedPayment("paid", "pay-1", order.total_minor, order.paid_at),)
    for payment in payments:
        PaymentEvent.objects.create(
            organisation=organisation,
            order=order,
            kind=payment.kind,
            external_id=payment.external_id,
            amount_minor=payment.amount_minor,
            currency=order.currency,
            at=payment.at,
        )


def _make_parcels(organisation: Organisation, order: Order, described: DescribedOrder, now: datetime) -> None:
    for parcel in described.parcels:
        Parcel.objects.create(
            organisation=organisation,
            order=order,
            number=parcel.number,
            carrier=parcel.carrier,
            shipped_at=parcel.shipped_at,
            first_scan_at=parcel.first_scan_at,
            delivered_at=parcel.delivered_at,
            delivered_to_address=parcel.delivered_to_address,
            signature=parcel.signature,
            status=parcel.status,
            is_return=parcel.is_return,
            checked_at=now,
            extra={"delivered_country": parcel.delivered_country} if parcel.delivered_country else {},
        )
