"""`amends health`: where each shop stands; `amends offence`: what a platform recorded against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Problem, Refusal


def _moment(text: str | None, option: str) -> datetime:
    from amends.judgement.rules.facts import Bad, parse_instant

    if text is None:
        return datetime.now(UTC)
    try:
        return parse_instant(text)
    except Bad as bad:
        raise InputError([Problem(bad.code, option, bad.params)]) from None


def _shop_id(scope: Any, text: str) -> int:
    """A shop by its name or id."""
    from amends.base.accounts.queries import shops

    known = list(shops(scope))
    found = [s for s in known if s.name == text or str(s.pk) == text]
    if len(found) != 1:
        names = ", ".join(s.name for s in known) or "none"
        raise frame.Failure("unknown_shop", f"there is no shop {text!r} (known: {names})", "--shop", shop=text)
    return int(found[0].pk)


def _line(limit: dict[str, Any] | None, better: str) -> str:
    if limit is None:
        return "no line"
    sign = (">" if limit["reached"] else ">=") if better == "higher" else ("<" if limit["reached"] else "<=")
    parts = [f"{sign} {limit['rate']}"] if limit["rate"] else []
    return " or ".join([*parts, *([f"<= {limit['count']}"] if limit["count"] is not None else [])])


def _metric_row(shop: str, m: dict[str, Any]) -> list[object]:
    line = _line(m["limit"], m["better"])
    left = "crossed" if m["breached"] else m["budget"]
    return [
        shop, m["metric"], m["rate"], f"{m['numerator']}/{m['denominator']}", line, left, m["price"],
        f"{m['rule']} {m['confidence']}",
    ]  # fmt: skip


def _human(body: dict[str, Any]) -> str:
    rows = [_metric_row(shop["shop"]["name"], m) for shop in body["shops"] for m in shop["metrics"]]
    text = frame.table(["shop", "metric", "rate", "counted", "line", "left", "one more costs", "rule"], rows)
    points = [
        f"{shop['shop']['name']}: {p['total']} points in {p['ledger']}, {p['consequence']}"
        + (f", next at {p['next_at']}" if p["next_at"] else "")
        for shop in body["shops"]
        for p in shop["ledgers"]
    ]
    return "\n".join([text if rows else "no metric", *points])


@click.command("health")
@click.option("--shop", help="One shop, by name or id.")
@click.option("--at", help="As it was then (ISO 8601 with zone); default: now.")
@click.pass_context
def health_command(ctx: click.Context, shop: str | None, at: str | None) -> None:
    """Each metric of each shop: rate, line, how many more can be lost, what losing one costs today.

    Prices rest on the priors of the rulebook.
    """
    scope = frame.scope_from(ctx)
    from amends.flows.health import note_changed
    from amends.judgement.health.queries import health
    from amends.judgement.health.wire import shop_wire

    now = _moment(at, "--at")
    note_changed(scope, datetime.now(UTC))
    found = health(scope, now, _shop_id(scope, shop) if shop else None)
    body = {"at": now, "shops": [shop_wire(one) for one in found]}
    frame.output(ctx, body, lambda: _human(body))


@click.command("offence")
@click.option("--shop", required=True, help="The shop, by name or id.")
@click.option("--ledger", default="transaction", show_default=True, help="The platform's point system.")
@click.option("--kind", required=True, help="The offence, e.g. broken_promise.")
@click.option("--at", help="When the platform recorded it (ISO 8601 with zone); default: now.")
@click.option("--points", type=click.IntRange(0, 10_000), help="Points it gave; without them the rule says how many.")
@click.option("--reference", default="", help="The platform's own number of it.")
@click.pass_context
def offence_command(  # noqa: PLR0917 - the options of the command
    ctx: click.Context, shop: str, ledger: str, kind: str, at: str | None, points: int | None, reference: str
) -> None:
    """Record an offence that a platform holds against a shop."""
    scope = frame.scope_from(ctx)
    from amends.judgement.health.actions import record_offence

    made = record_offence(
        scope, datetime.now(UTC), shop_id=_shop_id(scope, shop), ledger=ledger, kind=kind, at=_moment(at, "--at"),
        points=points, reference=reference,
    )  # fmt: skip
    if isinstance(made, Refusal):
        raise frame.Failure(made.code, "an offence cannot lie in the future", "--at")
    data = {"id": made.pk, "ledger": made.ledger, "kind": made.kind, "at": made.at, "points": made.points}
    frame.output(ctx, data, f"recorded {made.kind} in {made.ledger}")


commands: list[click.Command] = [health_command, offence_command]
