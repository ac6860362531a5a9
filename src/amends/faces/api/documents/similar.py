"""Similar closed cases as JSON; the command line prints the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from amends.judgement.precedents.core import Item, Outcome
from amends.judgement.precedents.queries import Match, Similar
from amends.kernel.ids import case_reference


class FeatureDocument(BaseModel):
    """One feature of both cases."""

    code: str = Field(examples=["signature"])
    mine: Any = Field(description="null: unknown.")
    theirs: Any
    ratio: str | None = Field(description="Of numbers: this case over the other.", examples=["3.00"])


class OfferedDocument(BaseModel):
    remedy: str
    state: str


class OutcomeDocument(BaseModel):
    decision: str = Field(description="What our judgement was in the end.")
    remedy: str = Field(description="What was agreed on; empty for nothing.")
    accepted: bool | None = Field(description="Whether the buyer took what was offered; null where nothing was.")
    offers: list[OfferedDocument]
    refused: bool = Field(description="We refused the request.")
    escalated: bool = Field(description="It went to the platform or the bank.")
    ruled: str = Field(description="What they decided: won, lost, split, or empty.")
    refunded: str = Field(description="Empty for nothing.", examples=["12.50 USD"])
    refunded_share: str = Field(description="Of what was paid; empty where that is unknown.", examples=["0.30"])
    days: int = Field(description="From opening to closing.")
    root_cause: str


class MatchDocument(BaseModel):
    number: str = Field(examples=["C-1001"])
    closed_at: datetime
    likeness: float = Field(description="Of the structure: 1 for no known difference.")
    words_likeness: float | None = Field(description="Of the buyers' words, 0 to 1; null where one has none.")
    alike: list[FeatureDocument] = Field(description="What weighs most comes first, in each of the three lists.")
    differs: list[FeatureDocument]
    open: list[FeatureDocument] = Field(description="Known of one of the two only.")
    outcome: OutcomeDocument


class SimilarDocument(BaseModel):
    searched: int = Field(description="How many closed cases of this kind there are.")
    method: str = Field(description="What compared the words: cosine, bm25, or empty for nothing.")
    items: list[MatchDocument]


def similar_document(similar: Similar) -> SimilarDocument:
    return SimilarDocument(
        searched=similar.searched, method=similar.method, items=[_match(match) for match in similar.matches]
    )


def _match(match: Match) -> MatchDocument:
    compared = match.comparison
    return MatchDocument(
        number=case_reference(match.number),
        closed_at=match.closed_at,
        likeness=round(match.likeness, 3),
        words_likeness=round(match.words, 3) if match.words is not None else None,
        alike=[_feature(item) for item in compared.alike],
        differs=[_feature(item) for item in compared.differs],
        open=[_feature(item) for item in compared.open],
        outcome=_outcome(match.outcome),
    )


def _feature(item: Item) -> FeatureDocument:
    return FeatureDocument(code=item.code, mine=item.mine, theirs=item.theirs, ratio=item.ratio or None)


def _outcome(outcome: Outcome) -> OutcomeDocument:
    return OutcomeDocument(
        decision=outcome.decision,
        remedy=outcome.remedy,
        accepted=outcome.accepted,
        offers=[OfferedDocument(remedy=o.remedy, state=o.state) for o in outcome.offers],
        refused=outcome.refused,
        escalated=outcome.escalated,
        ruled=outcome.ruled,
        refunded=outcome.refunded,
        refunded_share=outcome.share,
        days=outcome.days,
        root_cause=outcome.root_cause,
    )
