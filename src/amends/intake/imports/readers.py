"""Finding the connector that opens files. Nothing here knows which one it is."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from amends.intake.imports.core.layout import Layout
from amends.intake.imports.ports import PORT, Reader
from amends.kernel.connectors import ConnectorInfo


@cache
def reader() -> Reader:
    """The installed file reader. RuntimeError when no connector offers one."""
    for point in entry_points(group="amends.connectors"):
        info = point.load()
        if isinstance(info, ConnectorInfo) and PORT in info.implements:
            module, _, attribute = info.implements[PORT].partition(":")
            return cast("Reader", getattr(import_module(module), attribute))
    raise RuntimeError(f"no connector offers {PORT!r}; is the package installed?")


def layouts() -> list[Layout]:
    """Built-in layouts that can be chosen, lookups left out."""
    return [layout for layout in reader().layouts().values() if layout.required]
