"""Why an owner cannot take a lead, each reason in one place, and who takes it in their stead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.router.domain.owner import Owner, Owners
from services.router.domain.standing import NEW
from services.router.domain.strategy import Standings
from services.router.domain.territory import Closed, Demand, Place


@dataclass(frozen=True)
class Wanted:
    """What a lead asks of an owner."""

    place: Place
    products: frozenset[str]
    #: Why an owner who had this lead before does not get it again: {"hawkeye": "declined"}.
    had_before: Mapping[str, str]
    #: Who accepted the last lead of this company or person: a known account keeps its rep.
    rep: str | None = None
    industry: str | None = None
    accounts: frozenset[str] = frozenset()
    score: int | None = None
    rank: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    #: The moment of the choice.
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    #: Who works it, as qualification says of its process: sales, call_centre or marketing.
    party: str = "sales"

    @property
    def demand(self) -> Demand:
        """What it is about, as far as territories care."""
        return Demand(self.place, self.products, self.industry, self.accounts, self.facts)


@dataclass(frozen=True)
class Objection:
    """Why an owner cannot take a lead. `passing`: for the time being only; `absent`: their deputy may."""

    because: str
    passing: bool = False
    absent: bool = False


def first_objection(owner: Owner, wanted: Wanted, standings: Standings, closed: Closed = "hold") -> Objection | None:
    """The first reason why the owner cannot take the lead; None when they can."""
    standing = standings.get(owner.owner_id, NEW)
    if not owner.active:
        return Objection("paused", passing=True)
    if standing.pause is not None and (paused := standing.paused(wanted.at)) is not None:
        return Objection(paused, passing=True, absent=True)
    if not owner.sells_any_of(wanted.products):
        return Objection(f"does not sell {' or '.join(sorted(wanted.products))}")
    if owner.industries and wanted.industry not in owner.industries:
        return Objection(f"does not serve {wanted.industry or 'who tells no industry'}")
    if owner.minimum_score is not None and (wanted.score or 0) < owner.minimum_score:
        return Objection(f"takes leads from {owner.minimum_score} points on, this one has {wanted.score or 0}")
    if owner.ranks and wanted.rank not in owner.ranks:
        return Objection(f"takes {' or '.join(sorted(owner.ranks))} leads, this one is {wanted.rank or 'not ranked'}")
    if owner.owner_id in wanted.had_before:
        return Objection(f"had it before: {wanted.had_before[owner.owner_id]}")
    if owner.calendar.absences and (away := owner.calendar.absence(owner.calendar.day(wanted.at))) is not None:
        return Objection(f"{away.because} until {away.last}", passing=True, absent=True)
    if (full := standing.full(owner.caps)) is not None:
        return Objection(full, passing=True)
    if closed == "pass_on" and (shut := owner.calendar.closed(wanted.at)) is not None:
        return Objection(f"closed: {shut}", passing=True)
    return None


#: Not looked at yet; never given out.
_UNKNOWN = Objection("not looked at")


class Look:
    """Everybody who may take one lead, each looked at once."""

    def __init__(self, owners: Owners, wanted: Wanted, standings: Standings) -> None:
        self.owners, self.wanted, self.standings = owners, wanted, standings
        self._objections: dict[tuple[str, Closed], Objection | None] = {}

    def objection(self, name: str, closed: Closed = "hold") -> Objection | None:
        """The owner's first objection."""
        known = self._objections.get((name, closed), _UNKNOWN)
        if known is _UNKNOWN:
            known = first_objection(self.owners[name], self.wanted, self.standings, closed)
            self._objections[name, closed] = known
        return known

    def taker(self, name: str, closed: Closed = "hold") -> str | None:
        """Who takes the lead when it is this owner's turn: they, or their deputy while they are away."""
        objection = self.objection(name, closed)
        if objection is None:
            return name
        deputy = self.owners[name].deputy
        # Whom the lead is not for at all, or who had it before, sends nobody either.
        if not objection.absent or deputy is None or name in self.wanted.had_before:
            return None
        return deputy if self.objection(deputy, closed) is None else None
