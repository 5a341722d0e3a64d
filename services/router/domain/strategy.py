"""Who of several able owners gets a lead: ordered strategies, each deciding what the one before left equal."""

from collections.abc import Callable, Mapping, Sequence

from services.router.domain.standing import NEW, Standing
from services.router.domain.territory import Strategy, Territory
from services.router.domain.turns import Turns, next_in_turn

Standings = Mapping[str, Standing]
#: The smaller, the better.
Key = Callable[[str], tuple[float, ...]]

#: Rates this close to each other count as equal: a difference of one sale among twenty says nothing.
CLOSE_RATE_STEP = 0.05


def pick(territory: Territory, able: Sequence[str], turns: Turns, standings: Standings) -> str:
    """The owner of `able`, listed in the territory's order, whom its strategies choose.

    What all strategies leave equal is decided by turns by weight, and the order of the list.
    """
    left = list(able)
    for strategy in territory.by:
        if strategy == "weighted":
            break
        key = _keys(strategy, territory, standings)
        best = min(key(name) for name in left)
        left = [name for name in left if key(name) == best]
    return next_in_turn(left, turns, territory.weights)


def needs_turns(territory: Territory) -> bool:
    """Whether more than one owner takes its leads."""
    return len(territory.owners) > 1


def needs_performance(territory: Territory) -> bool:
    """Whether it matters how well its owners did."""
    return "best" in territory.by


def _keys(strategy: Strategy, territory: Territory, standings: Standings) -> Key:
    def standing(name: str) -> Standing:
        return standings.get(name, NEW)

    keys: dict[Strategy, Key] = {
        "priority": lambda name: (territory.priorities.get(name, 1),),
        "least_loaded": lambda name: (standing(name).open / territory.weights.get(name, 1),),
        "best": lambda name: (
            -round(standing(name).close_rate / CLOSE_RATE_STEP),
            _in_days(standing(name).hours_to_contact),
        ),
    }
    return keys[strategy]


def _in_days(hours: float | None) -> float:
    """Whole days; who never contacted anybody stands between the quick and the slow."""
    return 1 if hours is None else hours // 24
