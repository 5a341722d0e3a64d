"""Explaining a choice: everybody who was looked at, each with the first reason that decided."""

from collections.abc import Iterable, Sequence

from services.router.domain.market import Candidate, Choice, Market, held_until
from services.router.domain.objecting import Look
from services.router.domain.territory import Territory

#: Whom nobody needs to explain: there may be hundreds of owners in one state.
MOST_NEARBY = 20
#: Where somebody was looked for who has no territory in common with the lead.
_OUTSIDE, _FALL_BACK, _REP = "outside", "fall-back", "rep"
_WORDS = {"priority": "priority", "least_loaded": "open leads", "best": "results", "weighted": "turn"}

Considered = dict[str, Territory | str]


def candidates(
    market: Market,
    look: Look,
    covering: Sequence[Territory],
    serving: Territory | None,
    chosen: str,
    turn: str | None,
) -> tuple[Candidate, ...]:
    """Everybody, where a territory or the fall-back takes the lead; `turn` is whose turn it was."""
    considered = _considered(market, look, covering, market.fall_back if serving is None else ())
    if look.wanted.rep is not None and look.wanted.rep in market.owners:
        considered[look.wanted.rep] = _REP
    considered.setdefault(chosen, serving or _FALL_BACK)
    return tuple(_candidate(market, look, name, where, serving, chosen, turn) for name, where in considered.items())


def of_territory(market: Market, look: Look, territory: Territory, chosen: str, turn: str) -> tuple[Candidate, ...]:
    """The owners of one territory alone, and who stands in for one of them."""
    considered: Considered = dict.fromkeys((*territory.owners, chosen), territory)
    return tuple(_candidate(market, look, name, where, territory, chosen, turn) for name, where in considered.items())


def for_the_rep(market: Market, look: Look, covering: Sequence[Territory], rep: str) -> Choice:
    """The choice of the account's own rep, or of who stands in for them."""
    own = look.wanted.rep or rep
    serves = "serves this account already"
    because = serves if rep == own else f"stands in for {market.owners[own].name}, who serves this account already"
    choice = _before_all(market, look, covering, rep, because, "the account's own rep comes first")
    objection = look.objection(own)
    if objection is None or rep == own:
        return choice
    away = Candidate(own, market.owners[own].name, False, f"serves this account, but: {objection.because}")
    others = tuple(one for one in choice.candidates[1:] if one.owner_id != own)
    return Choice(rep, None, (choice.candidates[0], away, *others), choice.held_until)


def for_a_call_centre(market: Market, look: Look, covering: Sequence[Territory], called: str) -> Choice:
    """The choice of a call centre for a lead that is for one."""
    return _before_all(
        market, look, covering, called, "qualification gives it to a call centre", "it is for a call centre first"
    )


def _before_all(
    market: Market, look: Look, covering: Sequence[Territory], first: str, because: str, others_because: str
) -> Choice:
    owner = market.owners[first]
    others = [name for name in _considered(market, look, covering, ()) if name != first]
    told = (Candidate(name, market.owners[name].name, False, others_because) for name in others)
    return Choice(first, None, (Candidate(first, owner.name, True, because), *told), held_until(owner, look.wanted.at))


def _considered(market: Market, look: Look, covering: Sequence[Territory], fall_back: Sequence[str]) -> Considered:
    """Whom to explain: owners of the covering territories, the fall-back where it was needed, then those nearby."""
    considered: Considered = {}
    for territory in covering:
        _look_at(considered, territory.owners, territory)
    _look_at(considered, fall_back, _FALL_BACK)
    nearby: Considered = {}
    for territory in market.atlas.near(look.wanted.place):
        for name in territory.owners:
            if name not in considered:
                nearby.setdefault(name, _OUTSIDE)
        if len(nearby) >= MOST_NEARBY:
            break
    return considered | dict(list(nearby.items())[:MOST_NEARBY])


def _look_at(considered: Considered, names: Iterable[str], where: Territory | str) -> None:
    for name in names:
        considered.setdefault(name, where)


def _candidate(
    market: Market,
    look: Look,
    name: str,
    where: Territory | str,
    serving: Territory | None,
    chosen: str,
    turn: str | None,
) -> Candidate:
    if name == chosen:
        because = _why_chosen(market, look, serving, turn, name)
    else:
        because = _why_not(market, look, name, where, serving, chosen, turn)
    return Candidate(name, market.owners[name].name, name == chosen, because)


def _why_not(
    market: Market,
    look: Look,
    name: str,
    where: Territory | str,
    serving: Territory | None,
    chosen: str,
    turn: str | None,
) -> str:
    if where is _OUTSIDE:
        return "outside territory"
    objection = look.objection(name, where.closed if isinstance(where, Territory) else "hold")
    if objection is not None:
        if name == turn:
            return f"{objection.because}: {market.owners[chosen].name} stands in"
        return f"serves this account, but: {objection.because}" if where is _REP else objection.because
    if where is _FALL_BACK:
        return "another fall-back comes first"
    if where is not serving or serving is None:
        return "a more specific territory comes first"
    return "not their turn" if serving.by[0] == "weighted" else f"another comes first by {_said(serving)}"


def _why_chosen(market: Market, look: Look, serving: Territory | None, turn: str | None, name: str) -> str:
    if serving is not None:
        if turn is not None and turn != name:
            return f"territory {serving.territory_id}, stands in for {market.owners[turn].name}"
        if len(serving.owners) == 1:
            return f"territory {serving.territory_id}"
        how = "their turn" if serving.by[0] == "weighted" else f"first by {_said(serving)}"
        return f"territory {serving.territory_id}, {how}"
    if look.wanted.had_before:
        return "fall-back: no other candidate is left"
    return "fall-back: nobody sells this there" if look.wanted.place.country else "fall-back: the address is unknown"


def _said(territory: Territory) -> str:
    return ", then ".join(_WORDS[strategy] for strategy in territory.by)
