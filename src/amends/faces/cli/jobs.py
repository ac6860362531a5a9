"""`amends jobs`: watch background work, run dead jobs again, cancel, and work in the foreground."""

from __future__ import annotations

from typing import Any

import click
from django.utils import timezone

from amends.base.jobs import actions, presence, queries
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Cron, Job
from amends.base.jobs.worker import serve
from amends.faces.cli import frame
from amends.kernel.outcome import Refusal

_STATES = click.Choice([state.name.lower() for state in JobState])
_REFUSALS = {
    "job_unknown": "there is no job {job} here",
    "job_state": "job {job} is {state}: only dead jobs run again, only waiting or dead ones can be cancelled",
    "cron_unknown": "there is no repeating job {name!r}",
}


@click.group()
def jobs() -> None:
    """Background work: what waits, what runs, what failed for good."""


@jobs.command("list")
@click.option("--state", "states", type=_STATES, multiple=True, help="Only these states; may be given several times.")
@click.option("--kind", default="", help="Only this kind, e.g. imports.run.")
@click.option("--cursor", default="", help="Go on after this cursor, from the answer before.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, queries.MOST))
@click.pass_context
def jobs_list(ctx: click.Context, states: tuple[str, ...], kind: str, cursor: str, limit: int) -> None:
    """Newest first, with how many there are in each state and which workers are there."""
    if cursor and not cursor.isdecimal():
        raise click.BadParameter("use the next_cursor of the answer before", param_hint="--cursor")
    scope = frame.scope_from(ctx)
    wanted = [JobState[state.upper()] for state in states]
    page = queries.list_jobs(scope, states=wanted, kind=kind, cursor=cursor, limit=limit)
    counts = {state.name.lower(): number for state, number in queries.counts(scope).items()}
    workers = [worker.name for worker in presence.alive(timezone.now())]
    data = {
        "jobs": [_brief(row) for row in page.rows],
        "next_cursor": page.next_cursor,
        "counts": counts,
        "workers": workers,
    }
    frame.output(ctx, data, lambda: _page(page, counts, workers))


@jobs.command("show")
@click.argument("job_id", type=int)
@click.pass_context
def jobs_show(ctx: click.Context, job_id: int) -> None:
    """Everything about one job, its last error included."""
    row = queries.get(frame.scope_from(ctx), job_id)
    if row is None:
        raise _failure(Refusal("job_unknown", params={"job": job_id}))
    data = _full(row)
    frame.output(ctx, data, lambda: "\n".join(f"{name:12} {value}" for name, value in data.items() if value != ""))


@jobs.command("rerun")
@click.argument("job_ids", type=int, nargs=-1)
@click.option("--all-dead", is_flag=True, help="Every dead job of the organisation.")
@click.option("--kind", default="", help="With --all-dead: only this kind.")
@click.pass_context
def jobs_rerun(ctx: click.Context, job_ids: tuple[int, ...], all_dead: bool, kind: str) -> None:
    """Give dead jobs all their attempts again, at once."""
    if bool(job_ids) == all_dead:
        raise click.UsageError("name the jobs, or say --all-dead")
    scope, now = frame.scope_from(ctx), timezone.now()
    if all_dead:
        count = actions.rerun_all_dead(scope, now, kind)
    else:
        for job_id in job_ids:
            _done(actions.rerun(scope, job_id, now))
        count = len(job_ids)
    frame.output(ctx, {"rerun": count}, f"{count} to run again")


@jobs.command("cancel")
@click.argument("job_ids", type=int, nargs=-1, required=True)
@click.pass_context
def jobs_cancel(ctx: click.Context, job_ids: tuple[int, ...]) -> None:
    """Waiting and dead jobs will not run. One that is running is not stopped."""
    scope, now = frame.scope_from(ctx), timezone.now()
    for job_id in job_ids:
        _done(actions.cancel(scope, job_id, now))
    frame.output(ctx, {"cancelled": len(job_ids)}, f"{len(job_ids)} cancelled")


@jobs.command("cron")
@click.option("--enable", default="", metavar="NAME", help="Let this one run again.")
@click.option("--disable", default="", metavar="NAME", help="Let this one rest.")
@click.pass_context
def jobs_cron(ctx: click.Context, enable: str, disable: str) -> None:
    """The repeating jobs and when each runs next. A worker that starts brings the list up to date."""
    scope, now = frame.scope_from(ctx), timezone.now()
    for name, wanted in ((enable, True), (disable, False)):
        if name:
            _done(actions.set_cron_enabled(scope, name, wanted, now))
    rows = queries.list_crons(scope)
    data = [_cron(row) for row in rows]
    headings = ["name", "kind", "every", "next", "enabled"]
    frame.output(
        ctx, {"crons": data}, lambda: frame.table(headings, [[row[column] for column in headings] for row in data])
    )


@jobs.command("work")
@click.option(
    "--threads", default=0, type=click.IntRange(0, 64), help="Threads for short jobs; 0: 1 on SQLite, 4 on PostgreSQL."
)
@click.option("--slow-threads", default=3, show_default=True, type=click.IntRange(1, 64), help="Threads for long jobs.")
@click.pass_context
def jobs_work(ctx: click.Context, threads: int, slow_threads: int) -> None:
    """Be a worker, in the foreground, until Ctrl-C."""
    code = serve(threads, slow_threads)
    frame.output(ctx, {"stopped": True}, "stopped")
    ctx.exit(code)


def _done(result: object) -> None:
    """Raises the refusal as an error. What was done before it stays done, each job in its own transaction."""
    if isinstance(result, Refusal):
        raise _failure(result)


def _failure(refusal: Refusal) -> frame.Failure:
    message = _REFUSALS[refusal.code].format(**refusal.params)
    return frame.Failure(refusal.code, message, **refusal.params)


def _brief(row: Job) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "state": JobState(row.state).name.lower(),
        "due": row.due,
        "priority": row.priority,
        "attempt": row.attempt,
        "done": row.progress_done,
        "total": row.progress_total,
        "note": row.progress_note,
    }


def _full(row: Job) -> dict[str, Any]:
    return _brief(row) | {
        "organisation": row.organisation_id,
        "args": row.args,
        "key": row.key,
        "uniq": row.uniq or "",
        "worker": row.worker,
        "lease_until": row.lease_until or "",
        "crashes": row.crashes,
        "created_at": row.created_at,
        "finished_at": row.finished_at or "",
        "last_error": row.last_error,
    }


def _page(page: queries.Page, counts: dict[str, int], workers: list[str]) -> str:
    headings = ["id", "kind", "state", "due", "attempt", "progress"]
    rows = [
        [
            row.pk,
            row.kind,
            JobState(row.state).name.lower(),
            f"{row.due:%Y-%m-%d %H:%M:%S %Z}",
            row.attempt,
            f"{row.progress_done}/{row.progress_total}" if row.progress_total else "",
        ]
        for row in page.rows
    ]
    lines = [
        ", ".join(f"{number} {state}" for state, number in counts.items()),
        f"workers: {', '.join(workers) or 'none is running'}",
        frame.table(headings, rows),
    ]
    if page.next_cursor:
        lines.append(f"more: --cursor {page.next_cursor}")
    return "\n".join(lines)


def _cron(row: Cron) -> dict[str, Any]:
    every = f"{row.every_seconds} s" if row.every_seconds else f"daily {row.daily_at:%H:%M} {row.time_zone}"
    return {"name": row.name, "kind": row.kind, "every": every, "next": row.next_due, "enabled": row.enabled}


commands: list[click.Command] = [jobs]
