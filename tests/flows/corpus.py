"""The mails of `tests/mail` with their world and what is expected of each."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from amends.flows.scratch import Scratch, load_world, triage_mail
from amends.flows.triage import Triaged, triage_message
from amends.intake.conversations.models import Message
from amends.resolution.cases import actions as cases
from amends.resolution.cases.models import Case, StoredJudgement
from amends.resolution.cases.queries import newest_judgement

FOLDER = Path(__file__).resolve().parents[1] / "mail"


def mails() -> list[Path]:
    return sorted(FOLDER.glob("*.eml"))


@cache
def world() -> dict[str, Any]:
    return json.loads((FOLDER / "world.json").read_text("utf-8"))


@cache
def expected() -> dict[str, dict[str, Any]]:
    return json.loads((FOLDER / "expected.json").read_text("utf-8"))


def world_now() -> datetime:
    return datetime.fromisoformat(world()["now"])


def load(*numbers: str) -> Scratch:
    """The world, or only the orders of these numbers."""
    orders = [order for order in world()["orders"] if not numbers or order["number"] in numbers]
    return load_world({**world(), "orders": orders}, world_now())


@dataclass(frozen=True)
class Outcome:
    """Where everything stood right after one mail."""

    message: Message
    triaged: Triaged
    case: Case
    judgement: StoredJudgement
    draft: Message | None

    @property
    def clocks(self) -> dict[str, dict[str, Any]]:
        return {clock["rule"]: clock for clock in self.judgement.body["clocks"]}


def send(scratch: Scratch, name: str, raw: bytes = b"") -> Outcome:
    """Put one mail of the folder through; `raw` replaces its bytes."""
    message, triaged = triage_mail(scratch, raw or (FOLDER / name).read_bytes(), world_now(), name)
    assert triaged is not None, f"{name} is not for triage: {message.flags}"
    return outcome(scratch, message, triaged)


def outcome(scratch: Scratch, message: Message, triaged: Triaged) -> Outcome:
    case = Case.objects.select_related("order", "buyer", "shop").get(pk=triaged.case_id)
    judgement = newest_judgement(scratch.scope, case)
    assert judgement is not None
    draft = Message.objects.filter(pk=triaged.draft_id).first()
    return Outcome(message, triaged, case, judgement, draft)


def put_right(scratch: Scratch, got: Outcome, leaf: str) -> Outcome:
    """What a person does about words that were misread: say what the case is about, and have the draft written anew."""
    if got.case.leaf == leaf:
        return got
    done = cases.perform(scratch.scope, got.case.pk, "reclassify", {"leaf": leaf}, world_now())
    assert isinstance(done, cases.Performed), done
    reading = replace(got.triaged.reading, leaf=leaf)
    return outcome(scratch, got.message, triage_message(scratch.scope, got.message.pk, world_now(), reading=reading))
