"""YAML read the safe way: every scalar a string, duplicate keys refused, each mapping knows its line."""

from __future__ import annotations

from typing import Any

import yaml


class LinedDict(dict[str, Any]):
    """A mapping that remembers the 1-based line it began on."""

    line: int = 0


class DuplicateKeyError(ValueError):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(f"line {line}: the key {key!r} stands twice")
        self.key = key
        self.line = line


# libyaml's parser is about six times faster; a wheel without it falls back to the pure one, with the same result.
_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Base):
    """BaseLoader resolves no types, so NO stays "NO" and 21:00 stays "21:00"."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002 - the composer's own signature
        """Every node's type is its shape: there is nothing to look up."""
        return _TAGS[kind]


_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


def _plain(node: yaml.Node, shared: dict[int, Any]) -> Any:
    """Strings, lists and mappings. A node behind an anchor is built once and stands wherever it is named."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    known = shared.get(id(node))
    if known is not None:
        return known
    if isinstance(node, yaml.SequenceNode):
        found: list[Any] = []
        shared[id(node)] = found
        found += [_plain(child, shared) for child in node.value]
        return found
    out = LinedDict()
    out.line = node.start_mark.line + 1
    shared[id(node)] = out
    for key_node, value_node in node.value:
        key = str(_plain(key_node, shared))
        if key in out:
            raise DuplicateKeyError(key, key_node.start_mark.line + 1)
        out[key] = _plain(value_node, shared)
    return out


def load(text: str) -> Any:
    """Raises yaml.YAMLError or DuplicateKeyError. An empty text is None."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    return None if node is None else _plain(node, {})
