"""Importing as pure functions: headings → layout, cells → values, rows → bundles. No database, no files, no clock."""

from amends.intake.imports.core.assemble import Assembler
from amends.intake.imports.core.layout import (
    Kind,
    Layout,
    detect,
    find_heading,
    fingerprint,
    from_data,
)
from amends.intake.imports.core.problems import BadValue, FileRefused, Reject, Warn
from amends.intake.imports.core.records import Bundle, MessageRecord, ShopHint
from amends.intake.imports.core.rows import Row, RowReader, Settings, Sheet, date_style
from amends.intake.imports.core.seen import Seen

__all__ = [
    "Assembler",
    "BadValue",
    "Bundle",
    "FileRefused",
    "Kind",
    "Layout",
    "MessageRecord",
    "Reject",
    "Row",
    "RowReader",
    "Seen",
    "Settings",
    "Sheet",
    "ShopHint",
    "Warn",
    "date_style",
    "detect",
    "find_heading",
    "fingerprint",
    "from_data",
]
