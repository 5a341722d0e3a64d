"""Territories: which part of the world belongs to whom. The more specific one comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a prospect is, as far as it is known; codes as in contracts (ISO 3166)."""

    country: str | None = None
    state: str | None = None
    postcode: str | None = None


@dataclass(frozen=True)
class Territory:
    """One area and the owners who take its leads in turn.

    With `postcodes` (prefixes) it is that part of the country, and `states` only say where it lies; else with `states`
    it is those states, else the country.
    """

    territory_id: str
    country: str
    owners: tuple[str, ...]
    states: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()
    #: Product lines this entry is for; empty means all.
    products: frozenset[str] = frozenset()

    def precedence(self, place: Place, products: frozenset[str]) -> tuple[int, int] | None:
        """How specifically this territory covers the place and products; None when it does not.

        A longer postcode prefix beats a shorter one, which beats a state, which beats the country; within the same
        area an entry for the product line beats one for all lines.
        """
        if self.country != place.country or (self.products and not self.products & products):
            return None
        area = self._area(place)
        return None if area is None else (area, 1 if self.products else 0)

    def _area(self, place: Place) -> int | None:
        if self.postcodes:
            code = compact(place.postcode)
            lengths = [len(prefix) for prefix in self.postcodes if code.startswith(prefix)]
            return 10 + max(lengths) if lengths else None
        if self.states:
            return 1 if place.state in self.states else None
        return 0

    def near(self, place: Place) -> bool:
        """Whether it lies in the same state."""
        return self.country == place.country and place.state in self.states


def matching(territories: Iterable[Territory], place: Place, products: frozenset[str]) -> list[Territory]:
    """The territories that cover the place for these products, the most specific first."""
    ranked = [(territory.precedence(place, products), territory) for territory in territories]
    covering = [(rank, territory) for rank, territory in ranked if rank is not None]
    return [territory for _, territory in sorted(covering, key=lambda pair: pair[0], reverse=True)]


def ambiguities(territories: Sequence[Territory]) -> list[tuple[str, str, str]]:
    """Pairs of territories of the same precedence that claim the same area: (one, other, area)."""
    seen: dict[tuple[str, str], list[Territory]] = {}
    found = []
    for territory in territories:
        for area in _areas(territory):
            others = seen.setdefault((territory.country, area), [])
            for other in others:
                if _same_products(territory, other):
                    found.append((other.territory_id, territory.territory_id, area))
            others.append(territory)
    return found


def compact(postcode: str | None) -> str:
    """A postcode without spaces and hyphens, in capitals: "k1a 0b1" becomes "K1A0B1"."""
    return (postcode or "").replace(" ", "").replace("-", "").upper()


def _areas(territory: Territory) -> list[str]:
    if territory.postcodes:
        return [f"postcode {prefix}" for prefix in sorted(territory.postcodes)]
    if territory.states:
        return [f"state {state}" for state in sorted(territory.states)]
    return [f"country {territory.country}"]


def _same_products(one: Territory, other: Territory) -> bool:
    if not one.products or not other.products:
        return one.products == other.products
    return bool(one.products & other.products)
