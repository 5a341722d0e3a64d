"""Proves what territories leave open: gaps, dead entries, claims that only the order of the file settles."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.router.domain.rules import Rules
from services.router.domain.territory import Demand, Place, Territory


@dataclass
class Findings:
    """What a walk over all places showed. A place is a postcode with its state; counts are places by products."""

    places: int = 0
    #: By state: places in which, for these products, only the fall-back takes a lead.
    gaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Pairs of territories of the same rank: the file's order alone decides.
    ties: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Places by the owner who would be asked first, shared places by weight.
    load: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)

    def dead(self, rules: Rules) -> list[str]:
        """Territories within the walked country that no lead ever reaches, whoever is paused."""
        return [one.territory_id for one in rules.atlas.territories if one.territory_id not in self.used]


def walk(
    rules: Rules, places: Iterable[Place], products: Iterable[str | None], industries: Iterable[str | None]
) -> Iterator[Findings]:
    """Asks for every place, product and industry who would take it; yields the growing findings after each place."""
    findings, kinds = Findings(), [(product, industry) for product in products for industry in industries]
    for place in places:
        findings.places += 1
        for product, industry in kinds:
            _look(findings, rules, Demand(place, frozenset({product} if product else ()), industry))
        yield findings


def _look(findings: Findings, rules: Rules, demand: Demand) -> None:
    covering = rules.atlas.covering(demand)
    able = [(territory, names) for territory in covering if (names := _able(rules, territory, demand))]
    product = ", ".join(demand.products) or "no product in particular"
    if not able:
        findings.gaps[demand.place.state or "?", product] += 1
        return
    serving, names = able[0]
    # Those behind it count as used too: they take over when its owners are paused, full or had the lead before.
    findings.used.update(territory.territory_id for territory, _ in able)
    if len(able) > 1 and serving.rank(demand) == able[1][0].rank(demand):
        findings.ties[serving.territory_id, able[1][0].territory_id] += 1
    whole = sum(serving.weights.get(name, 1) for name in names)
    for name in names:
        findings.load[name] += serving.weights.get(name, 1) / whole  # type: ignore[assignment]


def _able(rules: Rules, territory: Territory, demand: Demand) -> list[str]:
    """Owners who take such leads on an ordinary day."""
    return [
        name
        for name in territory.owners
        if (owner := rules.owners[name]).active
        and owner.sells_any_of(demand.products)
        and (not owner.industries or demand.industry in owner.industries)
    ]
