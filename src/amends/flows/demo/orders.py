"""Orders, parcels and payments of the demo, relative to now. Deterministic: the same day gives the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.base.accounts.models import Organisation, Shop
from amends.intake.buyers.models import Buyer
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.tracking.models import Parcel, TrackingEvent
from amends.kernel.money import Money

FIRST_NAMES = ("Alex", "Mia", "Noah", "Lena", "Omar", "Ines", "Yuki", "Tom", "Sara", "Ben")
LAST_NAMES = ("Reed", "Silva", "Keller", "Rossi", "Tanaka", "Ibrahim", "Costa", "Weber", "Dupont", "Park")
COUNTRIES = ("US", "DE", "BR", "FR", "JP", "ES", "GB", "CA")


@dataclass(frozen=True, slots=True)
class Made:
    shop: Shop
    buyer: Buyer
    order: Order


def make_shops(organisation: Organisation, described: list[dict[str, Any]]) -> dict[str, Shop]:
    return {
        s["key"]: Shop.objects.create(
            organisation=organisation,
            platform=s["platform"],
            site=s.get("site", ""),
            name=s["name"],
            currency=s["currency"],
            time_zone=s["zone"],
            seller_country="CN",
            mail_address=s["mail"],
        )
        for s in described
    }


def order_number(platform: str, index: int) -> str:
    """Numbers in each platform's own shape."""
    if platform == "amazon":
        return f"112-{4100000 + index * 7919:07d}-{2300000 + index * 6151:07d}"
    if platform == "ebay":
        return f"27-{12000 + index * 37:05d}-{45000 + index * 91:05d}"
    return f"81712203{4400000 + index * 104729:08d}"


def before(now: datetime, text: str) -> datetime:
    """`19d`, `3h` before now; a minus sign means after."""
    amount = int(text[:-1])
    return now - (timedelta(days=amount) if text.endswith("d") else timedelta(hours=amount))


def _moment(now: datetime, case: dict[str, Any], key: str) -> datetime | None:
    return before(now, case[key]) if key in case else None


def make_order(
    organisation: Organisation, shop: Shop, product: dict[str, Any], case: dict[str, Any], index: int, now: datetime
) -> Made:
    placed = before(now, case["placed"])
    buyer = Buyer.objects.create(
        organisation=organisation,
        shop=shop,
        external_id=f"buyer-{index:03d}",
        name=case["buyer"],
        country=case["country"],
        language=case["language"],
    )
    items = Money.of(product["price"], shop.currency).minor
    shipping = Money.of(case.get("shipping", "0"), shop.currency).minor
    shipped, delivered = _moment(now, case, "shipped"), _moment(now, case, "delivered")
    order = Order.objects.create(
        organisation=organisation,
        shop=shop,
        buyer=buyer,
        number=order_number(shop.platform, index),
        status="delivered" if delivered else "shipped" if shipped else "paid",
        currency=shop.currency,
        items_minor=items,
        shipping_minor=shipping,
        total_minor=items + shipping,
        placed_at=placed,
        paid_at=placed + timedelta(minutes=3),
        ship_by=placed + timedelta(days=3),
        promised_by=_moment(now, case, "promised"),
        shipped_at=shipped,
        delivered_at=delivered,
        fulfilment="seller",
        ship_name=case["buyer"],
        ship_country=case["country"],
        ship_city=case["city"],
        ship_address={"city": case["city"]},
        updated_at=now,
    )
    Line.objects.create(
        organisation=organisation,
        order=order,
        external_id="1",
        sku=product["sku"],
        title=product["title"],
        category=product["category"],
        unit_price_minor=items,
    )
    _paid(organisation, order, case, now)
    if "tracking" in case:
        _parcel(organisation, order, case, now)
    return Made(shop, buyer, order)


def _paid(organisation: Organisation, order: Order, case: dict[str, Any], now: datetime) -> None:
    PaymentEvent.objects.create(
        organisation=organisation,
        order=order,
        kind=PaymentEvent.Kind.PAID,
        external_id="pay-1",
        method="card",
        amount_minor=order.total_minor,
        currency=order.currency,
        at=order.paid_at,
    )
    if "chargeback" in case:
        PaymentEvent.objects.create(
            organisation=organisation,
            order=order,
            kind=PaymentEvent.Kind.CHARGED_BACK,
            external_id="cb-1",
            method="card",
            amount_minor=order.total_minor,
            currency=order.currency,
            at=before(now, case["chargeback"]),
        )


def _place(case: dict[str, Any]) -> dict[str, str]:
    return {"delivered_country": case["delivered_country"]} if "delivered_country" in case else {}


def _parcel(organisation: Organisation, order: Order, case: dict[str, Any], now: datetime) -> None:
    shipped, delivered = order.shipped_at, order.delivered_at
    assert shipped is not None  # noqa: S101 - a demo parcel has been shipped
    first_scan = _moment(now, case, "first_scan") or shipped + timedelta(hours=10)
    is_valid = case.get("tracking_valid", True)
    parcel = Parcel.objects.create(
        organisation=organisation,
        order=order,
        number=case["tracking"],
        carrier=case["carrier"],
        shipped_at=shipped,
        first_scan_at=first_scan if is_valid else None,
        delivered_at=delivered,
        signature=case.get("signature"),
        delivered_to_address=case.get("at_address"),
        extra=_place(case),
        checked_at=now - timedelta(minutes=40),
        status="delivered"
        if delivered
        else case.get("status", "customs" if "customs" in case else "in_transit" if is_valid else "unknown"),
    )
    if not is_valid:
        return
    scans = [
        (first_scan, "picked_up", "Accepted by carrier", "Shenzhen"),
        (first_scan + timedelta(days=2), "in_transit", "Departed export office", "Guangzhou"),
    ]
    if "customs" in case:
        scans.append((now - timedelta(days=7), "customs", "Held by customs: duty unpaid", case["city"]))
    if case.get("status") == "returning":
        scans.append(
            (now - timedelta(days=1), "returning", "Undeliverable as addressed, returning to sender", case["city"])
        )
    if delivered:
        place = case["city"] if case.get("at_address") is not False else "9 km from the address"
        scans += [
            (delivered - timedelta(hours=5), "out_for_delivery", "Out for delivery", case["city"]),
            (delivered, "delivered", "Delivered", place),
        ]
    TrackingEvent.objects.bulk_create(
        TrackingEvent(
            organisation=organisation, parcel=parcel, at=at, milestone=milestone, text=text, place=place, source="demo"
        )
        for at, milestone, text, place in scans
    )


def spare_orders(
    organisation: Organisation, shops: list[Shop], products: list[dict[str, Any]], count: int, now: datetime
) -> None:
    """Orders without a problem, so that lists and search have something to hide a case in."""
    for index in range(count):
        case: dict[str, Any] = {
            "buyer": f"{FIRST_NAMES[index % 10]} {LAST_NAMES[(index * 3) % 10]}",
            "country": COUNTRIES[index % len(COUNTRIES)],
            "city": "",
            "language": "",
            "placed": f"{4 + index}d",
            "shipped": f"{2 + index}d",
            "promised": f"{index - 14}d",
            "carrier": "YunExpress",
            "tracking": f"YT26308{index:08d}",
        }
        if index > 12:  # noqa: PLR2004 - old enough to have arrived
            case |= {"delivered": f"{index - 12}d", "at_address": True, "signature": index % 2 == 0}
        make_order(organisation, shops[index % len(shops)], products[index % len(products)], case, 100 + index, now)
