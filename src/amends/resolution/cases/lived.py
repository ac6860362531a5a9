"""What the house has lived through, as facts: how offers ended, how close the shop is to a line.

Three small reads, whatever the number of cases and orders: sums kept as cases close, and the last count of the
shop's metrics. Nothing is counted here.
"""

from __future__ import annotations

from datetime import datetime

from amends.base.accounts.core import Scope
from amends.judgement.health.queries import kept_rows
from amends.judgement.precedents.queries import experience
from amends.kernel.taxonomy import kind_of
from amends.resolution.cases.gather import Sheet
from amends.resolution.cases.models import Case


def add_lived(sheet: Sheet, scope: Scope, case: Case, now: datetime) -> None:
    """Puts the tables `experience` and `health` into the sheet; what the house has not lived through is left out."""
    platform = case.shop.platform if case.shop else ""
    rows = [one.as_fact() for one in experience(scope, platform, kind_of(case.leaf))]
    if rows:
        sheet.put("experience", rows, "computed", "closed cases")
    counted = kept_rows(scope, case.shop, now) if case.shop else []
    if counted:
        sheet.put("health", counted, "computed", "account health")
