"""`amends up`: prepare the house, start web and worker, print the address, stop both on Ctrl-C."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import ssl
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import click

from amends.base.operations import home
from amends.base.operations.errors import OperationError
from amends.base.settings import env
from amends.faces.cli import frame

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - used only with --tls, or when asked for


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that was decided before anything was started. Paths are None without TLS."""

    host: str
    port: int
    address: str
    allowed: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    lan_address: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the person at the terminal is told beside the address."""

    signin: dict[str, str] | None
    hints: tuple[str, ...]


@click.command("up")
@click.argument("files", nargs=-1, metavar="[CERT KEY]", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--tls", is_flag=True, help="Serve HTTPS: with CERT KEY those files, else an authority of our own.")
@click.option("--empty", "--no-demo", "empty", is_flag=True, help="On the first start, do not load the demo.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default AMENDS_PORT.")
@click.option("--host", help="Address to listen on; default AMENDS_HOST, with --tls every address.")
@click.pass_context
def up(ctx: click.Context, files: tuple[Path, ...], tls: bool, empty: bool, port: int | None, host: str | None) -> int:
    """Start web and worker, and print the address.

    The first start makes the database and loads a labelled demo organisation. Ctrl-C stops everything.
    """
    if files and (not tls or len(files) != len(("CERT", "KEY"))):
        raise click.UsageError("give a certificate and its key together, after --tls")
    folder = env.home()
    home.make(folder)
    with home.running(folder):
        plan = _plan(folder, tls=tls, files=files, port=port or env.read_int("AMENDS_PORT"), host=host)
        _check_port(plan.host, plan.port)
        _environment(plan)
        welcome = _prepare(folder, plan, empty=empty)
        return _serve(ctx, folder, plan, welcome)


def _plan(folder: Path, *, tls: bool, files: tuple[Path, ...], port: int, host: str | None) -> Plan:
    listen = host or os.environ.get("AMENDS_HOST") or (_EVERYWHERE if tls else env.read("AMENDS_HOST"))
    shown = listen if listen not in (_EVERYWHERE, "127.0.0.1", "::") else "localhost"
    scheme = "https" if tls else "http"
    address = env.read("AMENDS_URL") or f"{scheme}://{shown}:{port}"
    if not tls:
        return Plan(listen, port, address)
    from amends.base.operations import addresses, certificates

    now, reachable = datetime.now(UTC), addresses.here()
    if files:
        pair = certificates.given(folder / "tls", files[0], files[1], now)
        hosts = certificates.facts_of(pair.certificate).hosts
        name = next((h for h in hosts if not h.startswith("*")), shown)
        address = env.read("AMENDS_URL") or f"https://{name}:{port}"
        allowed = tuple(h.removeprefix("*") for h in hosts)  # Django writes `*.shop.example` as `.shop.example`
        return Plan(listen, port, address, allowed, pair.certificate, pair.key)
    pair = certificates.ensure_local(folder / "tls", reachable, now)
    lan = addresses.lan(reachable)
    lan_host = addresses.in_url(lan) if lan else "localhost"
    return Plan(
        listen,
        port,
        address,
        reachable.hosts(),
        pair.certificate,
        pair.key,
        certificates.authority_path(folder / "tls"),
        lan_host,
    )


def _check_port(host: str, port: int) -> None:
    """Fail now, in one clear line, rather than in the log of a child that starts again and again."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"port {port} is taken by another program; choose one with --port or AMENDS_PORT"
                raise OperationError("port_taken", message, "AMENDS_PORT", port=port) from error
            if error.errno == errno.EACCES:
                message = f"port {port} needs root; choose one above 1023 with --port or AMENDS_PORT"
                raise OperationError("port_forbidden", message, "AMENDS_PORT", port=port) from error
            message = f"cannot listen on {host}: {error.strerror}"
            raise OperationError("bad_host", message, "AMENDS_HOST", host=host) from error


def _environment(plan: Plan) -> None:
    """What this process and its children agree on from here. Before Django reads its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")
    os.environ["AMENDS_HOME"] = str(env.home())
    os.environ["AMENDS_PORT"] = str(plan.port)
    os.environ["AMENDS_URL"] = plan.address
    if plan.certificate is None:
        os.environ["AMENDS_HOST"] = plan.host  # the settings allow the host name that is listened on
    else:
        given = os.environ.get("AMENDS_ALLOWED_HOSTS", "")
        os.environ["AMENDS_ALLOWED_HOSTS"] = ",".join(filter(None, (given, *plan.allowed)))


def _prepare(folder: Path, plan: Plan, *, empty: bool) -> Welcome:
    """Schema, translations, static files, demo."""
    frame.setup_django()
    from django.db import connection
    from django.utils import timezone

    from amends.base.operations import prepare, upgrade

    now = timezone.now()
    with prepare.alone(folder):
        first = prepare.is_empty_database()
        if first:
            prepare.migrate()
        else:
            done = upgrade.upgrade(folder, now)
            if done.applied:
                click.echo(f"upgraded the database ({len(done.applied)} steps); backup: {done.backup}", err=True)
        prepare.compile_catalogues()
        prepare.collect_static()
    if first and not empty:
        from amends.flows import demo

        demo.load(now)
    welcome = _welcome(plan)
    connection.close()
    return welcome


def _welcome(plan: Plan) -> Welcome:
    from amends.base.accounts.models import Organisation
    from amends.faces.cli import first_owner

    signin, hints = None, []
    if Organisation.objects.filter(is_demo=True).exists():
        signin = first_owner.demo_signin()
        hints.append(first_owner.signin_text(signin))
        if signin and plan.host not in _LOOPBACK:
            hints.append("everybody knows that password: run `amends demo remove` before others can reach this address")
    return Welcome(signin, tuple(hint for hint in (*hints, first_owner.advice(plan.address)) if hint))


def _serve(ctx: click.Context, folder: Path, plan: Plan, welcome: Welcome) -> int:
    from amends.base.operations.supervisor import Service, Supervisor

    lock = threading.Lock()

    def say(line: str) -> None:
        with lock:
            click.echo(line, err=True)

    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    web = Service("web", _web_command(plan), environment)
    worker = Service("worker", [sys.executable, "-m", "amends.base.jobs.worker"], environment)
    with _install_page(plan) as page:
        facts = {"pid": os.getpid(), "url": plan.address, "tls": plan.certificate is not None, "install_page": page}

        def announce() -> None:
            home.note_run(folder, facts | {"since": datetime.now(UTC).isoformat()})
            with lock:
                click.echo(_announcement(ctx, facts, welcome))
                sys.stdout.flush()

        return Supervisor([web, worker], say).run(is_ready=lambda: _answers(plan), announce=announce)


def _web_command(plan: Plan) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1"]
    command += ["--host", plan.host, "--port", str(plan.port), "--log-level", "warning"]
    command += ["--blocking-threads", str(env.read_int("AMENDS_WEB_THREADS"))]
    if plan.certificate and plan.key:
        command += ["--ssl-certificate", str(plan.certificate), "--ssl-keyfile", str(plan.key)]
        command += ["--ssl-protocol-min", "tls1.2"]
    return [*command, "amends.faces.wsgi:application"]


@contextlib.contextmanager
def _install_page(plan: Plan) -> Iterator[str]:
    """Serve the page for telephones while the house runs. Yields its address; empty without an own authority."""
    if plan.authority is None:
        yield ""
        return
    from amends.faces.cli import install_page

    desk = f"https://{plan.lan_address}:{plan.port}"
    try:
        server = install_page.serve(plan.host, plan.port + 1, plan.authority, desk)
    except OSError:
        server = install_page.serve(plan.host, 0, plan.authority, desk)
    try:
        yield f"http://{plan.lan_address}:{server.server_address[1]}{install_page.PAGE}"
    finally:
        server.shutdown()
        server.server_close()


def _answers(plan: Plan) -> bool:
    """True once the web server answers a health check. Its certificate is not judged: this is loopback, and ours."""
    scheme = "https" if plan.certificate else "http"
    host = "127.0.0.1" if plan.host in (_EVERYWHERE, "localhost") else plan.host
    host = f"[{host}]" if ":" in host else host
    trusting = ssl._create_unverified_context() if plan.certificate else None  # noqa: S323 - see above
    address = f"{scheme}://{host}:{plan.port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=2, context=trusting) as response:  # noqa: S310 - our own address
            return bool(response.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def _announcement(ctx: click.Context, facts: dict[str, object], welcome: Welcome) -> str:
    if frame.state_of(ctx).json:
        return json.dumps({**facts, "signin": welcome.signin, "hints": welcome.hints}, ensure_ascii=False)
    lines = [f"Amends is ready: {facts['url']}"]
    if facts["install_page"]:
        lines.append(f"telephones and tablets install the certificate once from {facts['install_page']}")
    return "\n".join([*lines, *welcome.hints, "Ctrl-C stops it"])


commands: list[click.Command] = [up]
