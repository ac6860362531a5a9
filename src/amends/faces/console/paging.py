"""Pages by cursor: the id after which the next page starts. Stable while rows are added at the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    first_url: str  # empty on the first page
    next_url: str  # empty on the last page


def newest_first(request: HttpRequest, rows: QuerySet[Any], column: str = "pk", size: int = SIZE) -> Page:
    """One page of rows ordered by `column` downwards. A cursor that is not a number is taken as none."""
    before = request.GET.get("before", "")
    picked = rows.order_by(f"-{column}")
    if before.isdecimal() and len(before) < 19:  # noqa: PLR2004 - what a 64-bit column can hold
        picked = picked.filter(**{f"{column}__lt": int(before)})
    else:
        before = ""
    found: list[Model] = list(picked[: size + 1])
    more = len(found) > size
    found = found[:size]
    last = getattr(found[-1], column) if found else None
    return Page(
        found,
        first_url=with_params(request, before=None) if before else "",
        next_url=with_params(request, before=last) if more else "",
    )


def oldest_first(request: HttpRequest, rows: QuerySet[Any], size: int = SIZE) -> Page:
    """One page of rows in the order they were made, by `after`."""
    after = request.GET.get("after", "")
    picked = rows.order_by("pk")
    if after.isdecimal() and len(after) < 19:  # noqa: PLR2004 - what a 64-bit column can hold
        picked = picked.filter(pk__gt=int(after))
    else:
        after = ""
    found = list(picked[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        first_url=with_params(request, after=None) if after else "",
        next_url=with_params(request, after=found[-1].pk) if more else "",
    )


def with_params(request: HttpRequest, **changes: Any) -> str:
    """This address with some parameters changed; None takes one out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path
