"""Shapes that many answers share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from amends.base.accounts.models import Shop
from amends.intake.buyers.models import Buyer
from amends.intake.orders.models import Order


class ProblemError(BaseModel):
    where: str = Field(description="Field path, row and column, or fact name.")
    code: str
    params: dict[str, Any]
    message: str


class ProblemDocument(BaseModel):
    """RFC 9457. Programs look at `code`; `title`, `detail` and `message` are in the reader's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, Any]
    rule_ids: list[str] = Field(description="Rules that stand behind a refusal.")
    errors: list[ProblemError]


class ShopRef(BaseModel):
    id: int
    name: str
    platform: str


class OrderRef(BaseModel):
    id: int
    number: str


class BuyerRef(BaseModel):
    id: int
    name: str
    country: str
    language: str


def shop_ref(shop: Shop | None) -> ShopRef | None:
    return ShopRef(id=shop.pk, name=shop.name, platform=shop.platform) if shop else None


def order_ref(order: Order | None) -> OrderRef | None:
    return OrderRef(id=order.pk, number=order.number) if order else None


def buyer_ref(buyer: Buyer | None) -> BuyerRef | None:
    if buyer is None:
        return None
    return BuyerRef(id=buyer.pk, name=str(buyer), country=buyer.country, language=buyer.language)
