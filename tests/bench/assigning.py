"""`python -m tests.bench.assigning`: sales-ready leads that one router assigns per second, on a durable database.

Registrations and verdicts go into the room as its inbox hands them out, in batches of 200, without a broker; the
database is a private PostgreSQL with `fsync` on. Owners are those of `tests.bench.choosing`: circles, counties and
states with hours and limits, several in each place. Everything is kept that the room keeps: assignment with every
candidate explained, owners' counts, clock, planned delivery, events.
"""

import argparse
import json
import logging
import random
import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid5

import structlog
from rich.console import Console
from rich.table import Table

from deploy.migrate import migrate
from deploy.stack import Database
from services.router import gazetteer
from services.router.company import load
from services.router.domain.rules import Rules
from services.router.usecases import hearing, loading
from shared.collecting import spare_the_collector
from shared.contracts import capture, qualify
from shared.contracts.envelope import Envelope
from shared.contracts.people import Bant
from shared.room import Room
from tests.bench import machine
from tests.bench.choosing import PRODUCTS, made
from tests.builders import NOON, address, enveloped, lead_registered, person, response
from tests.played_room import PlayedRoom

COMPANY = Path(__file__).parents[2] / "deploy" / "company"
BATCH = 200
_PEOPLE = UUID("4b1d8f0a-52d3-5d0c-9a41-0f1a6a1f7c11")


@dataclass(frozen=True)
class Assigned:
    """Leads that became somebody's, and what that took."""

    owners: int
    leads: int
    seconds: float
    #: CPU milliseconds of our process for a lead, registration and verdict together.
    cpu_ms: float

    @property
    def rate(self) -> float:
        """Assignments per second by the clock."""
        return self.leads / self.seconds


def main() -> int:
    """Prints a line for each number of owners; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.assigning", description=__doc__)
    parser.add_argument("--owners", type=int, nargs="+", default=[10, 1_000, 10_000])
    parser.add_argument("--leads", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    spare_the_collector()  # as every room does when it starts
    with TemporaryDirectory(prefix="leadbus-bench-") as folder, Database(folder) as database:
        found = []
        for number in given.owners:
            url = database.ensure_room("router") if not found else database.ensure_room(f"router_{number}")
            migrate("router", url)
            found.append(assigned(url, number, given.leads))
    if given.json:
        json.dump([asdict(one) | {"rate": one.rate} for one in found], sys.stdout, indent=2)
    else:
        _print(found)
    return 0


def assigned(url: str, owners: int, leads: int) -> Assigned:
    """Assigns `leads` among so many owners."""
    chance = random.Random(owners)
    rules = replace(load(COMPANY), market=made(owners, chance), unready="marketing", locate=gazetteer.locate)
    router = PlayedRoom.on(url, room(rules))
    events = [_lead(number, chance) for number in range(leads + BATCH)]
    _hear(router, events[:BATCH])
    began, cpu = time.perf_counter(), time.process_time()
    _hear(router, events[BATCH:])
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    router.engine.dispose()
    return Assigned(owners, leads, round(seconds, 2), round(1000 * spent / leads, 2))


def room(rules: Rules) -> Room:
    """The router as far as it assigns."""
    return Room(
        name="router",
        hears={
            capture.LeadRegistered: partial(hearing.register_lead, rules=rules),
            qualify.LeadQualified: partial(hearing.take_qualified, rules=rules),
        },
        preload=partial(loading.preload, rules=rules),
    )


def _hear(router: PlayedRoom, events: list[tuple[Envelope, Envelope]]) -> None:
    for start in range(0, len(events), BATCH // 2):
        some = events[start : start + BATCH // 2]
        router.hear_all([one for pair in some for one in pair])


def _lead(number: int, chance: random.Random) -> tuple[Envelope, Envelope]:
    code = chance.choice(list(gazetteer.spots()))
    where = address(postcode=code, state=(gazetteer.spots()[code].county or "IA")[:2], city=None)
    who = person(person_id=uuid5(_PEOPLE, str(number)), email=f"ann@farm-{number}.example", address=where)
    what: Any = response(products=[chance.choice(PRODUCTS)])
    lead = lead_registered(person=who, response=what)
    ready = qualify.LeadQualified(
        lead_id=lead.lead_id, person_id=lead.person_id, revision=1, rank="hot", score=82, bant=Bant(),
        because=["score 82 is at least 60"], rules_version="bench", qualified_at=NOON,
    )  # fmt: skip
    return enveloped(lead), enveloped(ready)


def _print(found: list[Assigned]) -> None:
    table = Table("owners", "leads", "assignments/s", "CPU ms each", title="Assigning leads")
    for one in found:
        table.add_row(f"{one.owners:,}", f"{one.leads:,}", f"{one.rate:,.0f}", f"{one.cpu_ms:.2f}")
    Console().print(table)
    Console().print(machine.description())


if __name__ == "__main__":
    sys.exit(main())
