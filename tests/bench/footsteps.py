"""`python -m tests.bench.footsteps`: how many footsteps the front desk files a second, one process.

Bodies of the script go into the room as the intake queue hands them out, without broker and gateway: of anonymous
visitors, of people who are known (each step is published), one step a body (the dearest way), and the joining of
anonymous steps when their visitors inquire. Beside them the floor of the same run: bare psycopg writing the same rows
into a table with the same columns and indexes, in transactions of the same size.

The database is that of DATABASE_URL, or one of its own.
"""

import argparse
import json
import logging
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from tempfile import TemporaryDirectory

import psycopg
import structlog
from psycopg import sql
from rich.console import Console
from rich.table import Table

from deploy.migrate import migrate
from deploy.stack import Database
from shared.room import RawInquiry
from tests.bench import machine
from tests.integration.capture.desk import FrontDesk, desk_on
from tests.integration.capture.steps import inquiry, page, steps

#: Bodies in one transaction: what the inbox hands over at most.
BODIES = 200
VISITORS = 2_000


@dataclass(frozen=True)
class Measured:
    """So many activities in so many seconds, and the CPU seconds of this process, without the database's."""

    what: str
    activities: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Activities per second."""
        return self.activities / self.seconds


def main() -> int:
    """Returns 0 when everything could be measured."""
    given = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with _database() as url:
        migrate("capture", url)
        desk = desk_on(url)
        desk.receive(*_bodies("warm", 20, 10))
        found = [
            _filed(desk, "anonymous, 10 a body", _bodies("anonymous", given.activities, 10)),
            _filed(desk, "anonymous, 1 a body", _bodies("single", given.activities // 4, 1)),
            _joined(desk, given.activities // 4),
            _filed(desk, "of known people, 10 a body", _bodies("joined", given.activities // 4, 10, VISITORS // 10)),
            _floor(url, given.activities),
        ]
        desk.engine.dispose()
    described = machine.description()
    _show(found, described, Console(stderr=given.json))
    if given.json:
        figures = [asdict(one) | {"rate": one.rate, "to_floor": one.rate / found[-1].rate} for one in found]
        print(json.dumps({"machine": described, "found": figures}, indent=2))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.footsteps", description=__doc__)
    parser.add_argument("--activities", type=int, default=40_000, help="activities of the largest case")
    parser.add_argument("--json", action="store_true", help="print JSON, and the table on standard error")
    return parser.parse_args()


def _bodies(name: str, activities: int, each: int, visitors: int = VISITORS) -> list[RawInquiry]:
    """Bodies with `each` steps of so many visitors."""
    return [
        steps(
            f"{name}-visitor-{number % visitors:06}",
            *(
                page(f"/{name}/{number % 97}/{place}?utm_source=google&gclid=g{number}", age=place)
                for place in range(each)
            ),
            last={"utm_source": "google", "gclid": f"g{number}", "age": 500},
            first={"utm_source": "newsletter", "age": 90_000},
            minutes=1,
        )
        for number in range(activities // each)
    ]


def _filed(desk: FrontDesk, what: str, bodies: Sequence[RawInquiry]) -> Measured:
    activities = sum(len(json.loads(body.body)["events"]) for body in bodies)
    return _measured(what, activities, lambda: _receive(desk, bodies))


def _joined(desk: FrontDesk, activities: int) -> Measured:
    """Visitors with 20 anonymous steps each inquire; what registering them alone costs is taken off."""
    people = VISITORS // 10
    _receive(desk, _bodies("joined", activities, 10, people))
    plain = [inquiry(None, f"plain{n}@farm.example", name=f"Plain Person{n}", minutes=2) for n in range(people)]
    known = [
        inquiry(f"joined-visitor-{n:06}", f"known{n}@farm.example", name=f"Known Visitor{n}", minutes=2)
        for n in range(people)
    ]
    alone, both = (_measured("", 0, lambda these=these: _receive(desk, these)) for these in (plain, known))
    seconds, cpu = (max(one, 0.001) for one in (both.seconds - alone.seconds, both.cpu - alone.cpu))
    return Measured("joined when their visitor inquires", activities, seconds, cpu)


def _receive(desk: FrontDesk, bodies: Sequence[RawInquiry]) -> None:
    for start in range(0, len(bodies), BODIES):
        desk.receive(*bodies[start : start + BODIES])


def _floor(url: str, activities: int) -> Measured:
    """The rows that were filed, copied by bare psycopg into a table like theirs."""
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE floor (LIKE activity INCLUDING ALL)")
        cursor.execute("SELECT * FROM activity LIMIT %s", [activities])
        names = [column.name for column in cursor.description or ()]
        rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
        insert = f"INSERT INTO floor ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"

        def run() -> None:
            for start in range(0, len(rows), 10 * BODIES):
                cursor.executemany(insert, rows[start : start + 10 * BODIES])
                connection.commit()

        connection.commit()
        return _measured("floor: the same rows by bare psycopg", len(rows), run)


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _measured(what: str, activities: int, run: Callable[[], None]) -> Measured:
    began, spent = time.perf_counter(), time.process_time()
    run()
    return Measured(what, activities, time.perf_counter() - began, time.process_time() - spent)


@contextmanager
def _database() -> Iterator[str]:
    """A URL of an empty capture database, dropped in the end."""
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL")
        if not server:
            folder = stack.enter_context(TemporaryDirectory(prefix="leadbus-bench-"))
            yield stack.enter_context(Database(folder)).ensure_room("capture")
            return
        name = f"leadbus_footsteps_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield server.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
            finally:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _show(found: Sequence[Measured], described: object, said: Console) -> None:
    floor = found[-1].rate
    table = Table("", "activities", "seconds", "a second", "to the floor", "a second of CPU", title="Footsteps")
    for one in found:
        rates = (f"{one.rate:,.0f}", f"{one.rate / floor:.2f}", f"{one.activities / one.cpu:,.0f}")
        table.add_row(one.what, f"{one.activities:,}", f"{one.seconds:.2f}", *rates)
    said.print(table)
    said.print(described)


if __name__ == "__main__":
    sys.exit(main())
