"""Account health: where each shop stands against the lines of its platform."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, Field

from amends.base.accounts.core import Permission
from amends.faces.api.documents.common import ShopRef
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import not_found
from amends.judgement.health import queries
from amends.judgement.health.wire import shop_wire

router = Router(tags=["judgement"])


class CitedRule(BaseModel):
    rule: str
    version: str
    title: dict[str, str]
    confidence: str
    source: str | None


class WindowDocument(BaseModel):
    days: int | None
    months: int | None
    calendar_month: bool


class LimitDocument(BaseModel):
    rate: str | None
    count: int | None = Field(description="The line is crossed only with more than this many.")
    reached: bool = Field(description="A rate that equals the line has crossed it.")


class LevelDocument(LimitDocument):
    name: str


class MetricDocument(CitedRule):
    metric: str
    better: Literal["lower", "higher"]
    window: WindowDocument
    begins: datetime
    ends: datetime
    numerator: int
    denominator: int
    unsure: int = Field(description="Orders that an unknown fact leaves open; they are not counted.")
    rate: str | None = Field(description="A share with four digits; null without orders.")
    limit: LimitDocument | None
    levels: list[LevelDocument]
    level: str | None
    breached: bool
    budget: int | None = Field(description="How many more can be lost before the line is crossed; null without a line.")
    expected: str = Field(description="Further losses expected before the first of those counted leaves the window.")
    crossing: str = Field(description="Probability that the next loss is the one that crosses the line.")
    price: str = Field(description="What losing one case costs today, as an expectation.")
    price_parts: dict[str, str]
    price_basis: str = Field(description="`prior`: the costs behind the price are estimates of the rulebook.")
    bars: list[int] = Field(description="Losses in twelve equal parts of the window, oldest first.")


class OffenceDocument(BaseModel):
    kind: str
    at: datetime
    nth: int
    points: int | None
    expires: datetime


class PointsDocument(BaseModel):
    ledger: str
    rules: list[CitedRule]
    total: int
    unsure: int
    consequence: Literal["none", "freeze", "closed"]
    freeze_days: int
    frozen_until: datetime | None
    next_at: int | None
    offences: list[OffenceDocument]


class ShopHealthDocument(BaseModel):
    shop: ShopRef
    orders: int
    metrics: list[MetricDocument]
    ledgers: list[PointsDocument]


class HealthDocument(BaseModel):
    at: datetime
    shops: list[ShopHealthDocument]


@guarded(router.get, "/health", Permission.CASE_READ, response=HealthDocument, summary="Read account health")
def get_health(
    request: HttpRequest,
    shop: Annotated[int | None, Query(ge=1, le=2**62, description="One shop by its id; all without it.")] = None,
    at: Annotated[AwareDatetime | None, Query(description="As it was then; now without it.")] = None,
) -> Any:
    """Metrics, what is left of each, and penalty points, for every shop."""
    who = caller(request)
    moment = at or who.now
    found = queries.health(who.scope, moment, shop)
    if shop is not None and not found:
        raise not_found()
    return {"at": moment, "shops": [shop_wire(one) for one in found]}
