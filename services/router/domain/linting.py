"""Proves what territories leave open: gaps, dead entries, claims that only the order of the file settles."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.router.domain.rules import Rules
from services.router.domain.territory import Demand, Place, Territory

ANY_PRODUCT = "no product in particular"


@dataclass
class Findings:
    """What a walk over all places showed. A place is a postcode with its state; counts are places by products."""

    places: int = 0
    #: By state: places in which, for these products, only the fall-back takes a lead.
    gaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Of them, those in which nobody of the fall-back sells them either: only marketing, at its end, has them.
    ownerless: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Pairs of territories of the same rank: the file's order alone decides.
    ties: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Places by the owner who would be asked first, shared places by weight.
    load: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)

    def dead(self, rules: Rules) -> list[str]:
        """Territories that no lead ever reaches, whoever is paused; not those that a walk cannot reach."""
        return [
            one.territory_id
            for one in rules.territories
            if one.territory_id not in self.used and not one.accounts and one.when is None
        ]


def unproved(rules: Rules) -> list[str]:
    """Territories under a condition: whether it ever holds is not to be told from here."""
    return [one.territory_id for one in rules.territories if one.when is not None]


def idle(rules: Rules) -> list[str]:
    """Active owners whom no rule ever gives a lead."""
    named = {name for one in rules.territories for name in one.owners}
    named |= {*rules.market.fall_back, *rules.market.call_centres, *rules.screeners.values(), rules.unready}
    named |= {deputy for name in named if (deputy := rules.owners[name].deputy) is not None}
    return [name for name, owner in rules.owners.items() if owner.active and name not in named]


def products_of(rules: Rules) -> list[str | None]:
    """Every product that somebody sells, and none in particular."""
    sold = {product for owner in rules.owners.values() for product in owner.products}
    return [None, *sorted(sold | {product for one in rules.territories for product in one.products})]


def industries_of(rules: Rules) -> list[str | None]:
    """Every industry that a territory or an owner is for, and none told."""
    named = {each for one in rules.territories for each in one.industries}
    return [None, *sorted(named | {each for owner in rules.owners.values() for each in owner.industries})]


def places_abroad(rules: Rules, home: str) -> list[Place]:
    """A place for each part of another country that a territory names, and one for the rest of each."""
    found: dict[Place, None] = {}
    for one in rules.territories:
        if one.country is None or one.country == home:
            continue
        states: list[str | None] = [*sorted(one.states)] or [None]
        found |= dict.fromkeys(Place(one.country, state) for state in (None, *states))
        found |= dict.fromkeys(Place(one.country, states[0], prefix) for prefix in sorted(one.postcodes))
        for name in sorted(one.cities):
            state, _, city = name.partition("/")
            found[Place(one.country, state or None, None, city)] = None
    return list(found)


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
    able = _able_territories(rules, rules.atlas.covering(demand), demand)
    if not able:
        _note_gap(findings, rules, demand)
        return
    serving, names = able[0]
    # Those behind it count as used too: they take over when its owners are paused, full or had the lead before.
    findings.used.update(territory.territory_id for territory, _ in able)
    if len(able) > 1 and serving.rank(demand) == able[1][0].rank(demand):
        findings.ties[serving.territory_id, able[1][0].territory_id] += 1
    whole = sum(serving.weights.get(name, 1) for name in names)
    for name in names:
        findings.load[_handed_down(findings, rules, name, demand)] += serving.weights.get(name, 1) / whole  # type: ignore[assignment]


def _note_gap(findings: Findings, rules: Rules, demand: Demand) -> None:
    key = (demand.place.state or demand.place.country or "?", ", ".join(demand.products) or ANY_PRODUCT)
    findings.gaps[key] += 1
    if not any(takes(rules, name, demand) for name in rules.market.fall_back[:-1]):
        findings.ownerless[key] += 1


def _handed_down(findings: Findings, rules: Rules, name: str, demand: Demand) -> str:
    """Who has it in the end: the first sub-dealer, where a distributor's territories hand it down."""
    atlas = rules.market.below.get(name)
    below = _able_territories(rules, atlas.covering(demand), demand) if atlas is not None else []
    findings.used.update(territory.territory_id for territory, _ in below)
    if len(below) > 1 and below[0][0].rank(demand) == below[1][0].rank(demand):
        findings.ties[below[0][0].territory_id, below[1][0].territory_id] += 1
    return below[0][1][0] if below else name


def _able_territories(rules: Rules, covering: Iterable[Territory], demand: Demand) -> list[tuple[Territory, list[str]]]:
    """Those with owners who take such leads on an ordinary day."""
    looked = ((one, [name for name in one.owners if takes(rules, name, demand)]) for one in covering)
    return [(one, names) for one, names in looked if names]


def takes(rules: Rules, name: str, demand: Demand) -> bool:
    """Whether an owner takes such leads on an ordinary day."""
    owner = rules.owners[name]
    return (
        owner.active
        and owner.sells_any_of(demand.products)
        and (not owner.industries or demand.industry in owner.industries)
    )
