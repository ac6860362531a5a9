"""A small house with one of everything an address can point at, its neighbours, and the callers who knock."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client

from amends.base.accounts.core import ROLE_PERMISSIONS, TOKEN_PREFIX, Permission, Role, Scope, system_scope
from amends.base.accounts.models import ApiToken, Membership, Organisation, User
from amends.base.files import actions as files
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Job
from amends.base.ledger import queries as ledger
from amends.base.team import actions as team
from amends.flows.open_case import Wish, Words, open_wished
from amends.intake.conversations import actions as conversations
from amends.intake.conversations.models import Message
from amends.intake.imports.models import ImportRun, RejectedRow
from amends.judgement.policies import actions as policies
from amends.judgement.policies.days import days, set_days
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.load import current
from tests import factories
from tests.factories import NOW

MARK = "Quillfeather"  # stands in everything that belongs to the house; a stranger must never read it
ROLES = tuple(Role)
# Not a change of business: that a token was used is noted on the way in, whatever it was refused.
NOT_BUSINESS = {("accounts", "apitoken"): {"last_used_at"}}


@dataclass
class Caller:
    """How a request is made, and with which rights; `own` False: the rights are in another organisation."""

    client: Client
    rights: frozenset[Permission] = frozenset()
    headers: dict[str, str] = field(default_factory=dict)
    known: bool = True
    own: bool = True


@dataclass
class World:
    organisation: Organisation
    ids: dict[str, Any]
    callers: dict[str, Caller]
    owner_id: int

    def path(self, route: str) -> str:
        """An address of the house: `{case}`, `{order}` … stand for its rows."""
        return "/" + route.format_map(self.ids)


def _token(scope: Scope, *rights: Permission) -> tuple[str, ApiToken]:
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    return text, team.issue_token(scope, "caller", rights, now=NOW, token=text)


def _bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def token_with(world: World, *rights: Permission) -> Caller:
    """A token with exactly these rights."""
    text, _ = _token(system_scope(world.organisation.pk), *rights)
    return Caller(Client(), frozenset(rights), _bearer(text))


def _signed_in(house: Organisation, role: Role, *, own: bool = True) -> tuple[Caller, User]:
    user = factories.make_user(house, role, f"{role.value}@{house.slug}.example")
    client = Client()
    client.force_login(user)
    return Caller(client, ROLE_PERMISSIONS[role], own=own), user


def build() -> World:
    # Cases are numbered in each house: other numbers here, or the stranger has one of the same number.
    house = factories.make_organisation("house", name=f"{MARK} Ltd", last_case_number=5000)
    callers = {"anonymous": Caller(Client(), known=False)}
    people = {}
    for role in ROLES:
        callers[role.value], people[role] = _signed_in(house, role)
    rival = factories.make_organisation("rival")
    callers["stranger"], _ = _signed_in(rival, Role.OWNER, own=False)
    _rows(rival)
    text, bare = _token(system_scope(house.pk), Permission.DOCK_WORK)
    ApiToken.objects.filter(pk=bare.pk).update(scopes=[])
    callers["token without rights"] = Caller(Client(), frozenset(), _bearer(text))
    ids = _rows(house)
    ids["member"] = Membership.objects.get(user=people[Role.VIEWER]).pk
    return World(house, ids, callers, people[Role.OWNER].pk)


def _rows(house: Organisation) -> dict[str, Any]:
    scope = system_scope(house.pk)
    mark = MARK if house.slug == "house" else "Rival"
    store = factories.make_shop(house, "ebay", site="US", name=f"{mark} shop")
    buyer = factories.make_buyer(house, store, name=f"{mark} Smith", email=f"{mark.lower()}@example.org")
    order = factories.make_order(house, store, number=f"{mark}-1", buyer=buyer)
    words = Words(f"{mark}: it never arrived.", "en", NOW, f"{mark}-m")
    opened = open_wished(scope, Wish(order=order.number, leaf="in_transit_late", words=words), NOW)
    assert opened.case is not None
    assert opened.draft is not None
    thread_id = opened.case.thread_id
    assert thread_id is not None
    run, unmapped = _imports(scope, mark)
    job = Job.objects.create(organisation=house, kind=f"{mark}.job", state=int(JobState.DEAD), due=NOW, created_at=NOW)
    account = conversations.save_account(
        scope, f"{mark.lower()}@house.example", NOW, smtp_url="smtps://a:b@127.0.0.1:1"
    )
    _, token = _token(scope, Permission.CASE_READ)
    written = policies.override_number(
        scope, "HOUSE-FIRST-ANSWER", "clock.runs.hours", "12", NOW, reason=f"{mark} is fast", citation=f"{mark} terms"
    )
    assert isinstance(written, HouseRule)
    set_days(scope, "DE", (date(2027, 1, 4), date(2027, 1, 4)), NOW, opened=False, note=mark)
    seq, _ = ledger.head(scope)
    return {
        "case": f"C-{opened.case.number}", "order": order.pk, "shop": store.pk, "message": opened.draft.pk,
        "queued": _outgoing(house, thread_id, Message.State.QUEUED), "seq": seq, "job": job.pk, "token": token.pk,
        "failed": _outgoing(house, thread_id, Message.State.FAILED), "run": run, "unmapped": unmapped,
        "mail": account.pk, "rule": current().rules[0].id, "number": order.number, "house_rule": written.pk,
        "day": days(scope)[0].pk,
        "template": opened.draft.template,
    }  # fmt: skip


def _outgoing(house: Organisation, thread_id: int, state: Message.State) -> int:
    row = Message.objects.create(
        organisation=house, thread_id=thread_id, direction="out", state=state, text="words", at=NOW, audience=["buyer"],
        recipient="someone@example.org",
    )  # fmt: skip
    return row.pk


def _imports(scope: Scope, mark: str) -> tuple[int, int]:
    content = f"{mark} heading,other\n1,2\n".encode()
    stored = files.store(scope, ContentFile(content), f"{mark}.csv", "text/csv", NOW, 1_000_000)
    common = {
        "organisation_id": scope.organisation_id, "file": stored, "file_name": f"{mark}.csv", "created_at": NOW,
        "source": "api",
    }  # fmt: skip
    run = ImportRun.objects.create(state="done", rows=1, rejected=1, **common)
    RejectedRow.objects.create(
        organisation_id=scope.organisation_id, run=run, row=2, column="other", code="not_a_number",
        params={"text": mark}, raw=[mark, "2"],
    )  # fmt: skip
    unmapped = ImportRun.objects.create(state="needs_mapping", **common)
    return run.pk, unmapped.pk


def digest() -> str:
    """Over every row of every business table, in one number."""
    summed = hashlib.sha256()
    for model in apps.get_models():
        if not model.__module__.startswith("amends."):
            continue
        meta = model._meta
        skipped = NOT_BUSINESS.get((meta.app_label, meta.model_name or ""), set())
        columns = [f.attname for f in meta.concrete_fields if f.attname not in skipped]
        summed.update(meta.label.encode())
        for row in model._default_manager.order_by("pk").values_list(*columns):
            summed.update(repr(row).encode())
    return summed.hexdigest()
