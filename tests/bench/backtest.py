"""`python -m tests.bench.backtest`: how long a draft takes over stored history, and what it costs beside it.

Profiles go into a database by COPY: half of the questions answered, one lead in five with a second response, one in
five with footsteps, half of them closed. Then the example company's rules are run against a draft of them, by as many
processes as there are processors, as `leadbus rules backtest` does.
"""

import argparse
import json
import os
import random
import resource
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
from rich.console import Console
from rich.progress import track

from deploy.migrate import migrate
from deploy.stack import Database
from deploy.stack.process import recorded_pid
from services.qualify import backtesting
from services.qualify.domain.backtest import Span
from tests.bench import machine

RULES = (Path(__file__).parents[2] / "deploy" / "company" / "rules.yml").read_text()
DRAFT = RULES.replace('points: 15, when: role == "owner"', 'points: 10, when: role == "owner"')
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
#: Leads are drawn from this many kinds; their times and ids differ.
KINDS = 5000
INQUIRY, SECOND, AT, LATER = "%INQUIRY%", "%SECOND%", "%AT%", "%LATER%"
PROFILE = (
    "lead_id", "person_id", "responses", "recyclings", "closings", "facts", "revision", "turns", "times_qualified",
    "times_disqualified",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What a back-test took."""

    leads: int
    rules: int
    workers: int
    seconds: float
    #: CPU seconds of all our processes, and of the database.
    python: float
    database: float
    #: The most that all our processes held together, in MB; shared pages count once.
    peak_mb: float
    changed: int

    @property
    def figures(self) -> dict[str, Any]:
        """For people and programs."""
        per_lead = 1e6 / self.leads
        return asdict(self) | {
            "leads_per_second": round(self.leads / self.seconds),
            "python_us_per_lead": round(self.python * per_lead, 1),
            "database_us_per_lead": round(self.database * per_lead, 1),
        }


def main() -> int:
    """Returns 0 when the back-test read every lead."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.backtest", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    said = Console(stderr=True)
    with TemporaryDirectory(prefix="leadbus-bench-") as folder, Database(folder) as database:
        url = database.ensure_room("qualify")
        migrate("qualify", url)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            fill(connection, given.leads, said)
        found = measure(url, database, given.leads, given.workers)
    print(json.dumps(found.figures) if given.json else _told(found.figures), file=sys.stdout)
    return 0


def measure(url: str, database: Database, leads: int, workers: int) -> Measured:
    """Runs the draft over all leads."""
    # A server that DATABASE_URL names is not ours: its CPU is not counted.
    pid = recorded_pid(database.instance, "database")
    server = {"database": pid} if pid else {}
    before, began = machine.cpu_seconds(server).total(), time.monotonic()
    ours = _cpu()
    with _Memory() as memory:
        test = backtesting.Test(url, RULES, DRAFT, Span(NOW - timedelta(days=400), NOW))
        found = backtesting.run(test, workers=workers)
    seconds = time.monotonic() - began
    assert found.leads == leads
    return Measured(
        leads=leads,
        rules=RULES.count("- {rule:"),
        workers=workers,
        seconds=round(seconds, 1),
        python=round(_cpu() - ours, 1),
        database=round(machine.cpu_seconds(server).total() - before, 1),
        peak_mb=round(memory.peak / 1e6, 1),
        changed=found.changed,
    )


def _cpu() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


class _Memory:
    """The most that this process and its children held together while it was watched."""

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Memory":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            self.peak = max(self.peak, machine.pss_bytes({"backtest": psutil.Process().pid}).total())


def fill(connection: psycopg.Connection[Any], leads: int, said: Console) -> None:
    """Writes profiles and footsteps."""
    chance = random.Random(4)
    kinds = [_kind(chance) for _ in range(KINDS)]
    footsteps: list[tuple[uuid.UUID, datetime]] = []
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY profile ({', '.join(PROFILE)}) FROM STDIN") as copy:
            for place in track(range(leads), "profiles", console=said):
                person, at = uuid.UUID(int=chance.getrandbits(128)), NOW - timedelta(days=chance.random() * 364 + 1)
                copy.write_row(_row(chance, kinds[place % KINDS], person, at))
                if chance.random() < 0.2:
                    footsteps.append((person, at))
        with cursor.copy("COPY activity (activity_id, person_id, kind, what, at, told) FROM STDIN") as copy:
            for person, at in footsteps:
                for number in range(3):
                    copy.write_row(_footstep(chance, person, at - timedelta(hours=number)))
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")


def _row(chance: random.Random, kind: str, person: uuid.UUID, at: datetime) -> tuple[Any, ...]:
    responses = kind.replace(AT, at.isoformat()).replace(LATER, (at + timedelta(days=9)).isoformat())
    responses = responses.replace(INQUIRY, str(uuid.UUID(int=chance.getrandbits(128))))
    responses = responses.replace(SECOND, str(uuid.UUID(int=chance.getrandbits(128))))
    closings = {}
    if chance.random() < 0.5:
        end = {"at": (at + timedelta(days=20)).isoformat(), "heard_at": (at + timedelta(days=20)).isoformat()}
        outcome = "won" if chance.random() < 0.2 else "lost"
        closings = {person.hex: {**end, "outcome": outcome, "amount": None, "currency": None}}
    lead = uuid.UUID(int=chance.getrandbits(128))
    return lead, person, responses, "{}", json.dumps(closings), "{}", 1, 0, 0, 0


def _kind(chance: random.Random) -> str:
    """The responses of one kind of lead, with their ids and times to be filled in."""
    responses = {INQUIRY: _response(chance, AT)}
    if chance.random() < 0.2:
        responses[SECOND] = _response(chance, LATER)
    return json.dumps(responses)


def _response(chance: random.Random, at: str) -> dict[str, Any]:
    return {
        "received_at": at, "told_at": at, "heard_at": at, "source": chance.choice(["website-contact", "autobase"]),
        "channel": "form", "medium": "web", "campaign": "website",
        "products": [chance.choice(["compact-tractor", "zero-turn-mower", "grain-dryer", "feed-mixer", "spare-parts"])],
        "message": "We look for a machine for the coming season and would like to see it run.",
        "answers": dict(_answers(chance)),
        "person": {
            "state": chance.choice(["IA", "IL", "MO", "TX", "CA", "OH"]), "country": chance.choice(["US"] * 9 + ["BR"]),
            "language": "en", "has_email": True, "has_phone": chance.random() < 0.7, "has_company": True,
            "mailable": chance.random() < 0.6,
        },
    }  # fmt: skip


def _answers(chance: random.Random) -> Iterator[tuple[str, str]]:
    drawn = {
        "budget": str(int(chance.lognormvariate(9.6, 1.1))),
        "role": chance.choice(["owner", "farm manager", "staff", "other"]),
        "timing": chance.choice(["now", "within 3 months", "6m", "next year", "later", "none"]),
        "interest": chance.choice(["brochure", "quote", "demo", "dealer"]),
        "industry": chance.choice(["corn", "dairy", "lawn care", "city", "student", "other"]),
        "acres": str(int(chance.lognormvariate(5.3, 1.1))),
        "need": "dry 400 acres of corn",
        "currently_owns": "a tractor of 1998",
    }
    yield from ((name, value) for name, value in drawn.items() if chance.random() < 0.5)


def _footstep(chance: random.Random, person: uuid.UUID, at: datetime) -> tuple[Any, ...]:
    told = [{"revision": 0, "verdict": "human", "its": True, "heard_at": at.isoformat()}]
    kind = chance.choice(["page_visited", "downloaded", "email_clicked"])
    return uuid.UUID(int=chance.getrandbits(128)), person, kind, "spec-sheet-grain-dryer", at, json.dumps(told)


def _told(figures: dict[str, Any]) -> str:
    return "\n".join(f"{name.replace('_', ' '):24} {value:,}" for name, value in figures.items())


if __name__ == "__main__":
    sys.exit(main())
