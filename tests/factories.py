"""Builders for rows that tests need but are not about. Each gives a valid row; say only what the test is about."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.base.accounts.core import Role
from amends.base.accounts.models import Membership, Organisation, Shop, User
from amends.intake.buyers.models import Buyer
from amends.intake.orders.models import Line, Order, PaymentEvent

PASSWORD = "correct horse staple"  # of every invented person
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_count = itertools.count(1)


def make_organisation(slug: str = "acme", **fields: Any) -> Organisation:
    defaults = {"name": slug.title(), "digest_salt": f"salt-of-{slug}"}
    return Organisation.objects.create(slug=slug, **(defaults | fields))


def make_user(organisation: Organisation, role: Role, email: str = "", password: str = PASSWORD) -> User:
    """A member of `organisation`. The password is known so that a test can sign in through the page."""
    user = User.objects.create_user(email or f"{role.value}@{organisation.slug}.example", password, name=role.value)
    Membership.objects.create(organisation=organisation, user=user, role=role.value)
    return user


def make_shop(organisation: Organisation, platform: str = "aliexpress", **fields: Any) -> Shop:
    defaults = {"name": f"{platform} {next(_count)}", "currency": "USD", "seller_country": "CN"}
    return Shop.objects.create(organisation=organisation, platform=platform, **(defaults | fields))


def make_buyer(organisation: Organisation, shop: Shop | None = None, **fields: Any) -> Buyer:
    number = next(_count)
    defaults = {"external_id": f"buyer-{number}", "name": f"Buyer {number}", "country": "US", "language": "en"}
    return Buyer.objects.create(organisation=organisation, shop=shop, **(defaults | fields))


def make_order(
    organisation: Organisation,
    shop: Shop,
    *,
    now: datetime = NOW,
    number: str = "",
    total_minor: int = 41_80,
    quantity: int = 1,
    paid: bool = True,
    buyer: Buyer | None = None,
    **fields: Any,
) -> Order:
    """One order with one line, placed twenty days before `now`, shipped two days later, due tomorrow, paid in full."""
    placed = now - timedelta(days=20)
    defaults: dict[str, Any] = {
        "currency": shop.currency,
        "items_minor": total_minor,
        "total_minor": total_minor,
        "placed_at": placed,
        "paid_at": placed if paid else None,
        "shipped_at": placed + timedelta(days=2),
        "promised_by": now + timedelta(days=1),
        "ship_country": "US",
        "fulfilment": "seller",
        "updated_at": now,
    }
    order = Order.objects.create(
        organisation=organisation,
        shop=shop,
        buyer=buyer or make_buyer(organisation, shop),
        number=number or f"90{next(_count):010d}",
        **(defaults | fields),
    )
    Line.objects.create(
        organisation=organisation,
        order=order,
        external_id="1",
        sku="MUG-1",
        title="Mug",
        quantity=quantity,
        unit_price_minor=total_minor // quantity,
    )
    if paid:
        PaymentEvent.objects.create(
            organisation=organisation,
            order=order,
            kind=PaymentEvent.Kind.PAID,
            external_id=f"pay-{order.number}",
            amount_minor=order.total_minor,
            currency=order.currency,
            at=order.paid_at,
        )
    return order
