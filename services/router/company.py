"""Reads owners.yml, territories.yml and clocks.yml, and refuses what could leave a lead without an owner."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from services.router.company_clocks import read_clocks, read_duration, read_silence
from services.router.company_feedback import read_feedback
from services.router.company_industries import check_industries, read_industries
from services.router.company_owners import read_owners
from services.router.company_territories import read_territories
from services.router.domain.choice import Market
from services.router.domain.delivery import Mailbox
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.territory import Atlas, Place, Territory
from services.router.gazetteer import locate
from shared.company_file import CompanyError, Entry, read_file
from shared.contracts.screening import Queue

FILES = ("owners.yml", "territories.yml", "clocks.yml")

__all__ = ["CompanyError", "load"]


def load(company: Path) -> Rules:
    """The rules in the company's folder. Raises CompanyError that names file, entry and field."""
    owners_file, territories_file, clocks_file = (read_file(company / name) for name in FILES)
    owners = read_owners(owners_file, company)
    territories = read_territories(territories_file, owners)
    sender, fall_back = owners_file.child("sender"), territories_file.child("fall_back")
    rules = Rules(
        market=_market(territories, owners, fall_back),
        home_country=territories_file.text("home_country").upper(),
        unready=fall_back.one_of("unready", owners),
        screeners=_screeners(fall_back, owners),
        industries=read_industries(company),
        plans=read_clocks(clocks_file.child("clocks")),
        silence=read_silence(clocks_file),
        feedback=read_feedback(company),
        links_valid=read_duration(clocks_file, "links_valid"),
        currency=owners_file.text("currency").upper(),
        sender=Mailbox(address=sender.address("email")),
        sender_name=sender.text("name"),
        version=_version(company),
        locate=locate if any(one.circle or one.counties for one in territories) else _as_it_is,
    )
    _check_fall_back(fall_back, rules)
    _check_nobody_sits(clocks_file.child("clocks"), rules)
    for entry in (*owners_file.children("owners"), *territories_file.children("territories")):
        check_industries(entry, "industries", rules.industries)
    return rules


def _market(territories: tuple[Territory, ...], owners: Mapping[str, Owner], fall_back: Entry) -> Market:
    distributors = {one.of for one in territories if one.of is not None}
    return Market(
        Atlas(one for one in territories if one.of is None),
        owners,
        tuple(fall_back.each_of("no_taker", owners)),
        tuple(fall_back.each_of("call_centre", owners)) if "call_centre" in fall_back.values else (),
        {name: Atlas(one for one in territories if one.of == name) for name in sorted(distributors)},
    )


def _as_it_is(place: Place) -> Place:
    return place


def _version(company: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((company / name).read_bytes())
    return digest.hexdigest()[:12]


def _screeners(entry: Entry, owners: Mapping[str, Owner]) -> dict[str, str]:
    """Whose the leads of each queue of screening are."""
    if "screening" not in entry.values:
        return {}
    queues = entry.child("screening")
    queues.only(*get_args(Queue))
    return {queue: queues.one_of(queue, owners) for queue in queues.values}


def _check_nobody_sits(entry: Entry, rules: Rules) -> None:
    """A lead that its owner leaves alone goes to somebody else in the end, whichever of their clocks runs."""
    for plan in rules.plans.values():
        ends = bool(plan.steps) and plan.steps[-1].measure == "reassign"
        if plan.clock in ("accept", "contact") and not ends:
            raise entry.wrong(plan.name, "its last step must be 'reassign': else an owner could sit on a lead")
        if plan.clock == "update" and not ends and rules.silence is None:
            raise entry.wrong(plan.name, "its last step must be 'reassign' where there is no 'silence:'")


def _check_fall_back(entry: Entry, rules: Rules) -> None:
    unready, last = rules.owners[rules.unready], rules.owners[rules.market.fall_back[-1]]
    if unready.kind != "marketing" or not unready.active:
        raise entry.wrong("unready", f"{unready.owner_id!r} must be an active owner of kind marketing")
    if last.kind != "marketing" or not last.active:
        raise entry.wrong("no_taker", f"the last one, {last.owner_id!r}, must be an active owner of kind marketing")
