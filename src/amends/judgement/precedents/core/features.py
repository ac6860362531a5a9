"""What a case is compared by, read from its facts. None is unknown; an event that is not in the log has not
happened, as everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from amends.kernel import countries
from amends.kernel.fx import Rates
from amends.kernel.money import Money
from amends.kernel.taxonomy import BY_CODE, kind_of

COMMON = "USD"  # the unit that values are compared in
NO_CHANNEL = "none"  # nobody has opened a proceeding
_VALUES = ("order.total_with_tax_and_postage", "order.item_total", "dispute.amount")
_COMPLAINTS = (
    "buyer.contacted",
    "dispute.submitted",
    "payment_dispute.opened",
    "return.requested",
    "cancellation.requested",
)


@dataclass(frozen=True, slots=True)
class Features:
    """Nothing here names a person. `value` is in US dollars; `days` runs from the order to the first complaint."""

    kind: str | None = None
    leaf: str | None = None
    platform: str | None = None
    site: str | None = None
    programme: str | None = None
    fulfilment: str | None = None
    ship_country: str | None = None
    region: str | None = None  # the group of countries with one consumer law, else the country itself
    channel: str | None = None  # of the proceeding; `none` while there is none
    demand: str | None = None
    hold_reason: str | None = None
    bank_reason: str | None = None
    delivered: bool | None = None
    to_address: bool | None = None
    signature: bool | None = None
    tracking_valid: bool | None = None
    protected_label: bool | None = None
    photos: bool | None = None
    late: bool | None = None  # delivered, or complained of, after the promised day
    returned: bool | None = None
    opened: bool | None = None
    threat: bool | None = None
    customs_held: bool | None = None
    value: Decimal | None = None
    days: int | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON types only; what is unknown is left out."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: str(v) if isinstance(v, Decimal) else v for k, v in found.items() if v is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Features:
        """A feature that a later version dropped is passed over."""
        known = {f.name: data[f.name] for f in fields(cls) if data.get(f.name) is not None}
        if "value" in known:
            known["value"] = Decimal(known["value"])
        return cls(**known)


def features_of(facts: Mapping[str, Any], now: datetime, rates: Rates) -> Features:
    """Of typed facts (`read_facts`) as of `now`. The value is unknown where no rate turns it into dollars."""
    leaf = facts.get("case.leaf")
    country = facts.get("order.ship_country") or facts.get("buyer.country")
    parcels = facts.get("parcels", ())
    held = _happened(facts, now, "customs.held")
    complained = _first(facts, now, _COMPLAINTS)
    delivered_at = _delivered_at(facts, parcels, now)
    return Features(
        kind=facts.get("case.kind") or (kind_of(leaf) if leaf in BY_CODE else None),
        leaf=leaf,
        platform=facts.get("platform"),
        site=_text(facts.get("site")),
        programme=_text(facts.get("programme")),
        fulfilment=facts.get("order.fulfilment"),
        ship_country=country,
        region=region_of(country) if country else None,
        channel=_channel(facts, now),
        demand=facts.get("case.demand"),
        hold_reason=facts.get("customs.hold_reason") if held else None,
        bank_reason=facts.get("payment_dispute.reason"),
        delivered=delivered_at is not None,
        to_address=_of_all(parcels, "delivered_to_address"),
        signature=_of_all(parcels, "signature"),
        tracking_valid=facts.get("shipment.tracking_valid"),
        protected_label=facts.get("shipment.protected_label"),
        photos=facts.get("case.photos"),
        late=_late(facts, delivered_at or complained),
        returned=_happened(facts, now, "return.sent", "return.first_scan", "return.delivered_at"),
        opened=facts.get("goods.opened"),
        threat=facts.get("case.threat"),
        customs_held=held,
        value=_value(facts, now, rates),
        days=_days(facts, complained),
    )


def region_of(country: str) -> str:
    """EEA and UK as the rules group them; any other country stands for itself."""
    for group in ("EEA", "UK"):
        if country in countries.GROUPS[group]:
            return group
    return country


def _text(value: Any) -> str | None:
    return str(value).strip().lower()[:60] or None if value is not None else None


def _happened(facts: Mapping[str, Any], now: datetime, *names: str) -> bool:
    return any((at := facts.get(name)) is not None and at <= now for name in names)


def _first(facts: Mapping[str, Any], now: datetime, names: Iterable[str]) -> datetime | None:
    moments: list[datetime] = [facts[name] for name in names if _happened(facts, now, name)]
    return min(moments, default=None)


def _delivered_at(facts: Mapping[str, Any], parcels: Iterable[Mapping[str, Any]], now: datetime) -> datetime | None:
    """Delivered means that the last parcel is."""
    if _happened(facts, now, "order.delivered"):
        at: datetime = facts["order.delivered"]
        return at
    moments = [parcel.get("delivered_at") for parcel in parcels]
    known = [at for at in moments if at is not None and at <= now]
    return max(known) if known and len(known) == len(moments) else None


def _of_all(rows: Iterable[Mapping[str, Any]], column: str) -> bool | None:
    """One parcel without is enough for a no; one that nobody knows about leaves it open."""
    values = [row.get(column) for row in rows]
    if False in values:
        return False
    return True if values and None not in values else None


def _channel(facts: Mapping[str, Any], now: datetime) -> str | None:
    named: str | None = facts.get("dispute.channel")
    if named is not None:
        return named
    if _happened(facts, now, "payment_dispute.opened"):
        return "payment_dispute"
    return None if _happened(facts, now, "dispute.submitted") else NO_CHANNEL


def _late(facts: Mapping[str, Any], seen: datetime | None) -> bool | None:
    promised = facts.get("order.promised_by")
    return None if promised is None or seen is None else bool(seen > promised)


def _value(facts: Mapping[str, Any], now: datetime, rates: Rates) -> Decimal | None:
    money: Money | None = next((facts[name] for name in _VALUES if facts.get(name) is not None), None)
    if money is None:
        return None
    placed: datetime = facts.get("order.placed_at") or now
    turned = rates.turn(money, COMMON, placed.astimezone(UTC).date())
    return turned.amount if turned is not None else None


def _days(facts: Mapping[str, Any], complained: datetime | None) -> int | None:
    placed: datetime | None = facts.get("order.placed_at")
    if placed is None or complained is None:
        return None
    return max(0, (complained - placed).days)
