"""The choice of an owner, with a reason for everybody who was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.router.domain.owner import Owner, Owners
from services.router.domain.territory import Place, Territory, matching

#: How many leads each owner of a territory has been given.
Turns = Mapping[str, int]


@dataclass(frozen=True)
class Wanted:
    """What a lead asks of an owner."""

    place: Place
    products: frozenset[str]
    #: Why an owner who had this lead before does not get it again: {"hawkeye": "declined"}.
    had_before: Mapping[str, str]
    #: Who accepted the last lead of this company or person: a known account keeps its rep.
    rep: str | None = None


@dataclass(frozen=True)
class Candidate:
    """One owner that was looked at, and why they were or were not chosen."""

    owner_id: str
    name: str
    chosen: bool
    because: str


@dataclass(frozen=True)
class Choice:
    """Who gets the lead. `territory` is None when the fall-back had to take it."""

    owner_id: str
    territory: str | None
    candidates: tuple[Candidate, ...]


def first_objection(owner: Owner, wanted: Wanted) -> str | None:
    """The first reason why the owner cannot take the lead; None when they can."""
    if not owner.active:
        return "paused"
    if not owner.sells_any_of(wanted.products):
        return f"does not sell {' or '.join(sorted(wanted.products))}"
    if owner.owner_id in wanted.had_before:
        return f"had it before: {wanted.had_before[owner.owner_id]}"
    return None


def serving_territory(territories: Sequence[Territory], owners: Owners, wanted: Wanted) -> Territory | None:
    """The most specific territory in which somebody can take the lead."""
    for territory in matching(territories, wanted.place, wanted.products):
        if any(first_objection(owners[owner_id], wanted) is None for owner_id in territory.owners):
            return territory
    return None


def choose(
    territories: Sequence[Territory],
    owners: Owners,
    fall_back: Sequence[str],
    wanted: Wanted,
    turns: Turns,
) -> Choice:
    """The owner of a sales-ready lead.

    The account's own rep comes first, wherever the prospect is now. `fall_back` is tried in its order when no territory
    has a taker; its last entry always takes the lead. `turns` are those of `serving_territory(…)`. The same arguments
    give the same choice.
    """
    rep = able_rep(owners, wanted)
    if rep is not None:
        return _for_the_rep(rep, territories, owners, wanted)
    serving = serving_territory(territories, owners, wanted)
    if serving is not None:
        chosen = whose_turn(serving, owners, wanted, turns)
    else:
        able = [name for name in fall_back if first_objection(owners[name], wanted) is None]
        chosen = able[0] if able else fall_back[-1]
    considered = _considered(territories, fall_back, wanted, serving)
    if wanted.rep is not None and wanted.rep in owners:
        considered[wanted.rep] = _REP
    candidates = tuple(
        Candidate(owner_id, owners[owner_id].name, True, _why_chosen(wanted, serving))
        if owner_id == chosen
        else Candidate(owner_id, owners[owner_id].name, False, _why_not(owners[owner_id], territory, wanted, serving))
        for owner_id, territory in considered.items()
    )
    return Choice(chosen, serving.territory_id if serving else None, candidates)


def able_rep(owners: Owners, wanted: Wanted) -> Owner | None:
    """The account's own rep, when they are still there and can take the lead."""
    rep = owners.get(wanted.rep) if wanted.rep else None
    return rep if rep is not None and first_objection(rep, wanted) is None else None


def whose_turn(territory: Territory, owners: Owners, wanted: Wanted, turns: Turns) -> str:
    """The able owner with the fewest turns; among equals the one who is listed first."""
    able = [owner_id for owner_id in territory.owners if first_objection(owners[owner_id], wanted) is None]
    return min(able, key=lambda owner_id: turns.get(owner_id, 0))


def turns_after(territory: Territory, owners: Owners, turns: Turns, chosen: str) -> dict[str, int]:
    """The turns once `chosen` has been given a lead.

    Who is new or was paused joins level with those who take part, so that nobody is flooded on the day they come back.
    """
    after = {owner_id: turns.get(owner_id, 0) for owner_id in territory.owners}
    taking_part = [turns[owner_id] for owner_id in territory.owners if owners[owner_id].active and owner_id in turns]
    level = min(taking_part, default=0)
    for owner_id in territory.owners:
        if owner_id not in turns or not owners[owner_id].active:
            after[owner_id] = max(after[owner_id], level)
    after[chosen] += 1
    return after


def without_competition(owner: Owner, because: str) -> Choice:
    """The choice where the occasion itself names the owner."""
    return Choice(owner.owner_id, None, (Candidate(owner.owner_id, owner.name, True, because),))


def _for_the_rep(rep: Owner, territories: Sequence[Territory], owners: Owners, wanted: Wanted) -> Choice:
    others = [name for name in _considered(territories, (), wanted, None) if name != rep.owner_id]
    return Choice(
        rep.owner_id,
        None,
        (
            Candidate(rep.owner_id, rep.name, True, "serves this account already"),
            *(Candidate(name, owners[name].name, False, "the account's own rep comes first") for name in others),
        ),
    )


#: Where somebody was looked for who has no territory in common with the lead.
_OUTSIDE, _FALL_BACK, _REP = "outside", "fall-back", "rep"


def _considered(
    territories: Sequence[Territory], fall_back: Sequence[str], wanted: Wanted, serving: Territory | None
) -> dict[str, Territory | str]:
    """Whom to explain: owners of the covering territories, the fall-back where it was needed, then those nearby."""
    considered: dict[str, Territory | str] = {}
    for territory in matching(territories, wanted.place, wanted.products):
        considered.update({owner_id: territory for owner_id in territory.owners if owner_id not in considered})
    if serving is None:
        considered.update({owner_id: _FALL_BACK for owner_id in fall_back if owner_id not in considered})
    for territory in territories:
        if territory.near(wanted.place):
            considered.update({owner_id: _OUTSIDE for owner_id in territory.owners if owner_id not in considered})
    return considered


def _why_not(owner: Owner, where: Territory | str, wanted: Wanted, serving: Territory | None) -> str:
    if where == _OUTSIDE:
        return "outside territory"
    objection = first_objection(owner, wanted)
    if objection is not None:
        return f"serves this account, but: {objection}" if where == _REP else objection
    if where == _FALL_BACK:
        return "another fall-back comes first"
    return "not their turn" if where == serving else "a more specific territory comes first"


def _why_chosen(wanted: Wanted, serving: Territory | None) -> str:
    if serving is not None:
        return f"territory {serving.territory_id}" + (", their turn" if len(serving.owners) > 1 else "")
    if wanted.had_before:
        return "fall-back: no other candidate is left"
    return "fall-back: nobody sells this there" if wanted.place.country else "fall-back: the address is unknown"
