"""Reading house rules, and the one rulebook that an organisation's cases are judged by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from amends.base.accounts.core import Permission, Scope
from amends.judgement.policies.core import House, Kind, Laid, lay
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.core import Rulebook
from amends.judgement.rules.load import current

_KEPT = 256  # organisations whose book stays in memory
_books: OrderedDict[int, tuple[Any, Laid]] = OrderedDict()


def book_of(scope: Scope) -> Rulebook:
    """The shipped rulebook with the organisation's house rules over it. It asks for no right of the caller: whoever
    works a case has it judged by the same book."""
    return laid_of(scope).book


def laid_of(scope: Scope) -> Laid:
    """The book and the house rules that lapsed. One small query; the work is done once a change."""
    shipped = current()
    rows = HouseRule.objects.filter(organisation_id=scope.organisation_id).order_by("pk")
    marks = tuple((mark, at is None) for mark, at in rows.values_list("hash", "withdrawn_at"))
    key = (shipped.hash, marks)
    known = _books.get(scope.organisation_id)
    if known is not None and known[0] == key:
        return known[1]
    made = lay(shipped, houses(scope) if marks else ())
    _books[scope.organisation_id] = (key, made)
    _books.move_to_end(scope.organisation_id)
    while len(_books) > _KEPT:
        _books.popitem(last=False)
    return made


def houses(scope: Scope) -> tuple[House, ...]:
    """What is in force, as values."""
    rows = HouseRule.objects.filter(organisation_id=scope.organisation_id).order_by("pk")
    return tuple(_house(row) for row in newest(rows) if row.withdrawn_at is None)


def newest(rows: Iterable[HouseRule]) -> list[HouseRule]:
    """Of rows in the order they were written, the last of each rule or number."""
    return list({_place(row): row for row in rows}.values())


def _place(row: HouseRule) -> tuple[str, ...]:
    return (row.rule_id, row.kind, row.base_version, row.path)


def _house(row: HouseRule) -> House:
    return House(
        row.organisation_id, row.rule_id, Kind(row.kind), row.number, row.citation, row.created_at.date(), row.body,
        row.base_version, row.base_hash, row.path, row.old, row.new,
    )  # fmt: skip


def history(scope: Scope, rule_id: str = "") -> list[HouseRule]:
    """Every version, newest first, with who wrote and who withdrew it; of one rule or of all."""
    scope.require(Permission.RULE_READ)
    rows = HouseRule.objects.filter(organisation_id=scope.organisation_id).select_related("author", "withdrawn_by")
    return list((rows.filter(rule_id=rule_id) if rule_id else rows).order_by("-pk"))


def listed(scope: Scope) -> list[HouseRule]:
    """The newest version of each house rule, withdrawn ones included, by rule."""
    return sorted(newest(reversed(history(scope))), key=lambda row: (row.rule_id, row.pk))


def get(scope: Scope, pk: int) -> HouseRule | None:
    scope.require(Permission.RULE_READ)
    rows = HouseRule.objects.filter(organisation_id=scope.organisation_id).select_related("author", "withdrawn_by")
    return rows.filter(pk=pk).first()
