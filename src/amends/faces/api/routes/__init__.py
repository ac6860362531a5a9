"""The routes, in the order in which they stand in the documentation. The order within a file decides which of two
matching addresses is taken."""

from __future__ import annotations

from amends.faces.api.routes import (
    cases,
    health,
    house_rules,
    imports,
    judge,
    language,
    ledger,
    me,
    messages,
    orders,
    rules,
    verbs,
)

ROUTERS = (
    cases.router,
    verbs.router,
    messages.router,
    orders.router,
    judge.router,
    rules.router,
    health.router,
    house_rules.router,
    language.router,
    imports.router,
    ledger.router,
    me.router,
)
