"""The whole decision on one lead: chosen, shared, handed down, and every turn taken."""

from typing import Protocol

from services.router.domain.choice import away_in, hand_down, share
from services.router.domain.market import Choice
from services.router.domain.objecting import Wanted
from services.router.domain.rules import Rules
from services.router.domain.strategy import Standings
from services.router.domain.territory import Territory
from services.router.domain.turns import Turns, turns_after

#: Ends the name under which a territory's turns of sharing are counted.
SHARING = "/shared"


class TurnBook(Protocol):
    """Whose turn it was how often, by territory."""

    def read(self, name: str) -> Turns:
        """The turns of a territory."""

    def write(self, name: str, turns: Turns) -> None:
        """They are these from now on."""


def decide(rules: Rules, wanted: Wanted, standings: Standings, book: TurnBook) -> Choice:
    """Who gets the lead, and who shares it. `standings` are at least of `rules.may_take(wanted)`."""
    territory = rules.serving(wanted, standings)
    if territory is None:
        choice = rules.choose(wanted, {}, standings)
    else:
        choice = rules.choose(wanted, book.read(territory.territory_id), standings)
        _take_turn(rules, territory, choice, wanted, standings, book)
        choice = _shared(rules, territory, choice, wanted, standings, book)
    below = rules.serving_below(choice.owner_id, wanted, standings)
    if below is None:
        return choice
    down = hand_down(rules.market, choice, below, wanted, book.read(below.territory_id), standings)
    _take_turn(rules, below, down, wanted, standings, book)
    return _shared(rules, below, down, wanted, standings, book)


def _shared(
    rules: Rules, territory: Territory, choice: Choice, wanted: Wanted, standings: Standings, book: TurnBook
) -> Choice:
    """The choice with those who share the lead; whose turn it is to share is counted apart from whose turn it is."""
    if territory.share < 2:
        return choice
    name = f"{territory.territory_id}{SHARING}"
    turns = book.read(name)
    shared = share(rules.market, choice, territory, wanted, turns, standings)
    for owner in shared.further:
        turns = turns_after(territory.owners, (), turns, territory.weights, owner)
    book.write(name, turns)
    return shared


def _take_turn(
    rules: Rules, territory: Territory, choice: Choice, wanted: Wanted, standings: Standings, book: TurnBook
) -> None:
    if len(territory.owners) > 1:
        away = away_in(territory, rules.owners, wanted, standings)
        turn = choice.turn_of or choice.owner_id
        turns = turns_after(territory.owners, away, book.read(territory.territory_id), territory.weights, turn)
        book.write(territory.territory_id, turns)
