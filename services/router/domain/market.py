"""Everybody who may take leads, and what a choice among them is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.router.domain.owner import Owner, Owners
from services.router.domain.territory import Atlas


@dataclass(frozen=True)
class Candidate:
    """One owner that was looked at, and why they were or were not chosen."""

    owner_id: str
    name: str
    chosen: bool
    because: str


@dataclass(frozen=True)
class Choice:
    """Who gets the lead. `territory` is None when the fall-back or the account's own rep takes it."""

    owner_id: str
    territory: str | None
    candidates: tuple[Candidate, ...]
    #: When the owner is there again; None when somebody is there now.
    held_until: datetime | None = None
    #: Whose turn it was; another than the owner where a deputy stands in.
    turn_of: str | None = None
    #: Who works on a shared lead beside the owner, the next best first.
    further: tuple[str, ...] = ()


@dataclass(frozen=True)
class Market:
    """Everybody who may take leads, and from where."""

    atlas: Atlas
    owners: Owners
    #: Tried in this order when no territory has a taker; the last one always takes the lead.
    fall_back: tuple[str, ...]
    #: Tried in this order for leads that qualification gives to a call centre; after them, the territories.
    call_centres: tuple[str, ...] = ()
    #: Distributor → the territories of their sub-dealers.
    below: Mapping[str, Atlas] = field(default_factory=dict)


def held_until(owner: Owner, at: datetime) -> datetime | None:
    """When the owner opens; None when somebody is there, or when nobody is within a year."""
    return None if owner.calendar.closed(at) is None else owner.calendar.opening(at)
