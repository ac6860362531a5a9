"""`amends triage`: from mail files to judged cases with drafts."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Problem


def _row(scope: Any, path: Path, result: Any) -> dict[str, Any]:
    from amends.intake.conversations.models import Message
    from amends.kernel.taxonomy import kind_of
    from amends.resolution.cases.models import Case
    from amends.resolution.cases.queries import newest_judgement

    case = Case.objects.select_related("order", "buyer").get(organisation_id=scope.organisation_id, pk=result.case_id)
    judgement = newest_judgement(scope, case)
    body = judgement.body if judgement else {}
    draft = Message.objects.filter(pk=result.draft_id).first() if result.draft_id else None
    live = [c for c in body.get("clocks", ()) if c["due"] and c["state"] in ("running", "paused", "expired")]
    best = next((r for r in body.get("remedies", ()) if r["allowed"]), None)
    return {
        "file": path.name,
        "case": f"C-{case.number}",
        "opened": result.opened,
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
    from django.db import transaction
    from django.utils import timezone

    found = _world(files, world)
    rows: list[dict[str, Any]] = []
    if found is None:
        scope = frame.scope_from(ctx)
        now = datetime.fromisoformat(at) if at else timezone.now()
        rows = _run(scope, files, now, "cli")
    else:
        from amends.flows.scratch import load_world

        try:
            described = json.loads(found.read_text("utf-8"))
        except ValueError as error:
            raise InputError([Problem("not_json", found.name, {"text": str(error)})]) from None
        now = datetime.fromisoformat(at or described["now"])
        with transaction.atomic():
            rows = _run(load_world(described, now), files, now, "scratch")
            transaction.set_rollback(True)
    frame.output(ctx, rows, "\n\n".join(_human(r) for r in rows))


def _run(scope: Any, files: tuple[str, ...], now: datetime, source: str) -> list[dict[str, Any]]:
    from amends.flows.triage import triage_message
    from amends.intake.conversations.actions import receive_mail

    rows = []
    for name in files:
        received = receive_mail(scope, Path(name).read_bytes(), now, source)
        rows.append(_row(scope, Path(name), triage_message(scope, received.message.pk, now)))
    return rows


commands: list[click.Command] = [triage_command]
