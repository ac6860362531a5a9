"""Job handlers and repeating jobs by name. A capability's `jobs.py` registers its own; workers import them at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TypeVar

from amends.base.jobs.core import Lane, Retry, Schedule

Handler = Callable[..., None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Registered:
    kind: str
    handler: Handler
    retry: Retry
    lease_seconds: float
    owns_transaction: bool  # True: the handler opens its own transactions (outside calls, long imports)

    @property
    def lane(self) -> Lane:
        return Lane.SLOW if self.owns_transaction else Lane.QUICK


@dataclass(frozen=True, slots=True)
class RegisteredCron:
    name: str
    kind: str
    schedule: Schedule
    args: Mapping[str, object] = field(default_factory=dict)


_handlers: dict[str, Registered] = {}
_crons: dict[str, RegisteredCron] = {}


def job(
    kind: str, *, retry: Retry | None = None, lease_seconds: float = 60, owns_transaction: bool = False
) -> Callable[[H], H]:
    """Register `handler(context, **args)` for jobs of `kind`.

    With `owns_transaction=False` the handler's effects and the job's completion commit together, so an
    effect in the database happens exactly once. With True the handler must be idempotent by itself, must call
    `context.progress` more often than `lease_seconds`, and runs beside the short jobs, not between them.
    RuntimeError when the kind is taken.
    """

    def register(handler: H) -> H:
        if kind in _handlers and _handlers[kind].handler is not handler:
            raise RuntimeError(f"two handlers for job kind {kind!r}")
        _handlers[kind] = Registered(kind, handler, retry or Retry(), lease_seconds, owns_transaction)
        return handler

    return register


def cron(
    name: str,
    kind: str,
    *,
    every: timedelta | None = None,
    daily_at: time | None = None,
    time_zone: str = "UTC",
    args: Mapping[str, object] | None = None,
) -> None:
    """Declare a repeating job of the installation (no organisation). One that still runs is not started again.

    Slots missed while no worker ran are made up by one run. RuntimeError when the name is taken.
    """
    schedule = Schedule(int(every.total_seconds()) if every else 0, daily_at, time_zone)
    declared = RegisteredCron(name, kind, schedule, dict(args or {}))
    if _crons.setdefault(name, declared) != declared:
        raise RuntimeError(f"two repeating jobs named {name!r}")


def find(kind: str) -> Registered | None:
    return _handlers.get(kind)


def kinds() -> dict[str, Registered]:
    return dict(_handlers)


def crons() -> dict[str, RegisteredCron]:
    return dict(_crons)


def load(modules: list[str]) -> None:
    for module in modules:
        import_module(module)


def load_all() -> None:
    """Import every `jobs` module there is: of the installed apps, of the connectors, of the flows.

    Flows and connectors lie above this package; they are found by name so that nothing here depends on them.
    """
    from django.apps import apps

    packages = [config.name for config in apps.get_app_configs()]
    packages += [point.module for point in entry_points(group="amends.connectors")]
    load([f"{package}.jobs" for package in [*packages, "amends.flows"] if _has_jobs(package)])


def _has_jobs(package: str) -> bool:
    spec = find_spec(package)
    return bool(spec and spec.submodule_search_locations and find_spec(f"{package}.jobs"))
