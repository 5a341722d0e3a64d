"""`python -m tests.bench.choosing`: what the choice of an owner costs, among 10 to 10,000 owners and all ZIP codes.

Owners have circles around their towns, counties, states, products, hours and limits, several of them in each place.
Leads come from random ZIP codes. Every choice is explained in full. No database: it measures the decision itself,
in CPU time of one process, beside the same by looking at each territory in turn for one lead in a hundred.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours
from rich.console import Console
from rich.table import Table

from services.router import gazetteer
from services.router.domain.calendar import Calendar
from services.router.domain.choice import Market, Wanted, choose, first_objection
from services.router.domain.owner import Owner
from services.router.domain.standing import Caps, Standing
from services.router.domain.territory import Atlas, Circle, Place, Territory
from services.router.domain.turns import turns_after

PRODUCTS = ("compact-tractor", "zero-turn-mower", "grain-dryer", "feed-mixer")
ZONE = ZoneInfo("America/Chicago")
HOURS = OpeningHours("Mo-Fr 08:00-17:00; Sa 09:00-12:00", timezone=ZONE)
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Measured:
    """CPU time of one decision, and how many candidates it explains on average."""

    owners: int
    territories: int
    decisions: int
    cpu_us: float
    p99_us: float
    candidates: float
    #: The same by looking at every territory.
    floor_us: float


def main() -> int:
    """Prints a line for each number of owners; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.choosing", description=__doc__)
    parser.add_argument("--owners", type=int, nargs="+", default=[10, 1_000, 5_000, 10_000])
    parser.add_argument("--leads", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    found = [measured(number, given.leads) for number in given.owners]
    if given.json:
        json.dump([asdict(one) for one in found], sys.stdout, indent=2)
    else:
        _print(found)
    return 0


def measured(owners: int, leads: int) -> Measured:
    """Decides `leads` times among so many owners."""
    chance = random.Random(owners)
    market = made(owners, chance)
    wanted = [_wanted(chance) for _ in range(leads)]
    turns: dict[str, dict[str, int]] = {}
    standings = {name: Standing(today=chance.randrange(6), open=chance.randrange(40)) for name in market.owners}
    spent, candidates = [], 0
    for lead in wanted:
        began = time.process_time()
        choice = choose(market, lead, turns.get("all", {}), standings)
        spent.append(time.process_time() - began)
        candidates += len(choice.candidates)
        names = [choice.owner_id]
        turns["all"] = turns_after(names, (), turns.get("all", {}), {}, choice.owner_id)
    spent.sort()
    return Measured(
        owners=owners,
        territories=len(market.atlas.territories),
        decisions=leads,
        cpu_us=round(1e6 * sum(spent) / leads, 1),
        p99_us=round(1e6 * spent[int(0.99 * leads)], 1),
        candidates=round(candidates / leads, 1),
        floor_us=round(_floor(market, wanted[:: max(1, leads // 20)], standings), 1),
    )


def made(number: int, chance: random.Random) -> Market:
    """So many owners with territories of every kind, and three wide ones behind them."""
    towns = chance.choices(list(gazetteer.spots().items()), k=number)
    owners = {f"dealer-{place}": _dealer(f"dealer-{place}", chance) for place in range(number)}
    for name in ("desk", "marketing"):
        owners[name] = Owner(name, "marketing", name.title(), "a@b.example", "m@b.example")
    territories = [_own(f"dealer-{place}", spot, chance) for place, (_, spot) in enumerate(towns)]
    return Market(Atlas([*territories, Territory("us", "US", ("desk",))]), owners, ("marketing",))


def _dealer(name: str, chance: random.Random) -> Owner:
    products = frozenset(chance.sample(PRODUCTS, 3)) if chance.random() < 0.5 else frozenset()
    return Owner(
        name, "dealer", name.title(), "a@b.example", "m@b.example", products=products,
        calendar=Calendar(ZONE, HOURS), caps=Caps(day=5, open=50),
    )  # fmt: skip


def _own(name: str, spot: gazetteer.Spot, chance: random.Random) -> Territory:
    kind = chance.random()
    if kind < 0.6 or spot.county is None:
        return Territory(f"t-{name}", "US", (name,), circle=Circle(spot.point, chance.uniform(30, 120)))
    if kind < 0.9:
        return Territory(f"t-{name}", "US", (name,), counties=frozenset({spot.county}))
    return Territory(f"t-{name}", "US", (name,), states=frozenset({spot.county[:2]}), closed="pass_on")


def _wanted(chance: random.Random) -> Wanted:
    code = chance.choice(list(gazetteer.spots()))
    state = (gazetteer.spots()[code].county or "IA")[:2]
    return Wanted(
        gazetteer.locate(Place("US", state, code)),
        frozenset({chance.choice(PRODUCTS)}),
        {},
        score=60,
        rank="hot",
        at=NOW,
    )


def _floor(market: Market, wanted: list[Wanted], standings: dict[str, Standing]) -> float:
    """CPU microseconds of looking at each territory and owner for one lead."""
    began = time.process_time()
    for lead in wanted:
        ranked = [(one.rank(lead.demand), one) for one in market.atlas.territories]
        covering = sorted((rank, one.territory_id, one) for rank, one in ranked if rank is not None)
        for *_, territory in reversed(covering):
            if any(first_objection(market.owners[name], lead, standings) is None for name in territory.owners):
                break
    return 1e6 * (time.process_time() - began) / len(wanted)


def _print(found: list[Measured]) -> None:
    names = ("owners", "territories", "decisions", "CPU µs each", "p99 µs", "candidates explained", "µs without index")
    table = Table(*names, title="Choosing an owner")
    read: list[Callable[[Measured], float]] = [
        lambda one: one.owners, lambda one: one.territories, lambda one: one.decisions, lambda one: one.cpu_us,
        lambda one: one.p99_us, lambda one: one.candidates, lambda one: one.floor_us,
    ]  # fmt: skip
    for one in found:
        table.add_row(*(f"{each(one):,}" for each in read))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
