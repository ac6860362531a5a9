"""What importing says to a person, in the reader's language. Codes are for programs, sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    # rows
    "missing_required": _("A value is missing in: %(missing)s"),
    "not_a_number": _("“%(text)s” is not an amount"),
    "amount_too_large": _("“%(text)s” is too large for an amount"),
    "not_a_count": _("“%(text)s” is not a number of pieces"),
    "negative_count": _("“%(text)s” is below zero"),
    "not_a_rating": _("“%(text)s” is not a rating from 1 to 5"),
    "not_a_date": _("“%(text)s” is not a date"),
    "date_out_of_range": _("“%(text)s” is not a year an order can have"),
    "date_ambiguous": _("“%(text)s” could be two dates, and nothing in the file says which"),
    "unknown_currency": _("“%(currency)s” is not a currency"),
    "currency_missing": _("“%(text)s” is an amount without a currency"),
    "currency_sign_differs": _("“%(text)s” carries another currency's sign than %(currency)s"),
    "unknown_word": _("“%(text)s” is not one of: %(known)s"),
    "id_digits_lost": _("“%(text)s” lost digits in a spreadsheet; format the column as text and export again"),
    "too_long": _("“%(text)s” is longer than %(limit)s characters"),
    "too_many_cells": _("The row has more cells than the %(expected)s headings"),
    "nul_character": _("The row holds a NUL character"),
    "undecodable": _("The row holds bytes that do not fit the file's encoding"),
    "bad_json": _("The line is not a JSON object"),
    "contradicts_row": _("The row says something else than row %(row)s about the same thing"),
    "order_incomplete": _("Row %(row)s of the same order was rejected; an order is taken in whole or not at all"),
    "order_unknown": _("There is no order %(number)s to attach this to"),
    "shop_needed": _("The row names no order; choose the shop it belongs to"),
    "order_ambiguous": _("Order %(number)s exists in several shops; choose the shop"),
    "database_refused": _("The database cannot hold one of the values"),
    "mail_empty": _("The mail is empty"),
    "mail_too_large": _("The mail is too large"),
    # files
    "empty": _("The file is empty"),
    "empty_folder": _("The folder holds no file that can be read"),
    "empty_archive": _("The archive holds no file that can be read"),
    "too_big": _("The file is larger than %(limit_mb)s MB"),
    "file_too_large": _("The file is larger than allowed"),
    "truncated_gzip": _("The compressed file ends in the middle; download it again"),
    "damaged_archive": _("The archive is damaged"),
    "encrypted_archive": _("The archive is protected by a password"),
    "damaged_workbook": _("The workbook is damaged"),
    "encrypted_workbook": _("The workbook is protected by a password"),
    "damaged_json": _("The JSON document is damaged"),
    "json_not_known": _("The JSON document has no shape that is known"),
    "binary_file": _("The file is not a table: it is full of NUL bytes"),
    "quote_never_closed": _("From row %(row)s on a quotation mark is never closed"),
    "not_this_encoding": _("Row %(row)s does not fit the encoding %(encoding)s"),
    "too_many_headings": _("The file has %(count)s headings; at most %(limit)s are read"),
    "no_heading": _("No heading line was found"),
    "missing_headings": _("Headings are missing: %(missing)s. Found: %(found)s"),
    "unknown_layout": _("There is no layout %(layout)s"),
    "shop_unknown": _("There is no such shop here"),
    "shop_ambiguous": _("Several shops fit: %(shops)s. Choose one"),
    "file_missing": _("The original file is no longer there"),
    "file_unknown": _("There is no such file here"),
    "mail_too_big": _("A mail is larger than %(limit_mb)s MB"),
    "internal": _("Something went wrong on our side; the background work page has the details"),
    # warnings
    "dates_ambiguous": _("Day and month of the dates could not be told apart; such rows are rejected"),
    "dates_assumed": _("No date settles the order of day and month; taken as %(order)s"),
    "dates_contradict": _("Most dates are %(order)s, some are not; those are rejected"),
    "zone_assumed": _("Times without a zone are taken as %(zone)s"),
    "columns_kept_raw": _("Columns nobody mapped, kept as they are: %(columns)s"),
    "member_not_recognised": _("%(member)s was not recognised and left out"),
    "lookup_missing": _("The table %(lookup)s is missing; what it adds stays unknown"),
    "headings_unknown": _("No layout fits these headings: %(headings)s"),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code with its values filled in; the code itself for one nobody has worded."""
    template = SENTENCES.get(code)
    if template is None:
        return code
    shown = {k: ", ".join(str(v) for v in value) if isinstance(value, list) else value for k, value in params.items()}
    return str(template) % _Gaps(shown)


class _Gaps(dict[str, Any]):
    """An old row may lack a value a newer sentence asks for."""

    def __missing__(self, key: str) -> str:
        return "…"
