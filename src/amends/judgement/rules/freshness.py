"""Which watched policy texts have changed, and which rules rest on them.

The folder is a git history with one file a document, `Service/Document.md`, a commit a change: the layout in which
Open Terms Archive publishes dated versions of platform terms. A source of the rulebook names its document in `watch`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from amends.judgement.rules.core import Rule, Rulebook
from amends.kernel.outcome import InputError, Problem

_FIELDS = "%x1e%H%x1f%cI"  # a record separator, the commit, a unit separator, its date
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One commit that touched one document."""

    document: str
    at: datetime
    commit: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A document that changed, newest change first, with the rules that cite it. `checked` rules were read since."""

    document: str
    changes: tuple[Change, ...]
    sources: tuple[str, ...]
    rules: tuple[Rule, ...]
    checked: tuple[Rule, ...]


def changes_since(folder: Path, since: date) -> list[Change]:
    """Raises InputError when the folder is no git history or git is not installed."""
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", "log", f"--since={since.isoformat()}T00:00:00Z"]
    try:
        done = subprocess.run(
            [*command, f"--format={_FIELDS}", "--name-only", "--no-renames"],
            capture_output=True, text=True, check=True, timeout=_SECONDS,
        )  # fmt: skip
    except FileNotFoundError:
        raise InputError([Problem("git_missing", "git")]) from None
    except subprocess.TimeoutExpired:
        raise InputError([Problem("too_slow", str(folder), {"seconds": _SECONDS})]) from None
    except subprocess.CalledProcessError as error:
        raise InputError([Problem("not_a_history", str(folder), {"text": error.stderr.strip()[:200]})]) from None
    return list(read_log(done.stdout))


def read_log(text: str) -> Iterable[Change]:
    """The output of `git log --name-only` in our format."""
    for record in text.split("\x1e")[1:]:
        head, *names = record.strip().splitlines()
        commit, at = head.split("\x1f")
        for name in names:
            if name.strip():
                yield Change(name.strip(), datetime.fromisoformat(at), commit)


def touched(book: Rulebook, changes: Iterable[Change]) -> list[Touched]:
    """Documents with the rules that rest on them first, then those that no rule cites. Pure."""
    by_document: dict[str, list[Change]] = {}
    for change in changes:
        by_document.setdefault(change.document, []).append(change)
    out = []
    for document, found in by_document.items():
        sources = tuple(key for key, source in book.sources.items() if source.watch == document)
        newest = max(change.at for change in found)
        citing = [rule for rule in book.rules if rule.cite and {rule.cite.source, *rule.cite.also} & set(sources)]
        checked = tuple(r for r in citing if r.cite and r.cite.retrieved and r.cite.retrieved >= newest.date())
        rules = tuple(r for r in citing if r not in checked)
        found.sort(key=lambda c: c.at, reverse=True)
        out.append(Touched(document, tuple(found), sources, rules, checked))
    return sorted(out, key=lambda t: (not t.rules, not t.checked, t.document))
