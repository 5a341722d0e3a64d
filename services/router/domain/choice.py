"""The choice of an owner, with a reason for everybody who was looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.router.domain.owner import Owner, Owners
from services.router.domain.standing import NEW
from services.router.domain.strategy import Standings, pick
from services.router.domain.territory import Atlas, Closed, Demand, Place, Territory
from services.router.domain.turns import Turns

#: Whom nobody needs to explain: there may be hundreds of owners in one state.
MOST_NEARBY = 20


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

    @property
    def demand(self) -> Demand:
        """What it is about, as far as territories care."""
        return Demand(self.place, self.products, self.industry, self.accounts, self.facts)


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


@dataclass(frozen=True)
class Objection:
    """Why an owner cannot take a lead. `passing`: for the time being only."""

    because: str
    passing: bool = False


@dataclass(frozen=True)
class Market:
    """Everybody who may take leads, and from where."""

    atlas: Atlas
    owners: Owners
    #: Tried in this order when no territory has a taker; the last one always takes the lead.
    fall_back: tuple[str, ...]


def first_objection(owner: Owner, wanted: Wanted, standings: Standings, closed: Closed = "hold") -> Objection | None:
    """The first reason why the owner cannot take the lead; None when they can."""
    standing = standings.get(owner.owner_id, NEW)
    if not owner.active:
        return Objection("paused", passing=True)
    if (paused := standing.paused(wanted.at)) is not None:
        return Objection(paused, passing=True)
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
    if (away := owner.calendar.absence(owner.calendar.day(wanted.at))) is not None:
        return Objection(f"{away.because} until {away.last}", passing=True)
    if (full := standing.full(owner.caps)) is not None:
        return Objection(full, passing=True)
    if closed == "pass_on" and (shut := owner.calendar.closed(wanted.at)) is not None:
        return Objection(f"closed: {shut}", passing=True)
    return None


def serving_territory(market: Market, wanted: Wanted, standings: Standings) -> Territory | None:
    """The most specific territory in which somebody can take the lead."""
    return _first_able(market.atlas.covering(wanted.demand), market.owners, wanted, standings)


def able_in(territory: Territory, owners: Owners, wanted: Wanted, standings: Standings) -> list[str]:
    """Owners of a territory who can take the lead, in the order of the list."""
    return [
        name for name in territory.owners if first_objection(owners[name], wanted, standings, territory.closed) is None
    ]


def away_in(territory: Territory, owners: Owners, wanted: Wanted, standings: Standings) -> set[str]:
    """Owners of a territory who cannot for the time being: they do not catch up on what they miss."""
    objections = {name: first_objection(owners[name], wanted, standings, territory.closed) for name in territory.owners}
    return {name for name, objection in objections.items() if objection is not None and objection.passing}


def able_rep(owners: Owners, wanted: Wanted, standings: Standings) -> Owner | None:
    """The account's own rep, when they are still there and can take the lead."""
    rep = owners.get(wanted.rep) if wanted.rep else None
    return rep if rep is not None and first_objection(rep, wanted, standings) is None else None


def choose(market: Market, wanted: Wanted, turns: Turns, standings: Standings) -> Choice:
    """The owner of a sales-ready lead.

    The account's own rep comes first, wherever the prospect is now; then the most specific territory with somebody who
    can, by its strategies; then the fall-back. `turns` are those of `serving_territory(…)`. The same arguments give the
    same choice.
    """
    covering = market.atlas.covering(wanted.demand)
    rep = able_rep(market.owners, wanted, standings)
    if rep is not None:
        return _for_the_rep(rep, market, covering, wanted)
    serving = _first_able(covering, market.owners, wanted, standings)
    if serving is not None:
        chosen = pick(serving, able_in(serving, market.owners, wanted, standings), turns, standings)
    else:
        able = [name for name in market.fall_back if first_objection(market.owners[name], wanted, standings) is None]
        chosen = able[0] if able else market.fall_back[-1]
    considered = _considered(market, covering, wanted, market.fall_back if serving is None else ())
    if wanted.rep is not None and wanted.rep in market.owners:
        considered[wanted.rep] = _REP
    candidates = tuple(
        _candidate(market.owners[name], where, name == chosen, wanted, serving, standings)
        for name, where in considered.items()
    )
    return Choice(chosen, serving.territory_id if serving else None, candidates, _held(market.owners[chosen], wanted))


def without_competition(owner: Owner, because: str) -> Choice:
    """The choice where the occasion itself names the owner."""
    return Choice(owner.owner_id, None, (Candidate(owner.owner_id, owner.name, True, because),))


def _held(owner: Owner, wanted: Wanted) -> datetime | None:
    if owner.calendar.closed(wanted.at) is None:
        return None
    return owner.calendar.opening(wanted.at)


def _first_able(
    covering: Sequence[Territory], owners: Owners, wanted: Wanted, standings: Standings
) -> Territory | None:
    return next((one for one in covering if able_in(one, owners, wanted, standings)), None)


def _for_the_rep(rep: Owner, market: Market, covering: Sequence[Territory], wanted: Wanted) -> Choice:
    others = [name for name in _considered(market, covering, wanted, ()) if name != rep.owner_id]
    because = "the account's own rep comes first"
    return Choice(
        rep.owner_id,
        None,
        (
            Candidate(rep.owner_id, rep.name, True, "serves this account already"),
            *(Candidate(name, market.owners[name].name, False, because) for name in others),
        ),
        _held(rep, wanted),
    )


# --- explaining ------------------------------------------------------------------------------------------------------

#: Where somebody was looked for who has no territory in common with the lead.
_OUTSIDE, _FALL_BACK, _REP = "outside", "fall-back", "rep"


def _considered(
    market: Market, covering: Sequence[Territory], wanted: Wanted, fall_back: Sequence[str]
) -> dict[str, Territory | str]:
    """Whom to explain: owners of the covering territories, the fall-back where it was needed, then those nearby."""
    considered: dict[str, Territory | str] = {}
    for territory in covering:
        _look_at(considered, territory.owners, territory)
    _look_at(considered, fall_back, _FALL_BACK)
    nearby: dict[str, Territory | str] = {}
    for territory in market.atlas.near(wanted.place):
        _look_at(nearby, (name for name in territory.owners if name not in considered), _OUTSIDE)
        if len(nearby) >= MOST_NEARBY:
            break
    return considered | dict(list(nearby.items())[:MOST_NEARBY])


def _look_at(considered: dict[str, Territory | str], names: Iterable[str], where: Territory | str) -> None:
    for name in names:
        considered.setdefault(name, where)


def _candidate(
    owner: Owner, where: Territory | str, chosen: bool, wanted: Wanted, serving: Territory | None, standings: Standings
) -> Candidate:
    because = _why_chosen(wanted, serving) if chosen else _why_not(owner, where, wanted, serving, standings)
    return Candidate(owner.owner_id, owner.name, chosen, because)


def _why_not(
    owner: Owner, where: Territory | str, wanted: Wanted, serving: Territory | None, standings: Standings
) -> str:
    if where == _OUTSIDE:
        return "outside territory"
    closed = where.closed if isinstance(where, Territory) else "hold"
    objection = first_objection(owner, wanted, standings, closed)
    if objection is not None:
        return f"serves this account, but: {objection.because}" if where == _REP else objection.because
    if where == _FALL_BACK:
        return "another fall-back comes first"
    if where != serving or serving is None:
        return "a more specific territory comes first"
    return "not their turn" if serving.by[0] == "weighted" else f"another comes first by {_said(serving)}"


def _why_chosen(wanted: Wanted, serving: Territory | None) -> str:
    if serving is not None:
        if len(serving.owners) == 1:
            return f"territory {serving.territory_id}"
        how = "their turn" if serving.by[0] == "weighted" else f"first by {_said(serving)}"
        return f"territory {serving.territory_id}, {how}"
    if wanted.had_before:
        return "fall-back: no other candidate is left"
    return "fall-back: nobody sells this there" if wanted.place.country else "fall-back: the address is unknown"


_WORDS = {"priority": "priority", "least_loaded": "open leads", "best": "results", "weighted": "turn"}


def _said(territory: Territory) -> str:
    return ", then ".join(_WORDS[strategy] for strategy in territory.by)
