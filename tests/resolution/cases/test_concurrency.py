"""Two people at once: a refund is never paid twice, whichever of an order's cases it comes from."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.db import connections

from amends.base.accounts.core import system_scope
from amends.base.ledger import queries as ledger
from amends.kernel.outcome import Refusal
from amends.resolution.cases import actions
from amends.resolution.refunds.models import Refund
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_two_cases_of_one_order_never_refund_more_than_was_paid(now: datetime) -> None:
    organisation = factories.make_organisation("acme", refund_limit_minor=10**9)
    scope = system_scope(organisation.pk)
    order = factories.make_order(
        organisation, factories.make_shop(organisation, "ebay", site="US"), total_minor=10_000, now=now
    )
    ids = [
        actions.open_case(
            scope,
            now,
            shop_id=order.shop_id,
            order_id=order.pk,
            buyer_id=order.buyer_id,
            leaf="damaged",
            dedup_key=str(n),
        )[0].pk
        for n in range(4)
    ]
    results: list[actions.Performed | Refusal] = []
    gate = threading.Barrier(len(ids))

    def refund(case_id: int) -> None:
        try:
            gate.wait()
            results.append(actions.perform(scope, case_id, "refund", {"amount": "60.00"}, now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=refund, args=(case_id,)) for case_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [r for r in results if isinstance(r, actions.Performed)]
    refused = [r.code for r in results if isinstance(r, Refusal)]
    assert len(done) == 1
    assert refused == ["more_than_paid"] * 3
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == 6_000
    assert ledger.verify(scope) is None
