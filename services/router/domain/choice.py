"""The choice of an owner, with a reason for everybody who was looked at."""

from collections.abc import Sequence
from dataclasses import replace

from services.router.domain import explaining
from services.router.domain.market import Candidate, Choice, Market, held_until
from services.router.domain.objecting import Look, Objection, Wanted, first_objection
from services.router.domain.owner import Owner, Owners
from services.router.domain.strategy import Standings, pick
from services.router.domain.territory import Territory
from services.router.domain.turns import Turns, next_in_turn, turns_after

__all__ = ["Candidate", "Choice", "Market", "Objection", "Wanted", "choose", "first_objection"]


def serving_territory(market: Market, wanted: Wanted, standings: Standings) -> Territory | None:
    """The most specific territory in which somebody can take the lead."""
    return _first_able(market.atlas.covering(wanted.demand), Look(market.owners, wanted, standings))


def away_in(territory: Territory, owners: Owners, wanted: Wanted, standings: Standings) -> set[str]:
    """Owners of a territory who cannot for the time being: they do not catch up on what they miss.

    Whose deputy stands in is not away.
    """
    look = Look(owners, wanted, standings)
    return {
        name
        for name in territory.owners
        if (objection := look.objection(name, territory.closed)) is not None
        and objection.passing
        and look.taker(name, territory.closed) is None
    }


def able_rep(owners: Owners, wanted: Wanted, standings: Standings) -> str | None:
    """Who serves the account: its own rep, or their deputy while they are away."""
    if wanted.rep is None or wanted.rep not in owners:
        return None
    return Look(owners, wanted, standings).taker(wanted.rep)


def able_call_centre(market: Market, wanted: Wanted, standings: Standings) -> str | None:
    """The call centre that works the lead, where qualification wants one to."""
    if wanted.party != "call_centre":
        return None
    look = Look(market.owners, wanted, standings)
    return next((name for name in market.call_centres if look.objection(name) is None), None)


def choose(market: Market, wanted: Wanted, turns: Turns, standings: Standings) -> Choice:
    """The owner of a sales-ready lead.

    The account's own rep comes first, wherever the prospect is now; then a call centre where the lead is for one; then
    the most specific territory with somebody who can, by its strategies; then the fall-back. `turns` are those of
    `serving_territory(…)`. The same arguments give the same choice.
    """
    look = Look(market.owners, wanted, standings)
    covering = market.atlas.covering(wanted.demand)
    rep = look.taker(wanted.rep) if wanted.rep is not None and wanted.rep in market.owners else None
    if rep is not None:
        return explaining.for_the_rep(market, look, covering, rep)
    if (called := able_call_centre(market, wanted, standings)) is not None:
        return explaining.for_a_call_centre(market, look, covering, called)
    serving = _first_able(covering, look)
    if serving is not None:
        turn = pick(serving, _able(serving, look), turns, standings)
        chosen = look.taker(turn, serving.closed) or turn
    else:
        turn, chosen = None, _fallen_back(market, look)
    candidates = explaining.candidates(market, look, covering, serving, chosen, turn)
    return Choice(
        chosen,
        serving.territory_id if serving else None,
        candidates,
        held_until(market.owners[chosen], wanted.at),
        turn,
    )


def hand_down(
    market: Market, choice: Choice, below: Territory, wanted: Wanted, turns: Turns, standings: Standings
) -> Choice:
    """The sub-dealer to whom the rules hand a distributor's lead down; `below` is their territory, `turns` are its."""
    look = Look(market.owners, wanted, standings)
    turn = pick(below, _able(below, look), turns, standings)
    chosen = look.taker(turn, below.closed) or turn
    distributor = market.owners[choice.owner_id]
    above = [replace(one, chosen=False, because=_hands_down(one, distributor)) for one in choice.candidates]
    own = explaining.of_territory(market, look, below, chosen, turn)
    known = {one.owner_id for one in own}
    return Choice(
        chosen,
        below.territory_id,
        (*own, *(one for one in above if one.owner_id not in known)),
        held_until(market.owners[chosen], wanted.at),
        turn,
    )


def serving_below(market: Market, distributor: str, wanted: Wanted, standings: Standings) -> Territory | None:
    """The territory of sub-dealers to whom the rules hand a distributor's lead down; None where they keep it."""
    atlas = market.below.get(distributor)
    if atlas is None:
        return None
    return _first_able(atlas.covering(wanted.demand), Look(market.owners, wanted, standings))


def share(
    market: Market, choice: Choice, territory: Territory, wanted: Wanted, turns: Turns, standings: Standings
) -> Choice:
    """The choice with those who share the lead, as many as the territory says; `turns` are those of sharing.

    An owner who takes leads alone shares none: neither their own nor those of others.
    """
    if territory.share < 2 or not market.owners[choice.owner_id].shares:
        return choice
    look = Look(market.owners, wanted, standings)
    left = [name for name in _able(territory, look) if market.owners[name].shares]
    left = [name for name in left if (look.taker(name, territory.closed) or name) != choice.owner_id]
    further: list[str] = []
    while left and len(further) + 1 < territory.share:
        turn = next_in_turn(left, turns, territory.weights)
        turns = turns_after(territory.owners, (), turns, territory.weights, turn)
        left.remove(turn)
        further.append(look.taker(turn, territory.closed) or turn)
    further = list(dict.fromkeys(further))
    told = tuple(
        replace(one, because=f"shares it, {further.index(one.owner_id) + 2} of {len(further) + 1}")
        if one.owner_id in further
        else one
        for one in choice.candidates
    )
    return replace(choice, candidates=told, further=tuple(further))


def without_competition(owner: Owner, because: str) -> Choice:
    """The choice where the occasion itself names the owner."""
    return Choice(owner.owner_id, None, (Candidate(owner.owner_id, owner.name, True, because),))


def _able(territory: Territory, look: Look) -> list[str]:
    """Owners of a territory who can take the lead, or whose deputy can, in the order of the list."""
    return [name for name in territory.owners if look.taker(name, territory.closed) is not None]


def _first_able(covering: Sequence[Territory], look: Look) -> Territory | None:
    return next((one for one in covering if any(look.taker(name, one.closed) is not None for name in one.owners)), None)


def _fallen_back(market: Market, look: Look) -> str:
    return next((name for name in market.fall_back if look.objection(name) is None), market.fall_back[-1])


def _hands_down(candidate: Candidate, distributor: Owner) -> str:
    return "hands it down to a sub-dealer" if candidate.owner_id == distributor.owner_id else candidate.because
