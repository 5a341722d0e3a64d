"""Reads the territories of territories.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from services.router import gazetteer
from services.router.company_prices import read_price
from services.router.domain.account import folded
from services.router.domain.owner import Owner
from services.router.domain.territory import (
    WEIGHTED,
    Circle,
    Closed,
    Strategy,
    Territory,
    ambiguities,
    compact,
    folded_city,
)
from services.router.domain.territory_facts import FACTS
from shared.company_file import CompanyError, Entry
from shared.conditions import Condition, ConditionError

FIELDS = (
    "id", "country", "states", "counties", "cities", "postcodes", "within", "accounts", "industries", "products",
    "when", "precedence", "owners", "by", "closed", "share", "price", "of",
)  # fmt: skip
#: A mile in kilometres.
MILE = 1.609344


@dataclass(frozen=True)
class Manner:
    """How owners are chosen where a territory does not say."""

    by: tuple[Strategy, ...] = WEIGHTED
    closed: Closed = "hold"


def read_territories(file: Entry, owners: Mapping[str, Owner]) -> tuple[Territory, ...]:
    """Every territory, in the order of the file. Raises CompanyError, also where two claim the same leads."""
    manner = _manner(file.child("choose"), Manner()) if "choose" in file.values else Manner()
    territories: dict[str, Territory] = {}
    for entry in file.children("territories"):
        territory = _territory(entry, owners, manner)
        if territory.territory_id in territories:
            raise entry.wrong("id", f"{territory.territory_id!r} is there twice")
        territories[territory.territory_id] = territory
    by_whom: dict[str | None, list[Territory]] = {}
    for territory in territories.values():
        by_whom.setdefault(territory.of, []).append(territory)
    for one, other, area in (found for listed in by_whom.values() for found in ambiguities(listed)):
        raise CompanyError(
            f"{file.name}: territories {one} and {other} both claim {area} for the same products: "
            "nothing says which comes first; give one of them a precedence"
        )
    return tuple(territories.values())


def _territory(entry: Entry, owners: Mapping[str, Owner], default: Manner) -> Territory:
    entry.only(*FIELDS)
    takers = _takers(entry, owners)
    if not any(owners[taker].active for taker in takers):
        raise entry.wrong("owners", "none of them is active")
    manner = _manner(entry, default)
    anywhere = bool(entry.texts("accounts")) or "country" not in entry.values
    country = (entry.optional("country") if anywhere else entry.text("country")) or ""
    return Territory(
        territory_id=entry.text("id"),
        country=country.upper() or None,
        owners=tuple(takers),
        states=frozenset(entry.texts("states")),
        postcodes=frozenset(prefix for text in entry.texts("postcodes") for prefix in _prefixes(entry, text)),
        products=frozenset(entry.texts("products")),
        cities=frozenset(_city(entry, text) for text in entry.texts("cities")),
        counties=frozenset(_county(entry, text) for text in entry.texts("counties")),
        circle=_circle(entry),
        accounts=frozenset(map(folded, entry.texts("accounts"))),
        industries=frozenset(entry.texts("industries")),
        when=_condition(entry),
        precedence=int(entry.optional("precedence") or 0),
        by=manner.by,
        weights={name: taker.whole("weight") or 1 for name, taker in takers.items()},
        priorities={name: taker.whole("priority") or 1 for name, taker in takers.items()},
        closed=manner.closed,
        share=_share(entry, len(takers)),
        price=read_price(entry),
        of=_distributor(entry, takers, owners),
    )


def _share(entry: Entry, takers: int) -> int:
    share = entry.whole("share") or 1
    if share > takers:
        raise entry.wrong("share", f"{share} cannot work on a lead where {takers} take them")
    return share


def _distributor(entry: Entry, takers: Mapping[str, Entry], owners: Mapping[str, Owner]) -> str | None:
    """Whose sub-dealers take the territory's leads; each of them must be one."""
    if entry.optional("of") is None:
        return None
    distributor = entry.one_of("of", owners)
    if strangers := [name for name in takers if owners[name].parent != distributor]:
        raise entry.wrong("owners", f"{', '.join(strangers)}: parent is not {distributor!r} in owners.yml")
    return distributor


def _takers(entry: Entry, owners: Mapping[str, Owner]) -> dict[str, Entry]:
    """The owners, each a bare id or `{owner: id, weight: 60, priority: 1}`."""
    listed = entry.values.get("owners") or []
    if not isinstance(listed, list) or not listed:
        raise entry.wrong("owners", "at least one is needed")
    takers: dict[str, Entry] = {}
    for item in listed:
        values: Mapping[str, Any] = item if isinstance(item, dict) else {"owner": item}
        taker = Entry(f"{entry.name}: owners", values)
        taker.only("owner", "weight", "priority")
        name = Entry(entry.name, {"owners": values.get("owner")}).one_of("owners", owners)
        if name in takers:
            raise entry.wrong("owners", "one of them is there twice")
        takers[name] = taker
    return takers


def _manner(entry: Entry, default: Manner) -> Manner:
    by = tuple(entry.texts("by")) or default.by
    if unknown := set(by) - set(get_args(Strategy)):
        raise entry.wrong("by", f"{', '.join(sorted(unknown))}: only {', '.join(get_args(Strategy))}")
    closed = entry.optional("closed") or default.closed
    if closed not in get_args(Closed):
        raise entry.wrong("closed", f"{closed!r} is not one of {', '.join(get_args(Closed))}")
    return Manner(by, closed)  # type: ignore[arg-type]


# --- areas -----------------------------------------------------------------------------------------------------------


def _prefixes(entry: Entry, text: str) -> list[str]:
    """ "500-503" is every prefix from 500 to 503; anything else is one prefix."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not dash:
        return [compact(text)]
    if not (first.isdigit() and last.isdigit() and len(first) == len(last) and first <= last):
        raise entry.wrong("postcodes", f"{text!r} is not a range of numbers of the same length")
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


def _city(entry: Entry, text: str) -> str:
    """ "IA/Ames": the state tells it from towns of the same name."""
    state, slash, city = text.partition("/")
    if not slash or not city.strip():
        raise entry.wrong("cities", f"{text!r}: write the state too, like IA/Ames")
    return folded_city(state.strip(), city)


def _county(entry: Entry, text: str) -> str:
    if text not in gazetteer.counties():
        near = get_close_matches(text, gazetteer.counties(), 1)
        hint = f", did you mean {near[0]!r}?" if near else ": write it like IA/Story County"
        raise entry.wrong("counties", f"there is no {text!r}{hint}")
    return text


def _circle(entry: Entry) -> Circle | None:
    """`within: {km: 60, of: "50010"}` or `{miles: 40, of: …}`."""
    if "within" not in entry.values:
        return None
    within = entry.child("within")
    within.only("km", "miles", "of")
    spot = gazetteer.spots().get(within.text("of"))
    if spot is None:
        raise within.wrong("of", f"{within.text('of')!r} is not a ZIP code that we know the place of")
    given = [(within.number(unit), factor) for unit, factor in (("km", 1.0), ("miles", MILE)) if unit in within.values]
    if len(given) != 1:
        raise within.wrong("km", "either km or miles is needed")
    radius, factor = given[0]
    return Circle(spot.point, radius * factor)


def _condition(entry: Entry) -> Condition | None:
    text = entry.optional("when")
    try:
        return Condition.parse(text, FACTS) if text else None
    except ConditionError as error:
        raise entry.wrong("when", str(error)) from error
