"""The built-in layouts, read from the YAML files beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from types import MappingProxyType

import yaml

from amends.intake.imports.core.layout import Layout, from_data


@cache
def layouts() -> Mapping[str, Layout]:
    """All built-in layouts by id. Raises InputError for one that is wrong."""
    found: dict[str, Layout] = {}
    folder = resources.files("amends.connectors.files") / "layouts"
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".yaml"):
            continue
        for data in yaml.safe_load_all(entry.read_text("utf-8")):
            if isinstance(data.get("sites"), str):  # the same sales channels as another layout of the platform
                layout = replace(from_data(data | {"sites": {}}), sites=found[data["sites"]].sites)
            else:
                layout = from_data(data)
            if layout.id in found:
                raise ValueError(f"two layouts are called {layout.id}")
            found[layout.id] = layout
    return MappingProxyType(found)
