"""A signed-in browser in each role, and one case with an order, a conversation and a dispute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from amends.base.accounts.core import Role, Scope
from amends.base.accounts.models import Organisation, User
from amends.intake.conversations.models import Message, Thread
from amends.resolution.cases import actions
from amends.resolution.cases.models import Case
from tests import factories


@pytest.fixture
def signed_in(organisation: Organisation) -> Callable[..., Client]:
    """`signed_in(Role.AGENT)`: a client of a new person with that role, in English unless said otherwise."""

    def make(role: Role = Role.OWNER, language: str = "en", house: Organisation | None = None) -> Client:
        home = house or organisation
        user = User.objects.filter(email=f"{role.value}@{home.slug}.example").first()
        user = user or factories.make_user(home, role)
        User.objects.filter(pk=user.pk).update(language=language)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def make_case(organisation: Organisation, scope: Scope) -> Callable[..., Case]:
    """`make_case(text=…, mail=True)`: an order delivered two days ago, the buyer's words, a case judged now."""

    def make(text: str = "The parcel never came.", *, mail: bool = True, leaf: str = "damaged", **fields: Any) -> Case:
        now = timezone.now()
        shop = factories.make_shop(organisation, "ebay", site="US", name=f"Shop {Case.objects.count()}")
        buyer = factories.make_buyer(organisation, shop, **({"email": "buyer@mail.example"} if mail else {"email": ""}))
        order = factories.make_order(
            organisation, shop, buyer=buyer, now=now, total_minor=41_80, delivered_at=now - timedelta(days=2)
        )
        thread = Thread.objects.create(
            organisation=organisation,
            shop=shop,
            buyer=buyer,
            order=order,
            channel="mail" if mail else "ebay",
            subject="My order",
            last_message_at=now,
        )
        Message.objects.create(
            organisation=organisation,
            thread=thread,
            direction="in",
            state="received",
            text=text,
            language="en",
            at=now - timedelta(hours=1),
            audience=["seller"],
        )
        case, _created = actions.open_case(
            scope,
            now,
            shop_id=shop.pk,
            order_id=order.pk,
            buyer_id=buyer.pk,
            thread_id=thread.pk,
            leaf=leaf,
            title=text[:100],
            **fields,
        )
        return case

    return make
