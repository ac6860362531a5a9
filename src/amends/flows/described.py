"""Reading a described world (`world.json`): shops, orders and what hangs on them, every slip named by its path.

Times are ISO 8601 with a zone, money is a decimal text in the order's currency, countries are ISO 3166 codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.judgement.rules.facts import Bad, parse_instant, read_facts
from amends.judgement.rules.vocabulary import COLUMNS, PLATFORMS
from amends.kernel import countries
from amends.kernel.money import Money, MoneyError
from amends.kernel.outcome import InputError, Problem

FULFILMENT = ("seller", "platform")
MOVEMENTS = ("paid", "refunded", "charged_back", "chargeback_reversed")
MILESTONES = COLUMNS["parcels"]["status"].codes


@dataclass(frozen=True, slots=True)
class DescribedShop:
    key: str  # what orders of the same file call it
    platform: str
    site: str
    name: str
    currency: str
    time_zone: str
    seller_country: str
    mail: str


@dataclass(frozen=True, slots=True)
class DescribedBuyer:
    name: str
    email: str
    country: str
    language: str


@dataclass(frozen=True, slots=True)
class DescribedLine:
    sku: str
    title: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class DescribedPayment:
    kind: str
    external_id: str
    amount_minor: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class DescribedParcel:
    """`signature` and `delivered_to_address` are None where the carrier has not said."""

    number: str
    carrier: str
    shipped_at: datetime | None
    first_scan_at: datetime | None
    delivered_at: datetime | None
    delivered_to_address: bool | None
    signature: bool | None
    status: str
    delivered_country: str
    is_return: bool


@dataclass(frozen=True, slots=True)
class DescribedOrder:
    """`facts`: what a platform would say of a case on this order, by the names that rules read (wire form)."""

    number: str
    shop: str
    buyer: DescribedBuyer
    currency: str
    items_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int
    times: Mapping[str, datetime | None]  # by the order's own field names
    fulfilment: str
    country: str
    city: str
    lines: tuple[DescribedLine, ...]
    payments: tuple[DescribedPayment, ...]
    parcels: tuple[DescribedParcel, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    shops: tuple[DescribedShop, ...]
    orders: tuple[DescribedOrder, ...]


TIMES = {  # name in the file -> field of an order
    "placed": "placed_at", "paid": "paid_at", "ship_by": "ship_by", "promised_from": "promised_from",
    "promised_by": "promised_by", "shipped": "shipped_at", "delivered": "delivered_at", "cancelled": "cancelled_at",
}  # fmt: skip


@dataclass(slots=True)
class _Fields:
    """One object of the file. A bad value becomes a problem and a harmless stand-in, so that all slips are found."""

    where: str
    values: Mapping[str, Any]
    problems: list[Problem]
    seen: set[str] = field(default_factory=set)

    def at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def bad(self, code: str, name: str, **params: Any) -> None:
        self.problems.append(Problem(code, self.at(name), params))

    def raw(self, name: str) -> Any:
        self.seen.add(name)
        return self.values.get(name)

    def text(self, name: str, default: str | None = None, among: Iterable[str] = ()) -> str:
        """Required unless there is a default."""
        value = self.raw(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.bad("missing" if value is None else "not_text", name)
            return ""
        if among and value not in among:
            self.bad("unknown_code", name, text=value[:60])
        return value

    def country(self, name: str, default: str | None = None) -> str:
        code = self.text(name, default)
        if code and not countries.is_country(code):
            self.bad("unknown_country", name, text=code[:60])
        return code

    def minor(self, name: str, currency: str, default: int | None = None) -> int:
        value = self.raw(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):  # a JSON number is a binary fraction, which money never is
            self.bad("missing" if value is None else "not_a_number", name, text=str(value)[:60])
            return 0
        try:
            money = Money.of(value, currency)
        except MoneyError as error:
            self.bad(error.code, name, **error.params)
            return 0
        if money.amount < 0:
            self.bad("negative_money", name, text=value[:60])
        elif money.rounded() != money:
            self.bad("too_many_digits", name, text=value[:60], currency=currency)
        return money.minor

    def moment(self, name: str) -> datetime | None:
        value = self.raw(name)
        if value is None:
            return None
        try:
            return parse_instant(value)
        except Bad as error:
            self.bad(error.code, name, **error.params)
            return None

    def count(self, name: str, default: int) -> int:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.bad("not_a_count", name, text=str(value)[:60])
            return default
        return value

    def flag(self, name: str) -> bool | None:
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            self.bad("not_a_flag", name, text=str(value)[:60])
            return None
        return value

    def child(self, name: str) -> _Fields:
        return _fields(self.at(name), self.raw(name), self.problems)

    def children(self, name: str, *, required: bool = False) -> list[_Fields]:
        value = self.raw(name)
        if value is None and not required:
            return []
        if not isinstance(value, list) or (required and not value):
            self.bad("missing" if not value else "not_a_list", name)
            return []
        return [_fields(f"{self.at(name)}[{i}]", one, self.problems) for i, one in enumerate(value)]

    def done(self) -> None:
        """A misspelt name must not pass for an absent one."""
        for name in self.values:
            if name not in self.seen:
                self.bad("unknown_field", name)


def _fields(where: str, value: Any, problems: list[Problem]) -> _Fields:
    if not isinstance(value, Mapping):
        problems.append(Problem("missing" if value is None else "not_an_object", where))
        value = {}
    return _Fields(where, value, problems)


def read_world(described: Any) -> World:
    """Raises InputError with every problem found."""
    problems: list[Problem] = []
    top = _fields("", described, problems)
    top.seen.update(("about", "now"))  # a note for people; the moment is the caller's argument
    shops = tuple(_shop(one) for one in top.children("shops", required=True))
    currencies = {shop.key: shop.currency for shop in shops}
    orders = tuple(_order(one, currencies) for one in top.children("orders"))
    top.done()
    _each_once(problems, "shops", [(shop.key,) for shop in shops])
    _each_once(problems, "shops", [(shop.platform, shop.name) for shop in shops])
    _each_once(problems, "orders", [(order.shop, order.number) for order in orders])
    if problems:
        raise InputError(problems)
    return World(shops, orders)


def _each_once(problems: list[Problem], where: str, keys: list[tuple[str, ...]]) -> None:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            problems.append(Problem("twice", f"{where}[{index}]", {"text": " ".join(key)}))


def _shop(fields: _Fields) -> DescribedShop:
    shop = DescribedShop(
        key=fields.text("key"),
        platform=fields.text("platform", among=PLATFORMS),
        site=fields.text("site", ""),
        name=fields.text("name"),
        currency=fields.text("currency", "USD"),
        time_zone=fields.text("time_zone", "UTC"),
        seller_country=fields.country("seller_country", "CN"),
        mail=fields.text("mail", ""),
    )
    fields.done()
    return shop


def _order(fields: _Fields, currencies: Mapping[str, str]) -> DescribedOrder:
    shop = fields.text("shop", among=currencies)
    currency = fields.text("currency", currencies.get(shop, "USD"))
    lines = tuple(_line(one, currency) for one in fields.children("lines", required=True))
    items = sum(line.unit_price_minor * line.quantity for line in lines)
    items = fields.minor("items", currency, items)
    shipping, tax = fields.minor("shipping", currency, 0), fields.minor("tax", currency, 0)
    order = DescribedOrder(
        number=fields.text("number"),
        shop=shop,
        buyer=_buyer(fields.child("buyer")),
        currency=currency,
        items_minor=items,
        shipping_minor=shipping,
        tax_minor=tax,
        total_minor=fields.minor("total", currency, items + shipping + tax),
        times={column: fields.moment(name) for name, column in TIMES.items()},
        fulfilment=fields.text("fulfilment", "seller", among=FULFILMENT),
        country=fields.country("country"),
        city=fields.text("city", ""),
        lines=lines,
        payments=tuple(_payment(one, currency) for one in fields.children("payments")),
        parcels=tuple(_parcel(one) for one in fields.children("parcels")),
        facts=_facts(fields),
    )
    fields.done()
    return order


def _buyer(fields: _Fields) -> DescribedBuyer:
    buyer = DescribedBuyer(
        name=fields.text("name"),
        email=fields.text("email", ""),
        country=fields.country("country", ""),
        language=fields.text("language", ""),
    )
    fields.done()
    return buyer


def _line(fields: _Fields, currency: str) -> DescribedLine:
    line = DescribedLine(
        sku=fields.text("sku", ""),
        title=fields.text("title"),
        quantity=fields.count("quantity", 1),
        unit_price_minor=fields.minor("unit_price", currency),
    )
    fields.done()
    return line


def _payment(fields: _Fields, currency: str) -> DescribedPayment:
    payment = DescribedPayment(
        kind=fields.text("kind", among=MOVEMENTS),
        external_id=fields.text("id"),
        amount_minor=fields.minor("amount", currency),
        at=fields.moment("at"),
    )
    fields.done()
    return payment


def _parcel(fields: _Fields) -> DescribedParcel:
    parcel = DescribedParcel(
        number=fields.text("number"),
        carrier=fields.text("carrier", ""),
        shipped_at=fields.moment("shipped_at"),
        first_scan_at=fields.moment("first_scan_at"),
        delivered_at=fields.moment("delivered_at"),
        delivered_to_address=fields.flag("delivered_to_address"),
        signature=fields.flag("signature"),
        status=fields.text("status", "unknown", among=MILESTONES),
        delivered_country=fields.country("delivered_country", ""),
        is_return=fields.flag("is_return") or False,
    )
    fields.done()
    return parcel


def _facts(fields: _Fields) -> Mapping[str, Any]:
    value = fields.raw("facts")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        fields.bad("not_an_object", "facts")
        return {}
    try:
        read_facts(value)
    except InputError as error:
        for problem in error.problems:
            fields.bad(problem.code, f"facts.{problem.where}", **problem.params)
    return dict(value)
