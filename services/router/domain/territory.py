"""Territories: which part of the world, of an industry or of the products is whose. The more specific comes first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import asin, cos, pi, radians, sin, sqrt
from typing import Any, Literal

from services.router.domain.price import Price
from shared.conditions import Condition

#: How the owners of a territory are told apart, in this order; see `domain.strategy`.
Strategy = Literal["priority", "least_loaded", "best", "weighted"]
WEIGHTED: tuple[Strategy, ...] = ("weighted",)
#: What happens outside an owner's hours: the lead waits with them, or goes to the next who is there.
Closed = Literal["hold", "pass_on"]

#: Latitude and longitude in degrees.
Point = tuple[float, float]
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Place:
    """Where a prospect is, as far as it is known; codes as in contracts (ISO 3166)."""

    country: str | None = None
    state: str | None = None
    postcode: str | None = None
    city: str | None = None
    #: Worked out from the postcode, with the state: "IA/Story County".
    county: str | None = None
    point: Point | None = None


@dataclass(frozen=True)
class Circle:
    """Everything within so many kilometres of a point."""

    centre: Point
    km: float

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside."""
        # A degree of latitude is 111 km anywhere: most points are told by that alone.
        if abs(point[0] - self.centre[0]) > self._degrees:
            return False
        lat, lon, along, limit = self._edge
        half = sin((radians(point[0]) - lat) / 2) ** 2
        return half + along * cos(radians(point[0])) * sin((radians(point[1]) - lon) / 2) ** 2 <= limit

    @cached_property
    def _degrees(self) -> float:
        return self.km / 111.0

    @cached_property
    def _edge(self) -> tuple[float, float, float, float]:
        """The centre in radians, and the haversine of the radius: what does not depend on the point."""
        lat, lon = map(radians, self.centre)
        return lat, lon, cos(lat), sin(min(pi / 2, self.km / (2 * EARTH_KM))) ** 2


@dataclass(frozen=True)
class Demand:
    """What a lead is about, as far as territories care."""

    place: Place
    products: frozenset[str] = frozenset()
    industry: str | None = None
    #: Names under which the prospect's company is known: folded name, mail domain, id.
    accounts: frozenset[str] = frozenset()
    #: What conditions may ask.
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Territory:
    """One area and the owners who take its leads.

    An area is named accounts, else postcodes (prefixes), else a circle, else cities, else counties, else states, else
    the country, else (without country) the world. `states` beside postcodes or a circle only say where it lies.
    """

    territory_id: str
    country: str | None
    owners: tuple[str, ...]
    states: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()
    #: Product lines this entry is for; empty means all.
    products: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    circle: Circle | None = None
    accounts: frozenset[str] = frozenset()
    #: Industries this entry is for; empty means all.
    industries: frozenset[str] = frozenset()
    when: Condition | None = None
    #: Raises it above others of the same area; 0 for most.
    precedence: int = 0
    by: tuple[Strategy, ...] = WEIGHTED
    weights: Mapping[str, int] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)
    closed: Closed = "hold"
    #: How many owners work on a lead of it; one alone is responsible.
    share: int = 1
    price: Price | None = None
    #: The distributor whose sub-dealers take its leads.
    of: str | None = None

    def rank(self, demand: Demand) -> tuple[float, ...] | None:
        """How specifically this territory covers what a lead is about, to be compared; None when it does not.

        The area decides first, then the company's own precedence, then whether it is for this industry, for these
        products, and under a condition that holds.
        """
        if self.products and not self.products & demand.products:
            return None
        if self.industries and demand.industry not in self.industries:
            return None
        area = self._area(demand)
        if area is None or (self.when is not None and not self.when.holds(demand.facts)):
            return None
        return area + self._named

    @cached_property
    def _named(self) -> tuple[float, ...]:
        return self.precedence, bool(self.industries), bool(self.products), self.when is not None

    def _area(self, demand: Demand) -> tuple[float, float] | None:
        place = demand.place
        if self.accounts:
            return (7, 0) if self.accounts & demand.accounts else None
        if self.country is None:
            return (0, 0)
        if self.country != place.country:
            return None
        if self.postcodes:
            code = compact(place.postcode)
            lengths = [len(prefix) for prefix in self.postcodes if code.startswith(prefix)]
            return (6, max(lengths)) if lengths else None
        if self.circle is not None:
            return (5, -self.circle.km) if place.point is not None and self.circle.holds(place.point) else None
        if self.cities:
            return (4, 0) if place.city is not None and folded_city(place.state, place.city) in self.cities else None
        if self.counties:
            return (3, 0) if place.county in self.counties else None
        if self.states:
            return (2, 0) if place.state in self.states else None
        return (1, 0)

    def near(self, place: Place) -> bool:
        """Whether it lies in the same state."""
        return self.country == place.country and place.state in self.states

    def index_keys(self) -> Iterator[tuple[str, ...]]:
        """The keys under which the index finds it."""
        if self.accounts:
            yield from (("account", name) for name in self.accounts)
        elif self.country is None:
            yield ("world",)
        elif self.postcodes:
            yield from (("postcode", self.country, prefix) for prefix in self.postcodes)
        elif self.circle is not None:
            yield from (("cell", *map(str, cell)) for cell in cells(self.circle))
        elif self.cities:
            yield from (("city", self.country, city) for city in self.cities)
        elif self.counties:
            yield from (("county", self.country, county) for county in self.counties)
        elif self.states:
            yield from (("state", self.country, state) for state in self.states)
        else:
            yield ("country", self.country)


class Atlas:
    """All territories, found by what a lead is about without looking at each."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        self.territories = tuple(territories)
        self._by_name = {one.territory_id: one for one in self.territories}
        self._by_key: dict[tuple[str, ...], list[Territory]] = {}
        self._by_state: dict[tuple[str | None, str], list[Territory]] = {}
        for territory in self.territories:
            for key in territory.index_keys():
                self._by_key.setdefault(key, []).append(territory)
            for state in territory.states:
                self._by_state.setdefault((territory.country, state), []).append(territory)

    def named(self, name: str) -> Territory | None:
        """The territory of this name."""
        return self._by_name.get(name)

    def covering(self, demand: Demand) -> list[Territory]:
        """The territories that cover it, the most specific first; among equals in the order of the file."""
        found: list[tuple[tuple[float, ...], Territory]] = []
        for key in _keys_of(demand):
            for territory in self._by_key.get(key, ()):
                rank = territory.rank(demand)
                if rank is not None:
                    found.append((rank, territory))
        found.sort(key=lambda pair: pair[0], reverse=True)
        # One that is listed under several keys, such as two accounts of the prospect, is one territory.
        return list({territory.territory_id: territory for _, territory in found}.values())

    def near(self, place: Place) -> Sequence[Territory]:
        """Territories in the same state."""
        return self._by_state.get((place.country, place.state or ""), ())


def ambiguities(territories: Sequence[Territory]) -> list[tuple[str, str, str]]:
    """Pairs of territories that claim the same area for the same leads, so that nothing says which comes first.

    As (one, other, area). Those under conditions are left out: whether both can hold is not to be told from here.
    """
    seen: dict[tuple[str, ...], list[Territory]] = {}
    found = []
    for territory in territories:
        if territory.when is not None:
            continue
        for key in _areas(territory):
            others = seen.setdefault(key, [])
            for other in others:
                if _same_leads(territory, other):
                    found.append((other.territory_id, territory.territory_id, " ".join(key[:1] + key[2:])))
            others.append(territory)
    return found


def compact(postcode: str | None) -> str:
    """A postcode without spaces and hyphens, in capitals: "k1a 0b1" becomes "K1A0B1"."""
    return (postcode or "").replace(" ", "").replace("-", "").upper()


def folded_city(state: str | None, city: str) -> str:
    """A city as territories name it: "IA/ames"."""
    return f"{state or ''}/{' '.join(city.casefold().split())}"


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def cells(circle: Circle) -> set[tuple[int, int]]:
    """The whole degrees of latitude and longitude that a circle may touch."""
    (lat, lon), high = circle.centre, circle.km / 111.0
    # At the edge nearest to the pole a degree of longitude is the shortest.
    wide = high / max(0.01, cos(radians(min(89.0, abs(lat) + high))))
    return {
        (row, column)
        for row in range(int((lat - high) // 1), int((lat + high) // 1) + 1)
        for column in range(int((lon - wide) // 1), int((lon + wide) // 1) + 1)
    }


def _keys_of(demand: Demand) -> Iterator[tuple[str, ...]]:
    """Every key under which a covering territory may be found."""
    place = demand.place
    yield from (("account", name) for name in sorted(demand.accounts))
    yield ("world",)
    if place.country is None:
        return
    code = compact(place.postcode)
    yield from (("postcode", place.country, code[:length]) for length in range(1, len(code) + 1))
    if place.point is not None:
        yield ("cell", str(int(place.point[0] // 1)), str(int(place.point[1] // 1)))
    if place.city is not None:
        yield ("city", place.country, folded_city(place.state, place.city))
    if place.county is not None:
        yield ("county", place.country, place.county)
    if place.state is not None:
        yield ("state", place.country, place.state)
    yield ("country", place.country)


def _areas(territory: Territory) -> Iterator[tuple[str, ...]]:
    if territory.circle is not None and not territory.accounts and not territory.postcodes:
        # Two circles overlap by their nature; the smaller one comes first, and equal ones in the order of the file.
        yield ("circle", str(territory.country), str(territory.circle))
        return
    for key in territory.index_keys():
        yield key if len(key) > 2 or key[0] in ("world",) else (key[0], "", key[1])


def _same_leads(one: Territory, other: Territory) -> bool:
    return (
        one.precedence == other.precedence
        and _overlap(one.products, other.products)
        and _overlap(one.industries, other.industries)
    )


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both are for all, or for some of the same; one for all and one for some have an order."""
    if not one or not other:
        return one == other
    return bool(one & other)
