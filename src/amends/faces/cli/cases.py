"""`amends cases`: list, show, simulate and perform from the terminal."""

from __future__ import annotations

from typing import Any

import click

from amends.faces.cli import frame
from amends.kernel.outcome import InputError, Problem, Refusal


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    out = {}
    for value in values:
        name, sep, text = value.partition("=")
        if not sep:
            raise InputError([Problem("not_a_pair", value, {"expected": "name=value"})])
        out[name] = text
    return out


def _case_id(scope: Any, number: str) -> int:
    from amends.resolution.cases.models import Case

    digits = number.upper().removeprefix("C-")
    found = (
        Case.objects.filter(organisation_id=scope.organisation_id, number=int(digits)).first()
        if digits.isdigit()
        else None
    )
    if found is None:
        raise InputError([Problem("no_such_case", number)])
    return int(found.pk)


def _line(case: Any) -> dict[str, Any]:
    from amends.resolution.cases.core.axes import FAR

    return {
        "case": f"C-{case.number}",
        "leaf": case.leaf,
        "title": case.title,
        "order": case.order.number if case.order else None,
        "buyer": str(case.buyer) if case.buyer else None,
        "priority": case.priority,
        "next_due": case.next_due_at.isoformat() if case.next_due_at < FAR else None,
        "closed": case.closed_at is not None,
        "waiting_for": case.waiting_for,
    }


@click.group("cases")
def cases_group() -> None:
    """Cases: what is due, and doing it."""


@cases_group.command("list")
@click.option(
    "--filter", "name", default="open", help="open, mine, due_today, threat, unassigned, waiting_buyer, closed, all."
)
@click.option("--search", "text", default="", help="Number, order, tracking number, name, mail address or words.")
@click.option("--limit", default=50, type=click.IntRange(1, 500))
@click.pass_context
def list_cases(ctx: click.Context, name: str, text: str, limit: int) -> None:
    """Cases, most urgent first."""
    scope = frame.scope_from(ctx)
    from django.utils import timezone

    from amends.resolution.cases import lists

    page = lists.inbox(scope, name, timezone.now(), text=text, limit=limit)
    rows = [_line(case) for case in page.rows]
    human = "\n".join(f"{r['case']:<9} {r['next_due'] or '-':<33} {r['leaf']:<24} {r['title'][:60]}" for r in rows)
    frame.output(ctx, {"cases": rows, "next": page.next_cursor}, human or "no cases")


@cases_group.command("show")
@click.argument("number")
@click.pass_context
def show_case(ctx: click.Context, number: str) -> None:
    """One case with its facts, judgement and time line."""
    scope = frame.scope_from(ctx)
    from django.utils import timezone

    from amends.faces.cli.judge import human
    from amends.resolution.cases import queries

    digits = number.upper().removeprefix("C-")
    view = queries.case_view(scope, int(digits), timezone.now()) if digits.isdigit() else None
    if view is None:
        raise InputError([Problem("no_such_case", number)])
    data = _line(view.case) | {
        "status": view.status.value,
        "version": view.case.version,
        "judgement": view.body,
        "facts": {k: {"value": s.value, "origin": s.origin, "ref": s.ref} for k, s in view.facts.items()},
        "choices": [{"verb": c.verb.value, "refusal": c.refusal.code if c.refusal else None} for c in view.choices],
        "timeline": [
            {"at": i.at.isoformat(), "kind": i.kind, "code": i.code, "text": i.text[:500]} for i in view.timeline
        ],
    }
    text = [f"C-{view.case.number}  {view.status.value}  {view.case.title}"]
    text.append(human(view.body) if view.body else "not judged yet")
    text += [
        f"{i.at:%Y-%m-%d %H:%M}  {i.kind:<9} {i.code} {i.text.splitlines()[0][:80] if i.text else ''}"
        for i in view.timeline
    ]
    frame.output(ctx, data, "\n".join(text))


def _result(ctx: click.Context, result: Any, data: dict[str, Any], text: str) -> None:
    if isinstance(result, Refusal):
        raise InputError(
            [
                Problem(
                    result.code, str(result.params.get("field", "")), result.params | {"rules": list(result.rule_ids)}
                )
            ]
        )
    frame.output(ctx, data, text)


@cases_group.command("simulate")
@click.argument("number")
@click.argument("verb")
@click.option("--set", "pairs", multiple=True, help="Arguments as name=value.")
@click.pass_context
def simulate(ctx: click.Context, number: str, verb: str, pairs: tuple[str, ...]) -> None:
    """What a verb would send, pay and stop. Changes nothing."""
    scope = frame.scope_from(ctx)
    from django.utils import timezone

    from amends.resolution.cases import actions

    result = actions.simulate(scope, _case_id(scope, number), verb, _pairs(pairs), timezone.now())
    if isinstance(result, Refusal):
        _result(ctx, result, {}, "")
        return
    effects = [
        {"effect": type(e).__name__, **{k: str(v) for k, v in _fields(e).items()}} for e in result.decided.effects
    ]
    data = {
        "verb": verb,
        "effects": effects,
        "clocks_stopped": list(result.clocks_stopped),
        "sends": result.sends,
        "refunded_after_minor": result.refund_after_minor,
        "left_after_minor": result.left_after_minor,
    }
    _result(ctx, result, data, "\n".join(f"{e['effect']}: {e}" for e in effects))


def _fields(effect: Any) -> dict[str, Any]:
    return {name: getattr(effect, name) for name in effect.__dataclass_fields__}


@cases_group.command("do")
@click.argument("number")
@click.argument("verb")
@click.option("--set", "pairs", multiple=True, help="Arguments as name=value.")
@click.option("--key", help="Idempotency key: the same key twice does it once.")
@click.pass_context
def perform(ctx: click.Context, number: str, verb: str, pairs: tuple[str, ...], key: str | None) -> None:
    """Perform a verb."""
    scope = frame.scope_from(ctx)
    from django.utils import timezone

    from amends.resolution.cases import actions

    result = actions.perform(scope, _case_id(scope, number), verb, _pairs(pairs), timezone.now(), key=key)
    data = (
        {}
        if isinstance(result, Refusal)
        else {
            "case_id": result.case_id,
            "version": result.version,
            "verb": result.verb.value,
            "message_id": result.message_id,
            "sends": result.sends,
            "refund_id": result.refund_id,
            "repeated": result.repeated,
        }
    )
    _result(ctx, result, data, f"done: {verb} on {number}")


commands: list[click.Command] = [cases_group]
