"""Whether a territory has as many owners as its leads need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.router.domain.owner import Owner, Owners
from services.router.domain.rules import Rules

#: From this part of what owners take on a territory is understaffed; up to that one it is overstaffed.
FULL, EMPTY = 0.9, 0.2
#: Shares of leads that somebody could not take for lack of room, or let lapse, that are too many, and from how many on.
TOO_MANY, AT_LEAST = 0.1, 5


@dataclass(frozen=True)
class Load:
    """An owner in some days: leads given, of them let lapse, and leads that they were too full to take."""

    given: int = 0
    lapsed: int = 0
    refused_full: int = 0


@dataclass(frozen=True)
class Staffing:
    """How a territory stood in some days. `capacity` is None where one of its owners states none."""

    territory: str
    given: int
    capacity: float | None
    lapsed: int
    refused_full: int
    verdict: str
    because: str


def capacity(owner: Owner, since: datetime, days: int) -> float | None:
    """How many leads an owner takes in so many days at most, by their limits and the days they work; None: no limit."""
    first = owner.calendar.day(since)
    at_work = sum(owner.calendar.day_off(first + timedelta(days=number)) is None for number in range(days))
    limits = [
        owner.caps.day * at_work if owner.caps.day is not None else None,
        owner.caps.week * days / 7 if owner.caps.week is not None else None,
        owner.caps.month * days / 30 if owner.caps.month is not None else None,
    ]
    return min((limit for limit in limits if limit is not None), default=None)


def staffing(
    rules: Rules, given: Mapping[str, int], loads: Mapping[str, Load], since: datetime, days: int
) -> list[Staffing]:
    """Every territory. `given` counts the leads of each; `loads` are of owners, wherever their leads came from."""
    found = []
    for one in rules.territories:
        active = {name: rules.owners[name] for name in one.owners if rules.owners[name].active}
        them = [loads.get(name, Load()) for name in active]
        found.append(_judged(one.territory_id, given.get(one.territory_id, 0), them, _together(active, since, days)))
    return found


def _together(owners: Owners, since: datetime, days: int) -> float | None:
    each = [capacity(owner, since, days) for owner in owners.values()]
    return None if not each or None in each else sum(limit for limit in each if limit is not None)


def _judged(territory: str, given: int, loads: list[Load], capacity: float | None) -> Staffing:
    load = sum(one.given for one in loads)
    lapsed, refused = sum(one.lapsed for one in loads), sum(one.refused_full for one in loads)
    verdict, because = "fits", f"{load} leads for its owners"
    if refused >= AT_LEAST and refused >= TOO_MANY * (load + refused):
        verdict, because = "understaffed", f"{refused} times an owner was full"
    elif capacity and load >= FULL * capacity:
        verdict, because = "understaffed", f"{load} leads of {capacity:.0f} that its owners take"
    elif lapsed >= AT_LEAST and lapsed >= TOO_MANY * load:
        verdict, because = "understaffed", f"{lapsed} of {load} leads lapsed"
    elif capacity and load <= EMPTY * capacity:
        verdict, because = "overstaffed", f"{load} leads of {capacity:.0f} that its owners take"
    return Staffing(territory, given, capacity, lapsed, refused, verdict, because)
