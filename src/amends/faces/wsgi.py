"""The web application as a server calls it, with one address of its own: `/healthz`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

import amends

_django = get_wsgi_application()
Start = Callable[..., Any]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """`/healthz` is answered before any middleware: a balancer asks it by address, without a host name of ours."""
    if environ.get("PATH_INFO") == "/healthz":
        return _health(start_response)
    return _django(environ, start_response)


def _health(start_response: Start) -> Iterable[bytes]:
    """200 when the database answers, else 503. Says nothing that a stranger could use."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        status, word = "200 OK", "ok"
    except DatabaseError:
        status, word = "503 Service Unavailable", "no database"
    finally:
        connection.close_if_unusable_or_obsolete()
    body = json.dumps({"status": word, "version": amends.__version__}).encode()
    start_response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [body]
