"""`amends triage`: from mail files to judged cases with drafts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.db import transaction
from django.utils import timezone

from amends.base.accounts.core import Scope
from amends.faces.cli import frame
from amends.flows.scratch import Scratch, load_world, triage_mail
from amends.flows.triage import Triaged, is_for_triage, triage_message
from amends.intake.conversations.actions import receive_mail
from amends.intake.conversations.models import Message
from amends.judgement.rules.facts import Bad, parse_instant
from amends.kernel.outcome import InputError, Problem
from amends.kernel.taxonomy import kind_of
from amends.resolution.cases import lookups
from amends.resolution.cases.models import Case
from amends.resolution.cases.queries import newest_judgement


def _row(scope: Scope, path: Path, message: Message, result: Triaged | None) -> dict[str, Any]:
    if result is None:  # a machine's word, a repeat or our own: kept, and nobody's case
        return {"file": path.name, "case": None, "flags": message.flags}
    case = Case.objects.select_related("order", "buyer").get(organisation_id=scope.organisation_id, pk=result.case_id)
    judgement = newest_judgement(scope, case)
    body = judgement.body if judgement else {}
    draft = lookups.draft_of(scope, case)
    live = [c for c in body.get("clocks", ()) if c["due"] and c["state"] in ("running", "paused", "expired")]
    best = next((r for r in body.get("remedies", ()) if r["allowed"]), None)
    return {
        "file": path.name,
        "case": f"C-{case.number}",
        "flags": message.flags,
        "opened": result.opened,
        "priority": case.priority,
        "order": case.order.number if case.order else None,
        "language": result.reading.language,
        "leaf": case.leaf,
        "kind": kind_of(case.leaf),
        "probability": result.reading.probability,
        "tone": result.reading.tone,
        "decision": body.get("decision"),
        "confidence": body.get("confidence"),
        "liable": [{"party": s["party"], "share": s["share"], "rule": s["rule"]} for s in body.get("liability", ())],
        "rules": [c["rule"] for c in body.get("citations", ())],
        "clocks": [
            {"name": c["name"], "owner": c["owner"], "due": c["due"], "state": c["state"], "rule": c["rule"]}
            for c in live
        ],
        "remedy": {"code": best["code"], "pay": best["pay"], "cost": best["cost"]} if best else None,
        "unknowns": [{"fact": u["fact"], "ask": u["ask"].get("en")} for u in body.get("unknowns", ())],
        "draft": {"language": draft.language, "template": draft.template, "text": draft.text} if draft else None,
    }


def _human(row: dict[str, Any]) -> str:
    if row["case"] is None:
        return f"{row['file']}: not for triage ({', '.join(row['flags']) or 'our own'})"
    clock = row["clocks"][0] if row["clocks"] else None
    liable = ", ".join(
        f"{s['party']} {s['share']:.0%}" + (f" [{s['rule']}]" if s["rule"] else "") for s in row["liable"]
    )
    lines = [
        f"{row['file']}: {row['case']} {row['language']} {row['leaf']} ({row['kind']}), order {row['order'] or '?'}",
        f"  {row['decision']}: {liable}",
        f"  due {clock['due']} {clock['name']} [{clock['rule']}]" if clock else "  no clock runs",
        f"  remedy {row['remedy']['code']} pays {row['remedy']['pay']}, expected cost {row['remedy']['cost']}"
        if row["remedy"]
        else "  no remedy priced",
        f"  draft in {row['draft']['language']} ({row['draft']['template']})" if row["draft"] else "  no draft",
    ]
    lines += [f"  ask for: {u['ask']}" for u in row["unknowns"]]
    return "\n".join(lines)


def _world(files: tuple[str, ...], world: str | None) -> Path | None:
    if world:
        return Path(world)
    beside = Path(files[0]).parent / "world.json"
    return beside if beside.is_file() else None


def _moment(text: object, where: str) -> datetime:
    try:
        return parse_instant(text)
    except Bad as bad:
        raise InputError([Problem(bad.code, where, bad.params)]) from None


def _described(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text("utf-8"))
    except ValueError as error:  # neither JSON nor UTF-8
        raise InputError([Problem("not_json", path.name, {"text": str(error)})]) from None
    if not isinstance(described, dict):
        raise InputError([Problem("not_an_object", path.name)])
    return described


@click.command("triage")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--world",
    type=click.Path(exists=True, dir_okay=False),
    help="Orders to try the mails against in a scratch organisation; `world.json` beside the mails is found by itself.",
)
@click.option("--at", help="Judge as of this moment (ISO 8601 with zone); default: the world's own, or now.")
@click.pass_context
def triage_command(ctx: click.Context, files: tuple[str, ...], world: str | None, at: str | None) -> None:
    """Read mail FILES, open or join their cases, judge, and draft answers.

    With a world of orders everything happens in a scratch organisation that is gone afterwards.
    """
    found = _world(files, world)
    given = _moment(at, "--at") if at else None
    frame.ready_database()
    if found is None:
        rows = _for_good(frame.scope_from(ctx), map(Path, files), given or timezone.now())
    else:
        described = _described(found)
        rows = _for_trial(described, map(Path, files), given or _moment(described.get("now"), f"{found.name}: now"))
    frame.output(ctx, rows, lambda: "\n\n".join(_human(r) for r in rows))


def _for_good(scope: Scope, paths: Iterable[Path], now: datetime) -> list[dict[str, Any]]:
    rows = []
    for path in paths:
        message = receive_mail(scope, path.read_bytes(), now, path.name).message
        triaged = triage_message(scope, message.pk, now) if is_for_triage(message) else None
        message.refresh_from_db()
        rows.append(_row(scope, path, message, triaged))
    return rows


def _for_trial(described: dict[str, Any], paths: Iterable[Path], now: datetime) -> list[dict[str, Any]]:
    """Each mail in turn in a world of its own making; what it writes to the database is rolled back."""
    with transaction.atomic():
        scratch = load_world(described, now)
        rows = [_tried(scratch, path, now) for path in paths]
        transaction.set_rollback(True)
    return rows


def _tried(scratch: Scratch, path: Path, now: datetime) -> dict[str, Any]:
    message, triaged = triage_mail(scratch, path.read_bytes(), now, path.name)
    return _row(scratch.scope, path, message, triaged)


commands: list[click.Command] = [triage_command]
