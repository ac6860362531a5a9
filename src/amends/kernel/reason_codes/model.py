"""What a platform's list of reason codes is made of. The tables beside this file hold nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Exactness(StrEnum):
    """How the code stands to its leaf, seen from the code."""

    EXACT = "exact"  # the code says what the leaf says
    WIDER = "wider"  # the code covers its leaves and more; only the facts of the case choose
    NARROWER = "narrower"  # the code is one way of being the leaf


class Match(StrEnum):
    """How a code is compared: whole, or by an end where the platform puts a category or a number on it."""

    WHOLE = "whole"
    PREFIX = "prefix"
    SUFFIX = "suffix"


class Status(StrEnum):
    SOURCED = "sourced"  # a source claims to hold the whole list
    PARTLY = "partly"  # codes with a source, but no source for the whole list
    NONE = "no sourced list"


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """One code as the platform writes it. `leaves` holds the most general first; only a wider code has several.

    `aliases` are other spellings of the same code that a source shows. `label` is the platform's own wording, empty
    where the code is all it prints.
    """

    code: str
    label: str
    leaves: tuple[str, ...]
    exactness: Exactness
    note: str = ""
    aliases: tuple[str, ...] = ()
    match: Match = Match.WHOLE


@dataclass(frozen=True, slots=True)
class ReasonList:
    """One version of one of a platform's lists.

    A platform may keep several lists at a time (returns, cancellations, disputes), told apart by `name`; versions of
    the same list must not overlap. `since` is the first day it applies, `until` the first day it no longer does; None
    means that no source says so, and is read as open. `proof` is A the provider's own document, B its SDK or schema,
    C a third party. `strip` are prefixes that come and go before the same code. `see` names the platforms whose lists
    apply instead.
    """

    platform: str
    name: str
    version: str
    status: Status
    source: str
    proof: str = ""
    since: date | None = None
    until: date | None = None
    codes: tuple[ReasonCode, ...] = ()
    note: str = ""
    strip: tuple[str, ...] = ()
    see: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.platform} {self.name} {self.version}".strip()

    def applies(self, on: date | None) -> bool:
        """Whether the list is in force that day; no day asks for what is in force without an end."""
        if on is None:
            return self.until is None
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


def exact(code: str, label: str, leaf: str, note: str = "", *, aliases: tuple[str, ...] = ()) -> ReasonCode:
    return ReasonCode(code, label, (leaf,), Exactness.EXACT, note, aliases)


def narrower(
    code: str, label: str, leaf: str, note: str = "", *, aliases: tuple[str, ...] = (), match: Match = Match.WHOLE
) -> ReasonCode:
    return ReasonCode(code, label, (leaf,), Exactness.NARROWER, note, aliases, match)


def wider(
    code: str,
    label: str,
    *leaves: str,
    note: str = "",
    aliases: tuple[str, ...] = (),
    match: Match = Match.WHOLE,
) -> ReasonCode:
    return ReasonCode(code, label, leaves, Exactness.WIDER, note, aliases, match)


def none(platform: str, looked: str, *, see: tuple[str, ...] = ()) -> ReasonList:
    """A platform for which no list was found; `looked` says what is known instead."""
    return ReasonList(platform, "reasons", "", Status.NONE, "", note=looked, see=see)


# Groups that wide codes share. The order is from the general leaf to the special one.
ANY_NOT_RECEIVED = (
    "in_transit_late",
    "delivered_not_received",
    "parcel_returned",
    "customs_detained",
    "wrong_address",
    "tracking_invalid",
    "carrier_changed",
)
ANY_NOT_AS_DESCRIBED = ("description", "quality", "damaged", "wrong_item", "short_shipment", "counterfeit")
SIZE = ("change_of_mind", "description")  # a size that does not fit, or one that is not the size on the listing
