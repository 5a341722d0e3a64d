"""Reads the owners of owners.yml."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from services.router.company_deliveries import read_deliveries
from services.router.company_prices import RANKS, read_price
from services.router.domain.calendar import Absence, Calendar
from services.router.domain.owner import Colleague, Owner, OwnerKind, Role
from services.router.domain.standing import Caps
from shared.company_file import Entry

FIELDS = (
    "id", "kind", "name", "email", "phone", "website", "region", "products", "manager_email", "deliveries", "active",
    "time_zone", "hours", "holidays", "away", "takes", "industries", "from_score", "ranks", "parent", "deputy",
    "deliver", "people", "price", "shares",
)  # fmt: skip


def read_owners(file: Entry, folder: Path) -> dict[str, Owner]:
    """Every owner by id. Raises CompanyError."""
    zone = _zone(file, "time_zone", file.optional("time_zone") or "UTC")
    managers = _managers(file)
    owners: dict[str, Owner] = {}
    for entry in file.children("owners"):
        owner = _owner(entry, zone, folder, managers)
        if owner.owner_id in owners:
            raise entry.wrong("id", f"{owner.owner_id!r} is there twice")
        owners[owner.owner_id] = owner
    for entry in file.children("owners"):
        _check_relations(entry, owners)
    return owners


def _managers(file: Entry) -> Mapping[str, str]:
    """Whom each manager answers to."""
    if "managers" not in file.values:
        return {}
    listed = file.child("managers")
    return {str(name).lower(): listed.address(name) for name in listed.values}


def _owner(entry: Entry, zone: ZoneInfo, folder: Path, managers: Mapping[str, str]) -> Owner:
    entry.only(*FIELDS)
    kind = entry.text("kind")
    if kind not in get_args(OwnerKind):
        raise entry.wrong("kind", f"{kind!r} is not one of {', '.join(get_args(OwnerKind))}")
    ranks = entry.texts("ranks")
    if unknown := set(ranks) - set(RANKS):
        raise entry.wrong("ranks", f"{', '.join(sorted(unknown))}: only {', '.join(RANKS)}")
    return Owner(
        owner_id=entry.text("id"),
        kind=kind,  # type: ignore[arg-type]
        name=entry.text("name"),
        email=entry.address("email"),
        manager_email=entry.address("manager_email"),
        manager_above=managers.get(entry.address("manager_email").lower()),
        products=frozenset(entry.texts("products")),
        phone=entry.optional("phone"),
        website=entry.optional("website"),
        region=entry.optional("region"),
        deliveries=read_deliveries(entry, folder),
        active=entry.flag("active", True),
        calendar=_calendar(entry, zone),
        caps=_caps(entry),
        industries=frozenset(entry.texts("industries")),
        minimum_score=entry.whole("from_score"),
        ranks=frozenset(ranks),
        delivered_at_once=_one_of(entry, "deliver", ("at_once", "at_opening")) == "at_once",
        parent=entry.optional("parent"),
        deputy=entry.optional("deputy"),
        people=tuple(map(_colleague, entry.children("people"))),
        shares=entry.flag("shares", True),
        price=read_price(entry),
    )


def _one_of(entry: Entry, field: str, known: tuple[str, ...]) -> str:
    """One of some words; the first when left out."""
    return entry.one_of(field, known) if field in entry.values else known[0]


def _check_relations(entry: Entry, owners: Mapping[str, Owner]) -> None:
    for field in ("parent", "deputy"):
        if entry.optional(field) is not None and entry.one_of(field, owners) == entry.text("id"):
            raise entry.wrong(field, "nobody is their own")
    above, seen = entry.optional("parent"), {entry.text("id")}
    while above is not None:
        if above in seen:
            raise entry.wrong("parent", "going up from here one comes back here")
        seen.add(above)
        above = owners[above].parent


def _colleague(entry: Entry) -> Colleague:
    entry.only("name", "email", "role")
    role: Role = _one_of(entry, "role", get_args(Role))  # type: ignore[assignment]
    return Colleague(entry.text("name"), entry.address("email"), role)


# --- when they work --------------------------------------------------------------------------------------------------


def _calendar(entry: Entry, default: ZoneInfo) -> Calendar:
    zone = _zone(entry, "time_zone", entry.text("time_zone")) if "time_zone" in entry.values else default
    text = entry.optional("hours")
    try:
        hours = OpeningHours(text, timezone=zone) if text else None
    except ParserError as error:
        raise entry.wrong("hours", f"{text!r} is not like 'Mo-Fr 08:00-17:00; Sa 09:00-12:00'") from error
    return Calendar(zone, hours, _holidays(entry), tuple(map(_absence, entry.children("away"))))


def _zone(entry: Entry, field: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise entry.wrong(field, f"{name!r} is not a time zone like America/Chicago") from None


def _holidays(entry: Entry) -> Mapping[date, str]:
    text = entry.optional("holidays")
    if text is None:
        return {}
    country, _, subdivision = text.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except (NotImplementedError, AttributeError) as error:
        raise entry.wrong("holidays", f"{text!r} is not a country or a part of one, like US or US-IA") from error


def _absence(entry: Entry) -> Absence:
    entry.only("from", "to", "because")
    absence = Absence(entry.day("from"), entry.day("to"), entry.optional("because") or "away")
    if absence.last < absence.first:
        raise entry.wrong("to", "it ends before it begins")
    return absence


def _caps(entry: Entry) -> Caps:
    if "takes" not in entry.values:
        return Caps()
    takes = entry.child("takes")
    takes.only("day", "week", "month", "open")
    return Caps(takes.whole("day"), takes.whole("week"), takes.whole("month"), takes.whole("open"))
