"""Loading and removing the demo organisation. Everything goes through the same actions a real day uses."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from amends.base.accounts.core import ActorKind, Role, Scope, system_scope
from amends.base.accounts.models import Membership, Organisation, User
from amends.flows.demo.orders import Made, before, make_order, make_shops, spare_orders
from amends.flows.drafting import write_draft
from amends.flows.triage import triage_message
from amends.intake.conversations import actions as conversations
from amends.intake.conversations.models import Message
from amends.kernel.outcome import Refusal
from amends.language.understand import Threat, told
from amends.resolution.cases import actions as cases
from amends.resolution.cases.models import Case

DEMO_SLUG = "demo"
DEMO_EMAIL = "demo@amends.example"
DEMO_PASSWORD = "demo-amends-2026"  # noqa: S105 - printed at start; the demo holds invented data only
PEOPLE = (
    (DEMO_EMAIL, "Demo Owner", Role.OWNER),
    ("wei@amends.example", "Wei Chen", Role.AGENT),
    ("lin@amends.example", "Lin Zhao", Role.LEAD),
)
SPARE_ORDERS = 37


def loaded() -> bool:
    return Organisation.objects.filter(slug=DEMO_SLUG).exists()


def world() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "world.yaml").read_text("utf-8"))
    return found


@transaction.atomic
def load(now: datetime) -> Organisation:
    """Make the demo organisation unless it is there. Takes a few seconds: every case is really judged."""
    found = Organisation.objects.filter(slug=DEMO_SLUG).first()
    if found is not None:
        return found
    organisation = Organisation.objects.create(
        name="Demo: Harbour Lights Trading",
        slug=DEMO_SLUG,
        is_demo=True,
        country="CN",
        time_zone="Asia/Shanghai",
        digest_salt=hashlib.sha256(b"demo").hexdigest(),
    )
    people = []
    for email, name, role in PEOPLE:
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, DEMO_PASSWORD, name=name, time_zone="Asia/Shanghai"
        )
        Membership.objects.create(organisation=organisation, user=user, role=role.value)
        people.append(user)
    scope = system_scope(organisation.pk)
    described = world()
    shops = make_shops(organisation, described["shops"])
    products = {p["sku"]: p for p in described["products"]}
    for index, case in enumerate(described["cases"]):
        made = make_order(organisation, shops[case["shop"]], products[case["product"]], case, index, now)
        _converse(scope, people[1 + index % 2], made, case, now)
    spare_orders(organisation, list(shops.values()), list(products.values()), SPARE_ORDERS, now)
    return organisation


def _converse(scope: Scope, agent: User, made: Made, case: dict[str, Any], now: datetime) -> None:
    """The buyer writes; the case is triaged as of that moment; then it is walked to its stage."""
    said_at = before(now, case["said"])
    received = conversations.receive_text(
        scope,
        made.shop.pk,
        made.buyer.external_id,
        made.order.number,
        case["text"],
        said_at,
        f"demo-{made.order.number}",
        said_at,
        language=case["language"],
        triage=False,
    )
    message: Message = received.message
    if case.get("photos"):
        message.attachments = [{"name": "photo.jpg", "media_type": "image/jpeg", "size": 184_320}]
        message.save(update_fields=["attachments"])
    threats = (Threat(case["threat"], ""),) if "threat" in case else ()
    # What each conversation is about is told, so that the first start waits for no model.
    reading = told(case["language"], case["leaf"], threats)
    triaged = triage_message(scope, message.pk, said_at, reading=reading, facts=_facts(case, now))
    found = Case.objects.get(organisation_id=scope.organisation_id, pk=triaged.case_id or 0)
    found.owner = agent
    found.save(update_fields=["owner"])
    by_agent = Scope(scope.organisation_id, scope.permissions, ActorKind.PERSON, agent.pk)
    _walk(by_agent, found, case, said_at)
    cases.judge_again(scope, found.pk, now)
    if set(case).isdisjoint(("answer", "offer", "settle", "refuse", "close")):
        write_draft(scope, found, reading, now)  # its dates count from today, not from the buyer's day


def _facts(case: dict[str, Any], now: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "dispute" in case:
        facts |= {
            "dispute.channel": case["dispute"]["channel"],
            "dispute.submitted": before(now, case["dispute"]["submitted"]).isoformat(),
        }
    if "chargeback" in case:
        facts["payment_dispute.opened"] = before(now, case["chargeback"]).isoformat()
    if "customs" in case:
        facts |= {"customs.held": before(now, "7d").isoformat(), "customs.hold_reason": case["customs"]}
    if "tracking_valid" in case:
        facts["shipment.tracking_valid"] = case["tracking_valid"]
    if "protected_label" in case:
        facts["shipment.protected_label"] = case["protected_label"]
    return facts


def _walk(scope: Scope, case: Case, described: dict[str, Any], said_at: datetime) -> None:
    """Play the agent's part up to the stage of the description."""
    hour = timedelta(hours=1)
    language = described["language"]
    if "answer" in described:
        _do(scope, case, "answer", {"text": described["answer"], "language": language}, said_at + 4 * hour)
    if "offer" in described:
        _do(scope, case, "offer", described["offer"], said_at + 5 * hour)
    if "settle" in described:
        _do(scope, case, "settle", described["settle"], said_at + 6 * hour)
    if "refuse" in described:
        draft = Message.objects.filter(thread=case.thread, state=Message.State.DRAFT).first()
        text = draft.text if draft else described["text"]
        _do(
            scope, case, "refuse", {"rule": described["refuse"], "text": text, "language": language}, said_at + 6 * hour
        )
    if described.get("stage") == "closed":
        if case.replacement == "none" and described.get("settle"):
            _do(scope, case, "replacement_sent", {}, said_at + 20 * hour)
        _do(scope, case, "close", {"root_cause": described["close"], "note": ""}, said_at + 30 * hour)


def _do(scope: Scope, case: Case, verb: str, args: dict[str, Any], now: datetime) -> None:
    result = cases.perform(scope, case.pk, verb, args, now)
    if isinstance(result, Refusal):
        raise RuntimeError(  # noqa: TRY004 - a defect of the demo's description, not a wrong type
            f"demo case {case.number}: {verb} refused: {result.code} {result.params}"
        )
    if result.message_id is not None and not result.sends:
        # The demo's channels cannot send; the agent copied the words over.
        conversations.mark_handed_over(scope, result.message_id, now)


@transaction.atomic
def remove(_now: datetime) -> bool:
    """Remove the demo organisation with everything in it, and its people. False when there was none."""
    organisation = Organisation.objects.filter(slug=DEMO_SLUG, is_demo=True).first()
    if organisation is None:
        return False
    _delete_rows(organisation)
    User.objects.filter(email__in=[email for email, _, _ in PEOPLE], memberships=None).delete()
    return True


def _delete_rows(organisation: Organisation) -> None:
    """Business tables protect each other on purpose, so they are emptied from the top of the house down."""
    from django.apps import apps

    tables = [m for m in apps.get_models() if any(f.name == "organisation" for f in m._meta.fields)]
    for _ in range(len(tables)):
        tables = [table for table in tables if not _emptied(table, organisation)]
        if not tables:
            break
    organisation.delete()


def _emptied(table: Any, organisation: Organisation) -> bool:
    """False while rows of another table still protect these."""
    from django.db.models import ProtectedError

    try:
        table._base_manager.filter(organisation=organisation).delete()
    except ProtectedError:
        return False
    return True
