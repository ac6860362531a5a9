"""Reading requests: JSON without surprises, text that every database can store, numbers of cases, cursors."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Header, Query
from ninja.parser import Parser as NinjaParser
from pydantic import BaseModel, ConfigDict

from amends.faces.api.problems import Fault, not_found

MOST_DIGITS = 18  # what a 64-bit column can hold
PAGE = 25
MOST_A_PAGE = 100
_KEY_LENGTH = 200


class Body(BaseModel):
    """A request body. A field we do not know is an error, since it is a typing mistake more often than not."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class Parser(NinjaParser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Raises ValueError for what is not JSON (`NaN` is not), Fault for text that cannot be stored."""
        value = json.loads(request.body, parse_constant=_no_constant)
        check_text(value)
        return value

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name, values in data.lists():
            check_text([name, *(v for v in values if isinstance(v, str))])
        return super().parse_querydict(data, list_fields, request)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def check_text(value: Any) -> None:
    """Raises Fault for NUL, which PostgreSQL cannot store, and for half a surrogate pair, which is no text."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\x00" in one or not _encodable(one):
                raise Fault(422, "bad_character")
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def case_number(text: str) -> int:
    """`C-1001` or `1001`. Anything else is the number of no case: Fault 404."""
    digits = text.upper().removeprefix("C-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS):
        raise not_found()
    return int(digits)


def row_cursor(cursor: str) -> int | None:
    """The id after which a page starts, None for the first page. Raises Fault `bad_cursor`."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= MOST_DIGITS):
        raise bad_cursor()
    return int(cursor)


def bad_cursor() -> Fault:
    return Fault(422, "bad_cursor")


def idempotency_key(text: str | None) -> str | None:
    """Raises Fault for a key that is too long or not plain: it would be cut or folded, and then mean another."""
    if text is None:
        return None
    if not (0 < len(text) <= _KEY_LENGTH and text.isascii() and text.isprintable()):
        raise Fault(422, "bad_idempotency_key")
    return text


def version_wanted(if_match: str | None) -> int | None:
    """The version in `If-Match: "7"`; `*` and no header ask for none. Raises Fault `bad_if_match`."""
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):  # noqa: PLR2004 - an integer column
        raise Fault(422, "bad_if_match")
    return int(digits)


Cursor = Annotated[str, Query(description="`next` of the page before; empty for the first page.")]
Limit = Annotated[int, Query(ge=1, le=MOST_A_PAGE, description="Rows a page.")]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="The same key with the same request does the work once."),
]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description='The version you saw, in quotation marks: `"7"`. Else 412.')
]
