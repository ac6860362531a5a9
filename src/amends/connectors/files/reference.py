"""The reference page of the import template and the built-in layouts, made from the layouts themselves."""

from __future__ import annotations

from collections.abc import Iterator

from amends.connectors.files import templates
from amends.connectors.files.catalogue import layouts
from amends.intake.imports.core.fields import FIELDS, Read
from amends.intake.imports.core.layout import KIND_ORDER, Layout

_KINDS = {
    "orders": "One row a line of an order. The order's own cells are repeated on each of its rows and must agree.",
    "lines": "Lines for orders that are known already.",
    "payments": "Money that moved: `paid`, `refunded`, `charged_back`, `chargeback_reversed`.",
    "refunds": "Refunds alone, for those who keep them apart.",
    "shipments": "Parcels, in both directions.",
    "returns": "Returns as the platform reports them.",
    "messages": "What buyers wrote. Messages of the last sixty days go on to triage.",
    "reviews": "Reviews as posted.",
}
_READS = {
    Read.TEXT: "text",
    Read.ID: "text, never a number: leading zeros and all digits stay",
    Read.MONEY: "amount",
    Read.AMOUNT: "amount, the sign does not count",
    Read.COUNT: "whole number",
    Read.MOMENT: "date, or date and time",
    Read.COUNTRY: "country, as code or name",
    Read.CURRENCY: "ISO 4217 code",
    Read.EMAIL: "mail address",
    Read.FLAG: "yes or no",
    Read.RATING: "1 to 5",
    Read.LANGUAGE: "language tag (`es`, `pt-BR`)",
    Read.WORD: "word",
}
# What the heading and the way of reading leave open.
_MEANINGS = {
    "order.number": "as the platform shows it",
    "order.placed_at": "when the buyer ordered",
    "order.promised_by": "the latest delivery the buyer was shown",
    "order.total": "what the buyer paid or has to pay, with postage and tax; empty: added up from the lines",
    "order.discount": "taken off the order",
    "order.fulfilment": "`seller` or `platform`",
    "order.programme": "the platform's delivery or protection programme",
    "money.paid_total": "paid so far; a payment listed elsewhere is not counted twice",
    "money.refunded_total": "refunded so far; a refund listed elsewhere is not counted twice",
    "buyer.id": "the platform's user name or id; without one the mail address, else the buyer belongs to this order",
    "line.id": "the platform's number of the line; without one the SKU names the line",
    "line.unit_price": "of one piece",
    "line.discount": "on all pieces of the line",
    "shop.platform": "`amazon`, `ebay`, `aliexpress` …; needed when the import names no shop",
    "shop.name": "the name of your shop; made when there is none",
    "payment.id": "makes a repeated import harmless",
    "return.refunded_total": "refunded so far on this return; empty means unknown, not zero",
    "parcel.status": "the carrier's own word",
}
_PROOFS = {
    "A": "the provider's own document",
    "B": "the provider's SDK",
    "C": "third parties that read such files; *unproven* until you have looked at a preview",
    "M": "memory; *unproven* until you have looked at a preview",
    "O": "our own",
}

_INTRODUCTION = """# The import template and the built-in layouts

This page is made from the layouts; change them, not the page.

`amends import-template` writes the template as an Excel workbook with one sheet a kind, `--format csv` as a zip of
CSV files, `--format jsonl` as JSON lines whose `kind` says what a line is; `--kind` writes one kind alone. Use the
columns you have, in any order, and leave out the others. Columns that are not listed are kept as they are.

- **Dates** are ISO 8601, best with an offset (`2026-11-02T09:14:00+08:00`). Without one they are in the shop's zone.
  Other ways of writing are understood; where day and month could be exchanged and nothing in the file settles it,
  the row is rejected.
- **Amounts** are in major units with a point (`41.80`). A comma is understood where it cannot be mistaken. A sign
  that belongs to another currency than the row's rejects the row.
- **Empty** means *not said*: what is known already stays.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_INTRODUCTION, *_template(), *_built_in()]) + "\n"


def _template() -> Iterator[str]:
    for layout in templates.kinds():
        yield f"## {layout.kind.value}\n\n{_KINDS[layout.kind.value]}\n"
        yield "| column | holds | |\n|---|---|---|"
        for target, names in layout.columns.items():
            if target in FIELDS:
                required = "**required** " if target in layout.required else ""
                meaning = _MEANINGS.get(target, "")
                last = f"{required}{meaning}".strip()
                yield f"| `{names[0]}` | {_READS[FIELDS[target].read]} |{f' {last} ' if last else ' '}|"
        yield ""


def _built_in() -> Iterator[str]:
    yield "## Built-in layouts\n"
    yield "Files of these are recognised by their headings, whatever they are called.\n"
    yield "| layout | kind | file | known from | source |\n|---|---|---|---|---|"
    for layout in sorted(layouts().values(), key=_order):
        if layout.required and layout.family != "amends":
            yield f"| `{layout.id}` | {layout.kind.value} | {layout.title} | {layout.proof} | {layout.source} |"
    yield ""
    for letter, meaning in _PROOFS.items():
        if any(layout.proof == letter for layout in layouts().values()):
            yield f"- **{letter}**: {meaning}"


def _order(layout: Layout) -> tuple[str, int, str]:
    return layout.platform, KIND_ORDER[layout.kind], layout.id
