"""Organisation first: every business table has it, every read takes a scope, every query narrows by it.

The tables are asked; the code is read as a syntax tree. The tree cannot prove that a query is right, only that
nobody forgot: what it cannot follow must be named below with the reason why it is right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[1] / "src" / "amends"

# Tables that belong to no organisation, each with the reason.
OF_NOBODY = {
    "accounts.User": "a person may work in several organisations; Membership ties them",
    "accounts.Organisation": "it is the organisation",
    "jobs.Cron": "repeating jobs are the installation's",
    "jobs.Presence": "worker processes are the installation's",
}
# Tables where a row may have none.
SOMETIMES_OF_NOBODY = {
    "jobs.Job": "jobs of the installation, seen by owners only (jobs.queries.visible)",
    "rules.RuleVersion": "the shipped rulebook is everybody's; a house rule's text is its organisation's",
}

# Reads that make a scope, or need none: pure functions over rows or texts that the caller has.
WITHOUT_SCOPE = {
    "base/accounts/queries.py:membership_scope": "makes the scope of a person",
    "base/accounts/queries.py:token_scope": "makes the scope of a token",
    "resolution/refunds/queries.py:states": "pure: rows in, values out",
    "resolution/cases/queries.py:can_send": "pure: a case that was read with its thread and buyer",
    "resolution/cases/lists.py:read_cursor": "pure: a text",
    "judgement/policies/queries.py:newest": "pure: rows that were read within the organisation",
    "intake/imports/queries.py:reason": "pure: words for a row that was already read",
}

# Queries the tree cannot follow, by function or by whole file, each with the reason why it is right.
FOLLOWED_BY_HAND = {
    "base/accounts/queries.py:token_scope": "the digest of a token is unique in the installation",
    "base/jobs/claiming.py": "workers serve every organisation",
    "base/jobs/crons.py": "workers serve every organisation",
    "base/jobs/engine.py": "asked by code that holds the job's id from its own row",
    "base/jobs/jobs.py": "housekeeping of the installation",
    "base/jobs/actions.py:rerun_all_dead": "the ids were read within the organisation",
    "base/operations/checks.py": "`amends doctor` counts over the installation and shows no row",
    "base/team/house.py:allow_password_link": "asks on purpose whether the person has a seat elsewhere",
    "base/webhooks/actions.py:emit": "the endpoints were read within the organisation",
    "base/webhooks/jobs.py": "the worker's own delivery, by the endpoint of its job",
    "faces/middleware.py:memberships": "a person's own seats, in every organisation",
    "faces/console/views/rules.py:_kept": "`whose` holds the organisation",
    "flows/demo/load.py": "rows of the demo organisation, made a line before",
    "intake/buyers/actions.py:upsert": "`where` holds the organisation",
    "intake/conversations/actions/send.py:_end": "read again after an update narrowed by organisation",
    "intake/conversations/queries.py:_people": "threads of messages read within the organisation",
    "intake/imports/running.py": "the worker's own run, by the id in its job; the scope is made from the row",
    "intake/orders/actions.py:_known": "`where` holds the organisation",
    "intake/reviews/actions.py:upsert_reviews": "`where` holds the organisation",
    "intake/reviews/actions.py:_write_loose": "`row` holds the organisation",
    "resolution/cases/gather.py:gather": "the thread of a case read within the organisation",
    "resolution/cases/jobs.py:tick": "the clock of every organisation; each case is judged under its own scope",
}


def _business_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("amends.")]


@pytest.mark.parametrize("model", _business_models(), ids=lambda model: model._meta.label)
def test_every_business_table_has_its_organisation(model: type[models.Model]) -> None:
    label = model._meta.label
    if label in OF_NOBODY:
        return
    field = model._meta.get_field("organisation")
    assert isinstance(field, models.ForeignKey)
    assert field.remote_field.model._meta.label == "accounts.Organisation"
    assert field.null == (label in SOMETIMES_OF_NOBODY)


def test_the_lists_above_name_only_what_there_is() -> None:
    labels = {model._meta.label for model in _business_models()}
    assert (OF_NOBODY.keys() | SOMETIMES_OF_NOBODY.keys()) <= labels
    functions = {name for name, _ in _functions("*.py")}
    assert WITHOUT_SCOPE.keys() <= functions
    unfollowed = _unfollowed()
    needed = unfollowed.keys() | {name.partition(":")[0] for name in unfollowed}
    assert FOLLOWED_BY_HAND.keys() - needed == set()


READS = "queries.py"
MORE_READS = ("lists.py", "lookups.py", "statuses.py")


def _functions(pattern: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(path:name, function) of every function and method in files of that name."""
    for path in sorted(ROOT.rglob(pattern)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.name}", node


def _reads() -> list[tuple[str, ast.FunctionDef]]:
    found = [pair for pattern in (READS, *MORE_READS) for pair in _functions(pattern)]
    return [(name, node) for name, node in found if not node.name.startswith("_") and not _is_method(node)]


def _is_method(node: ast.FunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg in ("self", "cls")


@pytest.mark.parametrize(("name", "node"), [pytest.param(*pair, id=pair[0]) for pair in _reads()])
def test_every_read_takes_the_scope_first(name: str, node: ast.FunctionDef) -> None:
    if name in WITHOUT_SCOPE:
        return
    first = node.args.args[0] if node.args.args else None
    assert first is not None
    annotation = ast.unparse(first.annotation) if first.annotation else ""
    assert (first.arg, annotation.rpartition(".")[2]) == ("scope", "Scope"), name


BUSINESS = {model.__name__ for model in _business_models() if model._meta.label not in OF_NOBODY}
# These write rows that bring their organisation with them.
_WRITES_WHOLE_ROWS = {"bulk_create", "bulk_update"}
_NARROWS = "organisation"


def _queries(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Each longest chain that begins with `Model.objects` of a business table."""
    parents = {child: parent for parent in ast.walk(function) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and isinstance(node.value, ast.Name)
            and node.value.id in BUSINESS
        ):
            chain: ast.expr = node
            while True:
                parent = parents.get(chain)
                if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is chain):
                    chain = parent
                else:
                    break
            yield chain


def _narrowed(chain: ast.expr) -> bool:
    """An `organisation…` keyword in the chain, a row in hand named by `pk=row.pk`, or a write of whole rows."""
    for node in ast.walk(chain):
        narrows = isinstance(node, ast.Call) and not ast.unparse(node.func).endswith(".exclude")
        if narrows and any(_NARROWS in (k.arg or "") or _row_in_hand(k) for k in node.keywords):
            return True
        if isinstance(node, ast.Attribute) and node.attr in _WRITES_WHOLE_ROWS:
            return True
    return False


def _row_in_hand(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "pk" and isinstance(value, ast.Attribute) and value.attr == "pk"


def _narrowed_later(function: ast.FunctionDef, chain: ast.expr) -> bool:
    """`rows = Model.objects…`, and then `rows.filter(organisation_id=…)` in the same function."""
    names = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and node.value is chain
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and any(_NARROWS in (k.arg or "") for k in node.keywords):
            inner: ast.expr = node.func
            while isinstance(inner, ast.Attribute | ast.Call):
                inner = inner.value if isinstance(inner, ast.Attribute) else inner.func
            if isinstance(inner, ast.Name) and inner.id in names:
                return True
    return False


def _unfollowed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, function in _functions("*.py"):
        if "/migrations/" in name:
            continue
        for chain in _queries(function):
            if not _narrowed(chain) and not _narrowed_later(function, chain):
                found.setdefault(name, []).append(ast.unparse(chain))
    return found


def test_every_query_of_a_business_table_names_the_organisation() -> None:
    """If this names a query of yours: narrow it by organisation, or write above why it is right without."""
    known = FOLLOWED_BY_HAND.keys()
    found = _unfollowed().items()
    assert {n: chains for n, chains in found if n not in known and n.partition(":")[0] not in known} == {}


def test_the_reader_of_the_tree_sees_what_it_must() -> None:
    """It finds a query that forgets, in the shapes we write."""
    source = """
def forgets(scope):
    return Case.objects.filter(pk=1).first()
def remembers(scope):
    return Case.objects.select_related("x").filter(pk=1, organisation_id=scope.organisation_id).first()
def later(scope):
    rows = Case.objects.select_related("x")
    return rows.filter(organisation_id=scope.organisation_id)
def never(scope):
    rows = Case.objects.select_related("x")
    return rows.filter(pk=1)
def in_hand(case):
    return Case.objects.filter(pk=case.pk).update(priority=1)
def by_number(case_id):
    return Case.objects.filter(pk=case_id).update(priority=1)
def writes(scope, rows):
    return Case.objects.bulk_create(rows)
"""
    verdicts = {}
    for function in ast.parse(source).body:
        assert isinstance(function, ast.FunctionDef)
        verdicts[function.name] = all(
            _narrowed(chain) or _narrowed_later(function, chain) for chain in _queries(function)
        )
    right = {"remembers", "later", "writes", "in_hand"}
    assert verdicts == {name: name in right for name in (*right, "forgets", "never", "by_number")}
