"""Money as an exact amount in one currency, and its minor units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache

from babel.numbers import list_currencies

# ISO 4217 minor-unit exponents that differ from 2. CLDR's own digits are for display (it shows
# some currencies without decimals although their minor unit exists), so they are not used here.
_EXPONENTS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class MoneyError(ValueError):
    """A text, currency or operation that cannot be money. `code` names the reason for a translated message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params


@cache
def currency_codes() -> frozenset[str]:
    """Every ISO 4217 code CLDR knows, historic ones included, since old orders carry them."""
    return frozenset(list_currencies())


def exponent(currency: str) -> int:
    """Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


@cache
def _quantum(currency: str) -> Decimal:
    return Decimal(1).scaleb(-exponent(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in major units. Two currencies never add, compare or equal each other."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Checked construction. Raises MoneyError `unknown_currency` or `not_a_number`."""
        code = currency.strip().upper()
        if code not in currency_codes():
            raise MoneyError("unknown_currency", currency=currency)
        try:
            value = Decimal(amount)
        except InvalidOperation:
            raise MoneyError("not_a_number", text=str(amount)) from None
        if not value.is_finite():
            raise MoneyError("not_a_number", text=str(amount))
        return cls(value, code)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        return cls(Decimal(minor).scaleb(-exponent(currency)), currency)

    @property
    def minor(self) -> int:
        """Whole minor units, halves to even. A refund is computed in these, never in fractions of them."""
        return int(self.amount.scaleb(exponent(self.currency)).to_integral_value(ROUND_HALF_EVEN))

    def rounded(self) -> Money:
        """To the minor unit, halves to even."""
        return Money(self.amount.quantize(_quantum(self.currency), ROUND_HALF_EVEN), self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError("currency_mismatch", left=self.currency, right=other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.amount <= other.amount

    def times(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def parse_money(text: str) -> Money:
    """Read the wire form `"41.80 USD"`. Raises MoneyError."""
    parts = text.split()
    if len(parts) != 2:  # noqa: PLR2004 - an amount and a currency
        raise MoneyError("not_money", text=text)
    first, second = parts
    if not second.isalpha():
        first, second = second, first
    return Money.of(first.replace(",", ""), second)
