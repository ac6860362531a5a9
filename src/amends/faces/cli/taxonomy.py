"""`amends taxonomy`: the leaves, the platforms' reason codes, and whether the two hold together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import click

from amends.faces.cli import frame
from amends.kernel import reason_codes as codes
from amends.kernel.outcome import InputError, Problem
from amends.kernel.taxonomy import BY_CODE, LEAVES, Leaf

_AT = click.option("--at", metavar="DATE", help="The lists in force on this day (default: today).")


def _day(at: str | None) -> date:
    if not at:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(at)
    except ValueError:
        raise InputError([Problem("not_a_date", "--at", {"text": at})]) from None


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {"code": leaf.code, "class": leaf.klass.value, "phase": leaf.phase.value, "kind": leaf.kind}


def _found(found: codes.Found) -> dict[str, Any]:
    entry, code = found.in_list, found.code
    return {
        "platform": entry.platform,
        "list": entry.name,
        "version": entry.version,
        "code": code.code,
        "aliases": list(code.aliases),
        "match": code.match.value,
        "label": code.label,
        "leaves": list(code.leaves),
        "exactness": code.exactness.value,
        "note": code.note,
        "status": entry.status.value,
        "proof": entry.proof,
        "source": entry.source,
    }


def _known_platform(platform: str) -> str:
    if platform not in codes.platforms():
        raise InputError([Problem("unknown_platform", platform, {"known": list(codes.platforms())})])
    return platform


@click.group("taxonomy")
def taxonomy_group() -> None:
    """What a case can be about, and what the platforms call it."""


@taxonomy_group.command("list")
@_AT
@click.pass_context
def list_taxonomy(ctx: click.Context, at: str | None) -> None:
    """Every leaf, and every platform with the state of its lists."""
    on = _day(at)
    platforms: list[dict[str, Any]] = []
    for platform in codes.platforms():
        own = [entry for entry in codes.lists_of(platform, on) if entry.platform == platform]
        status = codes.status_of(platform)
        platforms.append(
            {
                "platform": platform,
                "status": status.value if status else None,
                "lists": [{"list": e.name, "version": e.version, "codes": len(e.codes)} for e in own if e.codes],
                "codes": sum(len(e.codes) for e in own),
                "see": sorted({name for e in own for name in e.see}),
            }
        )

    def human() -> str:
        leaves = frame.table(
            ["class", "phase", "leaf", "kind"], [[x.klass.value, x.phase.value, x.code, x.kind] for x in LEAVES]
        )
        rows: list[list[object]] = [
            [p["platform"], p["codes"], p["status"], ", ".join(p["see"]) and f"see {', '.join(p['see'])}"]
            for p in platforms
        ]
        return leaves + "\n\n" + frame.table(["platform", "codes", "list", ""], rows)

    frame.output(ctx, {"leaves": [_leaf(x) for x in LEAVES], "platforms": platforms, "at": on}, human)


@taxonomy_group.command("show")
@click.argument("leaf")
@click.option("--platform", help="Only this platform's codes.")
@_AT
@click.pass_context
def show_leaf(ctx: click.Context, leaf: str, platform: str | None, at: str | None) -> None:
    """One leaf and every platform's codes for it; a platform's codes that mean it alone come first."""
    if leaf not in BY_CODE:
        raise InputError([Problem("unknown_leaf", leaf, {"known": list(BY_CODE)})])
    on = _day(at)
    asked = (_known_platform(platform),) if platform else codes.platforms()
    # A platform that points to others repeats their codes; unasked, each is shown once.
    found = [f for name in asked for f in codes.codes_for(leaf, name, on) if platform or f.in_list.platform == name]
    rows = [_found(f) for f in found]
    own_only = codes.OWN_ONLY.get(leaf, "")

    def human() -> str:
        own = BY_CODE[leaf]
        head = f"{own.code}: {own.klass.value}, {own.phase.value}, read by rules as {own.kind}"
        if own_only:
            head += f"\nno platform has a code for it alone: {own_only}"
        table = frame.table(
            ["platform", "list", "code", "label", ""],
            [[r["platform"], r["list"], r["code"], r["label"], r["exactness"]] for r in rows],
        )
        return head + "\n\n" + (table if rows else "no code")

    frame.output(ctx, {"leaf": _leaf(BY_CODE[leaf]), "own_only": own_only, "codes": rows, "at": on}, human)


@taxonomy_group.command("map")
@click.argument("platform")
@click.argument("code")
@click.option("--list", "name", default="", help="Only this list of the platform, such as returns.")
@_AT
@click.pass_context
def map_code(ctx: click.Context, platform: str, code: str, name: str, at: str | None) -> None:
    """What one code of a platform means. Several leaves mean that the code alone does not settle it."""
    on = _day(at)
    _known_platform(platform)
    in_force = codes.lists_of(platform, on)
    if name and name not in (entry.name for entry in in_force):
        raise InputError([Problem("unknown_list", name, {"known": sorted({entry.name for entry in in_force})})])
    found = codes.find(platform, code, on, name=name)
    decided = platform == "paypal" and code.strip().upper() in codes.PAYPAL_DECIDED
    if not found and not decided:
        missing = "unknown_reason_code" if any(entry.codes for entry in in_force) else "no_sourced_list"
        raise InputError([Problem(missing, f"{platform} {code}", {"at": on.isoformat()})])
    leaves = codes.leaf_of(platform, code, on, name=name)
    rows = [_found(f) for f in found]

    def human() -> str:
        lines = [f"{platform} {code}: {', '.join(leaves)}"] if leaves else []
        for row in rows:
            label = f" “{row['label']}”" if row["label"] else ""
            lines.append(
                f"  {row['platform']} {row['list']} {row['version']}: {row['code']}{label}, {row['exactness']}"
            )
            lines += [f"    {row['note']}"] * bool(row["note"])
            lines.append(f"    {row['status']}, {row['proof']}: {row['source']}")
        if decided:
            lines.append(f"{platform} {code}: says why a case was decided, not what it is about")
        return "\n".join(lines)

    data = {"platform": platform, "code": code, "at": on, "leaves": list(leaves), "found": rows, "decided": decided}
    frame.output(ctx, data, human)


@taxonomy_group.command("check")
@click.pass_context
def check_taxonomy(ctx: click.Context) -> None:
    """Prove that every code maps, every leaf is reached, and both ways agree; exit code 1 when not."""
    from amends.judgement.rules.vocabulary import PLATFORMS

    found = codes.problems(codes.LISTS, expected=(*PLATFORMS, *codes.NETWORKS, *codes.PAYMENT_SERVICES))
    states = {name: codes.status_of(name) for name in codes.platforms()}
    data: dict[str, Any] = {
        "leaves": len(LEAVES),
        "own_only": dict(codes.OWN_ONLY),
        "platforms": len(states),
        "without_list": [name for name, status in states.items() if status is codes.Status.NONE],
        "lists": sum(bool(entry.codes) for entry in codes.LISTS),
        "codes": sum(len(entry.codes) for entry in codes.LISTS),
        "problems": [{"code": p.code, "where": p.where, "params": p.params} for p in found],
    }
    summary = (
        f"{data['leaves']} leaves, {data['codes']} codes in {data['lists']} lists of {data['platforms']} platforms, "
        f"{len(found)} problems"
    )
    lines = [summary, f"no sourced list: {', '.join(data['without_list'])}"]
    lines += [f"  {p.where}: {p.code} {p.params or ''}".rstrip() for p in found]
    frame.output(ctx, data, "\n".join(lines))
    if found:
        ctx.exit(1)


commands: list[click.Command] = [taxonomy_group]
