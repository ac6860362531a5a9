"""A metric's formula from its YAML form."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from amends.judgement.metrics.core import HAPPENS, Addend, Level, Limit, Metric, Window
from amends.judgement.rules.parse_clause import ClauseReader, Refused, line_of
from amends.judgement.rules.parse_words import mapping_of, one_of, whole, zone_name
from amends.judgement.rules.vocabulary import COLUMNS, Kind
from amends.kernel.clauses import Constant

TABLE = "history"
METRIC_KEYS = {
    "name",
    "numerator",
    "denominator",
    "by",
    "window",
    "lag_days",
    "zone",
    "limit",
    "better",
    "levels",
    "loss",
}
_MOST_COUNT = 10_000_000


def parse_metric(node: Any) -> Metric:
    line = line_of(node)
    node = mapping_of(node, METRIC_KEYS, "metric")
    for key in ("name", "numerator", "denominator", "by", "window"):
        if key not in node:
            raise Refused(f"a metric needs `{key}`", line)
    by = _moment(node["by"], line)
    higher = one_of(node.get("better", "lower"), ("lower", "higher"), line) == "higher"
    return Metric(
        name=str(node["name"]),
        numerator=_addends(node["numerator"], by, line),
        denominator=_addends(node["denominator"], by, line),
        by=by,
        window=_window(node["window"]),
        lag_days=whole(node.get("lag_days", "0"), line),
        zone=zone_name(node.get("zone", "UTC"), line),
        limit=_limit(node["limit"], higher=higher) if "limit" in node else None,
        higher=higher,
        levels=tuple(_level(level, higher=higher) for level in node.get("levels", ())),
        loss=_loss(node.get("loss", {}), line),
    )


def _moment(name: Any, line: int) -> str:
    column = COLUMNS[TABLE].get(str(name))
    if column is None or column.kind not in (Kind.INSTANT, Kind.EVENT):
        raise Refused(f"{name!r} is no time of a row of {TABLE}", line)
    return column.name


def _addends(nodes: Any, by: str, line: int) -> tuple[Addend, ...]:
    """Counts that are summed: a clause each, dated by the metric's `by` or by its own."""
    listed = nodes if isinstance(nodes, list) else [nodes]
    if not listed:
        raise Refused("a sum of counts needs at least one", line)
    return tuple(_addend(node, by) for node in listed)


def _addend(node: Any, by: str) -> Addend:
    line = line_of(node)
    if not isinstance(node, dict):
        raise Refused(f"expected a clause over {TABLE}, or {{by: …, where: …}}, found {node!r}", line)
    if "by" in node:
        mapping_of(node, {"by", "where"}, "a count")
        where = ClauseReader(TABLE).clause(node["where"]) if "where" in node else Constant(True)
        return Addend(_moment(node["by"], line), where)
    return Addend(by, ClauseReader(TABLE).clause(node))


def _window(node: Any) -> Window:
    line = line_of(node)
    mapping_of(node, {"days", "months", "calendar_month", "when_at_least", "otherwise"}, "window")
    lengths = [key for key in ("days", "months", "calendar_month") if key in node]
    if len(lengths) != 1 or ("when_at_least" in node) != ("otherwise" in node):
        raise Refused("a window has one of days, months, calendar_month, and when_at_least goes with otherwise", line)
    one_of(node.get("calendar_month", "true"), ("true",), line)
    if lengths != ["calendar_month"] and whole(node[lengths[0]], line) == 0:
        raise Refused("a window has a length", line)
    return Window(
        days=whole(node.get("days", "0"), line),
        months=whole(node.get("months", "0"), line),
        calendar_month="calendar_month" in node,
        when_at_least=whole(node.get("when_at_least", "0"), line),
        otherwise=_window(node["otherwise"]) if "otherwise" in node else None,
    )


def _rate(text: Any, line: int) -> Fraction:
    try:
        rate = Decimal(str(text))
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise Refused(f"a rate is a share from 0 to 1, found {text!r}", line)
    return Fraction(rate)


def _count(text: Any, line: int) -> int:
    if not str(text).isdigit() or int(str(text)) > _MOST_COUNT:
        raise Refused(f"expected a count, found {text!r}", line)
    return int(str(text))


def _limit(node: Any, *, higher: bool, more: frozenset[str] = frozenset()) -> Limit:
    line = line_of(node)
    mapping_of(node, {"rate", "count", "reached"} | more, "limit")
    if not {"rate", "count"} & set(node):
        raise Refused("a limit needs a rate or a count", line)
    if higher and "count" in node:
        raise Refused("a count is a limit of what is better when lower", line)
    return Limit(
        _rate(node["rate"], line) if "rate" in node else None,
        _count(node["count"], line) if "count" in node else None,
        one_of(node.get("reached", "false"), ("true", "false"), line) == "true",
    )


def _level(node: Any, *, higher: bool) -> Level:
    limit = _limit(node, higher=higher, more=frozenset({"name"}))
    if not node.get("name"):
        raise Refused("a level needs a name", line_of(node))
    return Level(str(node["name"]), limit)


def _loss(node: Mapping[str, Any], line: int) -> tuple[tuple[str, Any], ...]:
    if not isinstance(node, dict):
        raise Refused(f"loss is a mapping of columns of {TABLE}, found {node!r}", line)
    reader = ClauseReader(TABLE)
    out: list[tuple[str, Any]] = []
    for name, value in node.items():
        column = COLUMNS[TABLE].get(name)
        if column is None:
            raise Refused(f"{name!r} is no column of {TABLE}", line)
        if column.kind is Kind.EVENT:
            one_of(value, ("true",), line)
            out.append((name, HAPPENS))
        else:
            out.append((name, reader.literal(column, value, line)))
    return tuple(out)
