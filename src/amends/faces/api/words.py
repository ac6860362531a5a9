"""The sentences of errors that only the API has; all others are the console's, so both say the same."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from amends.faces.console import words, words_parser

TITLES: dict[int, Any] = {
    400: _("This request could not be read"),
    401: _("Not signed in"),
    403: _("Not allowed"),
    404: _("Not here"),
    405: _("This address does not know that method"),
    409: _("Refused"),
    412: _("Changed meanwhile"),
    413: _("Too large"),
    422: _("Something in the input is wrong"),
    429: _("Too many requests"),
    500: _("Something broke"),
}
_DETAILS: dict[str, Any] = {
    "unauthenticated": _("Send an API token as “Authorization: Bearer amk_…”, or sign in first."),
    "bad_token": _("The API token is unknown, expired or revoked."),
    "csrf": _("A signed-in browser must send the CSRF token in the header X-CSRFToken."),
    "not_allowed": _("The right “%(permission)s” is missing."),
    "no_organisation": _("Your account belongs to no organisation. Ask an owner to add you."),
    "not_found": _("There is nothing at this address, or it belongs to another organisation."),
    "method_not_allowed": _("Allowed here: %(allowed)s."),
    "body_too_large": _("The body of this request may have at most %(most)s kilobytes."),
    "length_missing": _("Send the length of the body in the header Content-Length."),
    "too_many_requests": _("Wait %(seconds)s seconds, then try again."),
    "bad_json": _("The body is not JSON."),
    "bad_cursor": _("This cursor is not one of ours. Begin without a cursor."),
    "bad_character": _("The text has a character that cannot be stored."),
    "bad_idempotency_key": _("The Idempotency-Key must have 1 to 200 visible ASCII characters."),
    "bad_if_match": _("The header If-Match must hold the version of the case, a number in quotation marks."),
    "idempotency_key_reused": _("This Idempotency-Key was used before for a different request."),
    "not_for_tokens": _("Only a person may do this, not an API token."),
    "invalid_input": _("See “errors” for each problem."),
    "missing": _("This is missing."),
    "extra_forbidden": _("There is no such field."),
    "unknown_order": _("No order has this number."),
    "several_orders": _("Several shops have an order with this number. Name the shop too."),
    "unknown_shop": _("There is no such shop."),
    "unknown_leaf": _("There is no such kind of problem: %(text)s."),
    "leaf_and_kind": _("Give a leaf or a kind, not both."),
    "nothing_to_go_on": _("Give an order, or a message with its shop."),
    "shop_missing": _("A message needs a shop, or an order that has one."),
    "text_or_rule": _("Give the text of a rule, or a rule with a path and a value; not both."),
    "too_many": _("At most %(most)s at once."),
    "internal_error": _("The fault is ours and is in the log. Nothing was changed."),
}


def title(status: int) -> str:
    return str(TITLES.get(status, TITLES[400]))


def detail(code: str, params: dict[str, Any] | None = None) -> str:
    """One sentence for a code, in the reader's language."""
    word = _DETAILS.get(code)
    if word is None and code == "bad_rule":
        return words_parser.translated(str((params or {}).get("expected", "")))
    if word is None:
        return words.refusal(code, params)
    try:
        return str(word) % (params or {})
    except (KeyError, ValueError, TypeError):
        return str(word)
