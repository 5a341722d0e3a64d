"""Where postcodes lie: county and position, from the ZIP code table that comes with the package `zipcodes`."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from sys import intern
from typing import NamedTuple

import zipcodes

from services.router.domain.territory import Place, Point


class Spot(NamedTuple):
    """What is known of one ZIP code."""

    county: str | None
    point: Point


def locate(place: Place) -> Place:
    """The place with county and position, where its postcode tells them: in the United States."""
    spot = spots().get((place.postcode or "")[:5]) if place.country == "US" else None
    return replace(place, county=spot.county, point=spot.point) if spot else place


@lru_cache(maxsize=1)
def spots() -> Mapping[str, Spot]:
    """Every ZIP code with its county, as "IA/Story County", and position. About 8 MB, read when first asked."""
    found: dict[str, Spot] = {}
    for entry in zipcodes.filter_by():  # type: ignore[no-untyped-call]
        county = intern(f"{entry['state']}/{entry['county']}") if entry["county"] else None
        found.setdefault(entry["zip_code"], Spot(county, (float(entry["lat"]), float(entry["long"]))))
    return found


def states() -> Mapping[str, str]:
    """The state of every ZIP code that has one in the table."""
    return {entry["zip_code"]: entry["state"] for entry in zipcodes.filter_by()}  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1)
def counties() -> frozenset[str]:
    """Every county, as territories name it."""
    return frozenset(spot.county for spot in spots().values() if spot.county)
