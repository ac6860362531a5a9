"""Background work: runs, and the folder `AMENDS_HOME/in` for reports that arrive daily."""

from __future__ import annotations

from datetime import timedelta

from amends.base.jobs import Context, Retry, cron, job
from amends.intake.imports import watching
from amends.intake.imports.running import give_up, run

LEASE = 300  # seconds; every batch renews it


@job("imports.run", owns_transaction=True, lease_seconds=LEASE, retry=Retry(attempts=3))
def run_import(context: Context, run_id: int) -> None:
    """One run. Killed and claimed again it starts anew and finds its finished batches unchanged."""
    try:
        run(run_id, context.now, context.progress)
    except Exception:
        # A defect of ours. The run must not look busy for ever; the job keeps the traceback and is tried again.
        give_up(run_id, context.now)
        raise


@job("imports.watch", owns_transaction=True, lease_seconds=LEASE)
def watch_folder(context: Context) -> None:
    """Take in what lies in the folder and no longer grows."""
    watching.look(context.now)


cron("imports.watch", "imports.watch", every=timedelta(seconds=60))
