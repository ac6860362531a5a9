"""A case that somebody opens on purpose: about an order, or from a buyer's words whose meaning may be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.flows.triage import work_on
from amends.intake.conversations import actions as conversations
from amends.intake.conversations.core.clean import clean_body
from amends.intake.conversations.models import Message
from amends.intake.orders import queries as orders
from amends.intake.orders.models import Order
from amends.kernel.outcome import InputError, Problem
from amends.kernel.taxonomy import BY_CODE, KINDS
from amends.language.understand import told
from amends.resolution.cases import actions as cases
from amends.resolution.cases import lookups, queries
from amends.resolution.cases.models import Case, StoredJudgement


@dataclass(frozen=True, slots=True)
class Words:
    """What the buyer wrote. `external_id` is the platform's id of the message, which makes a repeat harmless."""

    text: str
    language: str = ""
    at: datetime | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the case is about. A leaf or a kind says what the problem is; without either the words must tell.

    `order` is the number as the shop knows it. `key` makes asking twice harmless.
    """

    order: str = ""
    shop_id: int | None = None
    buyer: str = ""
    leaf: str = ""
    kind: str = ""
    title: str = ""
    priority: int = 0
    words: Words | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """`case` is None while the words wait to be understood by a job. `created` False: it was there before."""

    case: Case | None
    created: bool
    judgement: StoredJudgement | None = None
    message: Message | None = None
    draft: Message | None = None


def open_wished(scope: Scope, wish: Wish, now: datetime, *, origin: str = "person") -> Opened:
    """Open the case, judge it, and draft an answer where there are words to answer; all in one transaction.

    With words, their language and what they are about, nothing is left to a job. Raises InputError: `unknown_order`,
    `several_orders`, `unknown_shop`, `shop_missing`, `unknown_leaf`, `leaf_and_kind`, `nothing_to_go_on`.
    """
    scope.require(Permission.CASE_WORK)
    scope.require(Permission.CASE_READ)
    _check(wish)
    with transaction.atomic():
        order = _order(scope, wish)
        shop_id = _shop_id(scope, wish, order)
        if wish.words is None:
            return _without_words(scope, wish, order, shop_id, now, origin)
        if shop_id is None:
            raise InputError([Problem("shop_missing", "shop_id")])
        return _with_words(scope, wish, wish.words, order, shop_id, now)


def _check(wish: Wish) -> None:
    problems = []
    if wish.leaf and wish.kind:
        problems.append(Problem("leaf_and_kind", "kind"))
    if wish.leaf and wish.leaf not in BY_CODE:
        problems.append(Problem("unknown_leaf", "leaf", {"text": wish.leaf[:40]}))
    if wish.kind and wish.kind not in KINDS:
        problems.append(Problem("unknown_leaf", "kind", {"text": wish.kind[:40]}))
    if wish.words is None and not wish.order:
        problems.append(Problem("nothing_to_go_on", "order"))
    if wish.words is not None and not wish.words.text.strip():
        problems.append(Problem("missing", "message.text"))
    if problems:
        raise InputError(problems)


def _order(scope: Scope, wish: Wish) -> Order | None:
    """The one order of that number. The exact spelling wins over one that differs by zeros or `#`."""
    if not wish.order:
        return None
    found = orders.find_by_number(scope, wish.order)
    if wish.shop_id is not None:
        found = [order for order in found if order.shop_id == wish.shop_id]
    if not found:
        raise InputError([Problem("unknown_order", "order")])
    exact = [order for order in found if order.number == wish.order.strip()]
    if len(exact or found) > 1:
        raise InputError([Problem("several_orders", "order", {"shops": [o.shop_id for o in exact or found]})])
    return (exact or found)[0]


def _shop_id(scope: Scope, wish: Wish, order: Order | None) -> int | None:
    if order is not None:
        return order.shop_id
    if wish.shop_id is None:
        return None
    if not Shop.objects.filter(organisation_id=scope.organisation_id, pk=wish.shop_id).exists():
        raise InputError([Problem("unknown_shop", "shop_id")])
    return wish.shop_id


def _leaf_and_facts(wish: Wish) -> tuple[str, dict[str, Any]]:
    """A bare kind is a fact and no leaf: which of its leaves it is, nobody has said."""
    facts = dict(wish.facts)
    if wish.kind:
        facts.setdefault("case.kind", wish.kind)
    return wish.leaf or "other", facts


def _without_words(
    scope: Scope, wish: Wish, order: Order | None, shop_id: int | None, now: datetime, origin: str
) -> Opened:
    leaf, facts = _leaf_and_facts(wish)
    case, created = cases.open_case(
        scope, now, shop_id=shop_id, order_id=order.pk if order else None, buyer_id=order.buyer_id if order else None,
        leaf=leaf, title=wish.title, priority=wish.priority, dedup_key=wish.key, facts=facts, origin=origin,
    )  # fmt: skip
    return _opened(scope, case.pk, None, created=created)


def _with_words(scope: Scope, wish: Wish, words: Words, order: Order | None, shop_id: int, now: datetime) -> Opened:
    understood = bool(words.language and (wish.leaf or wish.kind))
    buyer = wish.buyer or (order.buyer.external_id if order and order.buyer else "")
    received = conversations.receive_text(
        scope, shop_id, buyer, order.number if order else "", words.text, words.at or now,
        words.external_id or _who_asked(wish.key), now, words.language or None, triage=not understood,
    )  # fmt: skip
    message = received.message
    if not received.created:
        if not words.external_id and message.text != clean_body(words.text)[0]:
            raise InputError([Problem("idempotency_key_reused", "message.text")])
        known = lookups.of_thread(scope, message.thread_id)
        if known is not None:
            return _opened(scope, known.pk, message, created=False)
    if not understood:
        return Opened(None, received.created, message=message)
    leaf, facts = _leaf_and_facts(wish)
    worked = work_on(scope, message, told(words.language, leaf), now, facts=facts)
    return Opened(worked.case, worked.opened, worked.judgement, message, worked.draft)


def _who_asked(key: str | None) -> str:
    """The part of a key that stays the same when the words change: a second text under one key is then noticed."""
    return key.partition(":")[0] if key else ""


def _opened(scope: Scope, case_id: int, message: Message | None, *, created: bool) -> Opened:
    """Read a case that was there, or was opened without words."""
    case = lookups.by_id(scope, case_id)
    if case is None:
        raise RuntimeError(f"case {case_id} went away in its own transaction")
    return Opened(case, created, queries.newest_judgement(scope, case), message, lookups.draft_of(scope, case))
