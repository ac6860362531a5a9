"""Who may do what: one vocabulary of permissions, roles as sets of them, and the caller's scope."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """`noun:verb`. API tokens are scoped by the same words, so a token never invents a right."""

    CASE_READ = "case:read"
    CASE_WORK = "case:work"  # open, assign, prioritise, note, classify, ask for evidence
    CASE_ANSWER = "case:answer"  # send words to a buyer
    CASE_OFFER = "case:offer"  # put a remedy to the buyer, escalate
    CASE_SETTLE = "case:settle"  # settle, refund, replace, close
    REFUND_APPROVE = "refund:approve"  # the second person above the limit
    ORDER_READ = "order:read"
    IMPORT_RUN = "import:run"
    RULE_READ = "rule:read"
    RULE_WRITE = "rule:write"  # house rules: own ones, and numbers of shipped ones
    TEMPLATE_WRITE = "template:write"  # reply templates and the glossary
    LEDGER_READ = "ledger:read"
    JOB_READ = "job:read"
    JOB_RERUN = "job:rerun"
    DOCK_WORK = "dock:work"
    SETTINGS_WRITE = "settings:write"
    TEAM_MANAGE = "team:manage"  # members, roles, API tokens


class Role(StrEnum):
    OWNER = "owner"
    LEAD = "lead"
    AGENT = "agent"
    FINANCE = "finance"
    WAREHOUSE = "warehouse"
    VIEWER = "viewer"


_P = Permission
_VIEW = frozenset({_P.CASE_READ, _P.ORDER_READ, _P.RULE_READ})
_AGENT = _VIEW | {
    _P.TEMPLATE_WRITE,
    _P.CASE_WORK,
    _P.CASE_ANSWER,
    _P.CASE_OFFER,
    _P.CASE_SETTLE,
    _P.IMPORT_RUN,
    _P.JOB_READ,
}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEW,
    Role.WAREHOUSE: _VIEW | {_P.DOCK_WORK},
    Role.FINANCE: _VIEW | {_P.CASE_SETTLE, _P.REFUND_APPROVE, _P.LEDGER_READ, _P.IMPORT_RUN, _P.JOB_READ},
    Role.AGENT: _AGENT,
    Role.LEAD: _AGENT | {_P.REFUND_APPROVE, _P.RULE_WRITE, _P.LEDGER_READ, _P.JOB_RERUN},
    Role.OWNER: frozenset(Permission),
}


def permissions_of(words: Iterable[str]) -> frozenset[Permission]:
    """The rights that stored words name; a word that no longer means anything gives none."""
    known = {p.value: p for p in Permission}
    return frozenset(known[word] for word in words if word in known)


class ActorKind(StrEnum):
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a secret
    SYSTEM = "system"  # a job or the command line on the machine itself
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class Scope:
    """The door to all data: which organisation is asked for, by whom, with which rights.

    Every query takes it first. `actor_id` is a user id, a token id, or None for the system.
    """

    organisation_id: int
    permissions: frozenset[Permission]
    actor_kind: ActorKind = ActorKind.SYSTEM
    actor_id: int | None = None

    @property
    def user_id(self) -> int | None:
        """The person behind it; None for a token, a job or a buyer."""
        return self.actor_id if self.actor_kind is ActorKind.PERSON else None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotAllowed, which faces turn into 403."""
        if permission not in self.permissions:
            raise NotAllowed(permission)


class NotAllowed(Exception):
    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


def system_scope(organisation_id: int) -> Scope:
    """Full rights in one organisation, for jobs and the command line."""
    return Scope(organisation_id, frozenset(Permission))


TOKEN_PREFIX = "amk_"  # noqa: S105 - marks our tokens so that leak scanners can find them


def token_digest(token: str, key: str) -> str:
    """What is stored of an API token: an HMAC, so that a stolen database cannot be searched with guesses."""
    return hmac.new(key.encode(), token.encode(), hashlib.sha256).hexdigest()
