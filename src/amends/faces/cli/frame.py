"""The frame every command hangs in: which module holds which command, `--json`, `--organisation`, and errors.

A command module lives in `amends.faces.cli`, is listed in `MODULES`, and exposes `commands: list[click.Command]`.
Names and one-line helps are repeated in the list so that `amends --help` imports nothing; a test holds the two equal.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from amends.base.accounts.core import Scope

PACKAGE = "amends.faces.cli"


@dataclass(frozen=True, slots=True)
class Module:
    """One file of commands. `django`: set Django up before importing it. `organisation`: its commands take one."""

    name: str
    helps: Mapping[str, str]
    django: bool = True
    organisation: bool = True


MODULES: tuple[Module, ...] = (
    Module("up", {"up": "Start web and worker, and print the address."}, django=False, organisation=False),
    Module("doctor", {"doctor": "Check the installation and say what to do."}, django=False, organisation=False),
    Module("tls", {"tls": "The local certificate authority for phones and tablets."}, django=False, organisation=False),
    Module(
        "backup",
        {
            "backup": "Write one file that holds everything.",
            "restore": "Bring a backup back.",
            "upgrade": "Back up, then bring the database up to date.",
        },
        django=False,
        organisation=False,
    ),
    Module(
        "move_database",
        {"move-database": "Copy everything from SQLite to PostgreSQL."},
        django=False,
        organisation=False,
    ),
    Module("user", {"organisation": "Organisations.", "user": "People and their roles."}),
    Module("ledger", {"ledger": "Check and export the ledger."}),
    Module("demo_cmd", {"demo": "Load or remove the demo organisation."}, organisation=False),
    Module("settings_cmd", {"settings": "Every setting, its value and its meaning."}, django=False, organisation=False),
    Module(
        "importing",
        {
            "import": "Import a file or a folder.",
            "imports": "Import runs and their rejected rows.",
            "import-template": "Write the import template.",
        },
    ),
    Module("triage", {"triage": "From a message to a judged case."}),
    Module("judge", {"judge": "Judge facts without opening a case."}),
    Module("clocks", {"clocks": "All clocks of a case on one line, at any moment."}),
    Module("health", {"health": "Where each shop stands.", "offence": "What a platform recorded against a shop."}),
    Module("cases", {"cases": "List, show and work on cases."}),
    Module("precedents", {"precedents": "Closed cases that are like one at hand."}),
    Module("rules", {"rules": "Search, explain and verify the rulebook.", "schema": "Formats for programs."}),
    Module(
        "taxonomy",
        {"taxonomy": "What a case can be about, and what the platforms call it."},
        django=False,
        organisation=False,
    ),
    Module("jobs", {"jobs": "Watch and re-run background work."}),
    Module("mail", {"mail": "Fetch, send and test mail."}),
    Module("language", {"language": "Understand, translate and measure, on this machine."}),
    Module("guard", {"guard": "What may not be said to a buyer."}),
)


class Failure(click.ClickException):
    """A clear error: `code` for programs, `message` for people, `where` the setting, file or row it is about."""

    def __init__(self, code: str, message: str, where: str = "", **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.where = where
        self.params = params

    def document(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "where": self.where, "params": self.params}}


@dataclass(slots=True)
class State:
    """What the common options of one invocation said."""

    json: bool = False
    organisation: str = ""
    seen: list[str] = field(default_factory=list)


def state_of(ctx: click.Context) -> State:
    return ctx.find_root().ensure_object(State)


def output(ctx: click.Context, data: object, human: str | Callable[[], str] | None = None) -> None:
    """Print one JSON document under `--json`, else the text for people.

    `human` may be a function, so that a table is not laid out for a program; None prints indented JSON.
    """
    if state_of(ctx).json:
        click.echo(json.dumps(data, default=plain, ensure_ascii=False))
    elif human is None:
        click.echo(json.dumps(data, default=plain, ensure_ascii=False, indent=2))
    else:
        click.echo(human() if callable(human) else human)


def plain(value: object) -> object:
    """Values JSON has no word for. Times keep their zone; decimals stay exact as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(headings: list[str], rows: list[list[object]]) -> str:
    """Columns padded to their widest cell. CJK characters count double, as a terminal draws them."""
    cells = [headings, *[["" if value is None else str(value) for value in row] for row in rows]]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(headings))]
    lines = ["  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in cells]  # fmt: skip
    return "\n".join(lines)


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def setup_django() -> None:
    """Make models importable, and the home before the settings put a key into it. Cheap to call twice."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")
    import django
    from django.apps import apps

    from amends.base.operations import home
    from amends.base.settings import env

    if not apps.ready:
        home.make(env.home())
        django.setup()


def ready_database() -> None:
    """Make the tables of a database that has none yet, and say so: the first command may be any command."""
    setup_django()
    from amends.base.operations import prepare
    from amends.base.settings import env

    if prepare.is_empty_database():
        with prepare.alone(env.home()):
            if prepare.is_empty_database():
                prepare.migrate()
                click.echo(f"made a new database under {env.home()}", err=True)


def organisation_from(ctx: click.Context) -> Any:
    """The Organisation that `--organisation SLUG` names; without the option the only one, or the first made.

    Where there is none yet, one is made and its name said. Raises Failure `unknown_organisation`.
    """
    ready_database()
    from amends.base.accounts.models import Organisation

    slug = state_of(ctx).organisation
    if slug:
        found = Organisation.objects.filter(slug=slug).first()
        if found is None:
            known = ", ".join(Organisation.objects.order_by("pk").values_list("slug", flat=True)) or "none"
            raise Failure("unknown_organisation", f"there is no organisation {slug!r} (known: {known})", slug=slug)
        return found
    first = Organisation.objects.order_by("is_demo", "pk").first()
    return first or _first_organisation()


def _first_organisation() -> Any:
    import secrets
    from datetime import UTC

    from amends.base.team.actions import create_organisation

    made = create_organisation("My shop", now=datetime.now(UTC), salt=secrets.token_hex(32))
    click.echo(f"made the organisation {made.slug!r}; add people with `amends user add`", err=True)
    return made


def scope_from(ctx: click.Context) -> Scope:
    """Full rights in the organisation of this invocation: whoever can run commands here owns the machine."""
    from amends.base.accounts.core import system_scope

    return system_scope(organisation_from(ctx).pk)


def _remember_json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        state_of(ctx).json = True


def _remember_organisation(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value:
        state_of(ctx).organisation = value


def _json_option() -> click.Option:
    return click.Option(
        ["--json"], is_flag=True, expose_value=False, callback=_remember_json, help="Print one JSON document."
    )


def _organisation_option() -> click.Option:
    return click.Option(
        ["--organisation"],
        metavar="SLUG",
        expose_value=False,
        callback=_remember_organisation,
        help="Which organisation; without it the only or first one.",
    )


def with_common_options(command: click.Command, *, organisation: bool) -> click.Command:
    """Give every leaf below `command` the options of the frame, once, whoever wrote it."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_common_options(inner, organisation=organisation)
        return command
    known = {option for parameter in command.params for option in parameter.opts}
    if organisation and "--organisation" not in known:
        command.params.append(_organisation_option())
    if "--json" not in known:
        command.params.append(_json_option())
    return command


class LazyGroup(click.Group):
    """Finds commands by name in MODULES and imports a module only when one of its commands is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(name for module in MODULES if exists(module) for name in module.helps)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module in MODULES:
            if cmd_name in module.helps and exists(module):
                found = {command.name: command for command in load(module)}
                return found.get(cmd_name)
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        helps = {name: text for module in MODULES for name, text in module.helps.items()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, helps[name]) for name in self.list_commands(ctx)])


def exists(module: Module) -> bool:
    return importlib.util.find_spec(f"{PACKAGE}.{module.name}") is not None


def load(module: Module) -> list[click.Command]:
    """The commands of one module, with the common options on them."""
    if module.django:
        setup_django()
    found: list[click.Command] = importlib.import_module(f"{PACKAGE}.{module.name}").commands
    return [with_common_options(command, organisation=module.organisation) for command in found]
