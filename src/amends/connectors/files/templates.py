"""Our own import template: headings and one example row of each kind, as CSV, JSON lines or Excel."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence

from amends.connectors.files.catalogue import layouts
from amends.connectors.files.sheetwriter import workbook
from amends.intake.imports.core.layout import KIND_ORDER, Layout

FORMATS = ("csv", "jsonl", "xlsx")

# One invented order, told by every table.
_EXAMPLE = {
    "kind": "", "platform": "aliexpress", "shop": "Example shop", "order_number": "8100000000000001",
    "status": "shipped", "currency": "USD", "placed_at": "2026-11-02T09:14:00+08:00",
    "paid_at": "2026-11-02T09:15:00+08:00", "ship_by": "2026-11-05T23:59:00+08:00",
    "promised_by": "2026-12-02T23:59:00+08:00", "shipped_at": "2026-11-03T18:00:00+08:00", "items_total": "39.80",
    "shipping_total": "2.00", "order_total": "41.80", "paid_total": "41.80", "payment_method": "card",
    "fulfilment": "seller", "ship_service": "Standard", "ship_name": "Jane Test", "ship_address1": "1 Test Street",
    "ship_city": "Madrid", "ship_postal_code": "28001", "ship_country": "ES", "buyer_id": "testbuyer",
    "buyer_name": "Jane Test", "buyer_email": "jane@example.com", "buyer_country": "ES", "buyer_language": "es",
    "line_id": "1", "product_id": "1005000000000001", "sku": "MUG-4", "title": "Mug set", "variant": "blue",
    "category": "kitchen", "quantity": "2", "unit_price": "19.90", "carrier": "Example Post",
    "tracking_number": "LP00000000000001", "payment_id": "PAY-1", "payment_kind": "paid", "amount": "41.80",
    "at": "2026-11-02T09:15:00+08:00", "refund_id": "REF-1", "service": "Standard", "is_return": "no",
    "signature": "no", "return_id": "RET-1", "requested_at": "2026-11-20T10:00:00+01:00", "return_status": "open",
    "return_reason": "damaged", "comment": "One mug arrived broken.", "message_id": "MSG-1",
    "sent_at": "2026-11-20T09:58:00+01:00", "subject": "Broken mug", "message_text": "Una taza llegó rota.",
    "language": "es", "review_id": "REV-1", "rating": "2", "review_title": "Broken",
    "review_text": "Una de las tazas llegó rota.", "posted_at": "2026-11-21T08:00:00+01:00",
}  # fmt: skip


def kinds() -> list[Layout]:
    """The layouts of the template, in the order an import reads them."""
    own = [layout for layout in layouts().values() if layout.family == "amends"]
    return sorted(own, key=lambda layout: KIND_ORDER[layout.kind])


def headings(layout: Layout) -> list[str]:
    return [name for target, names in layout.columns.items() if target != "drop" for name in names]


def example(layout: Layout) -> dict[str, str]:
    row = {name: _EXAMPLE.get(name, "") for name in headings(layout)}
    if layout.kind == "refunds":
        row |= {"amount": "5.00", "at": "2026-11-22T08:00:00+08:00"}
    return row


def template(form: str, kind: str = "") -> tuple[str, bytes]:
    """(file name, content). `kind` empty: all kinds, as a zip of CSVs, one JSONL, or a workbook of sheets.

    KeyError for an unknown form or kind.
    """
    chosen = [layout for layout in kinds() if kind in ("", layout.kind)]
    if not chosen or form not in FORMATS:
        raise KeyError(kind or form)
    stem = f"amends-{kind or 'template'}"
    if form == "jsonl":
        lines = [json.dumps({"kind": la.kind.value} | _filled(la), ensure_ascii=False) for la in chosen]
        return f"{stem}.jsonl", ("\n".join(lines) + "\n").encode()
    if form == "xlsx":
        return f"{stem}.xlsx", workbook({la.kind.value: _rows(la) for la in chosen})
    if len(chosen) == 1:
        return f"{stem}.csv", _csv(chosen[0])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for layout in chosen:
            archive.writestr(zipfile.ZipInfo(f"{layout.kind.value}.csv"), _csv(layout))
    return f"{stem}.zip", target.getvalue()


def _filled(layout: Layout) -> dict[str, str]:
    return {name: value for name, value in example(layout).items() if value}


def _rows(layout: Layout) -> list[Sequence[str]]:
    row = example(layout)
    return [list(row), list(row.values())]


def _csv(layout: Layout) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(_rows(layout))
    return ("\ufeff" + buffer.getvalue()).encode()
