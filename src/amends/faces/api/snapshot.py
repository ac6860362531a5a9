"""The published description of the API, made from its code: `python -m amends.faces.api.snapshot` writes it again.

`docs/reference/openapi.json` is the schema, `docs/reference/api.md` the same for reading. A test fails when either
differs from the code, so that a change of the contract is always seen in review.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.apps import apps

ROOT = Path(__file__).resolve().parents[4]
FOLDER = ROOT / "docs" / "reference"
_HEAD = """# The API

Made from the code by `python -m amends.faces.api.snapshot`; do not edit. How to use it: [how-to](../how-to/api.md).
The full schema: [openapi.json](openapi.json), also served at `/api/v1/openapi.json`.

Every route names the right it needs. A token has the rights it was made with; a person those of the role.
"""


def schema() -> dict[str, Any]:
    """Sets Django up if nobody has. The settings then read AMENDS_HOME, so say first where that is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")
    if not apps.ready:
        django.setup()
    from amends.faces.api.app import api

    plain: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return plain


def openapi_text() -> str:
    return json.dumps(schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def page() -> str:
    lines = [_HEAD]
    group = ""
    for path, operations in schema()["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["other"])[0]
            if tag != group:
                lines += [f"## {tag.capitalize()}", ""]
                group = tag
            lines += _operation(method, path, operation)
    return "\n".join(lines).rstrip() + "\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    right = operation.get("x-permission")
    needs = f"needs `{right}`" if right else "any known caller"
    lines = [f"### {operation['summary']}", "", f"`{method.upper()} {path}` · {needs}", ""]
    if operation.get("description"):
        lines += [" ".join(operation["description"].split()), ""]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            told = parameter.get("description") or parameter["schema"].get("description", "")
            lines.append(f"- {parameter['in']} `{parameter['name']}`{': ' + told if told else ''}")
    body = operation.get("requestBody")
    if body:
        for media_type, content in body["content"].items():
            lines.append(f"- body `{media_type}`{': ' + _name(content['schema']) if _name(content['schema']) else ''}")
    for status, answer in operation["responses"].items():
        if status != "default":
            shape = next((_name(c["schema"]) for c in answer.get("content", {}).values()), "")
            lines.append(f"- answers {status}{': ' + shape if shape else ''}")
    return [*lines, ""]


def _name(shape: dict[str, Any]) -> str:
    """The name of a shape of the schema, in code marks; empty for an anonymous one."""
    reference = str(shape.get("$ref", ""))
    return f"`{reference.rpartition('/')[2]}`" if reference else ""


def pages() -> dict[Path, str]:
    return {FOLDER / "openapi.json": openapi_text(), FOLDER / "api.md": page()}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="amends-api-") as home:
        os.environ |= {"AMENDS_HOME": home, "AMENDS_SECRET_KEY": "only-for-pages", "DATABASE_URL": ""}
        for path, text in pages().items():
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
