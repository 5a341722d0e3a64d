"""`python -m tests.bench.desk`: what the front desk alone can register, one process on a durable database.

Inquiries go into the room as the intake queue hands them out, in batches of 200, without broker and gateway: *leads*
are partners' posts of different persons, *rows* one uploaded list that is read on as due work, by one process, and then
another list by two. Beside them, in the same run, the floor: bare psycopg writing as many rows into one table as the
front desk wrote, 200 inquiries a transaction.
"""

import argparse
import csv
import io
import json
import logging
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory

import psycopg
import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import text

from deploy.migrate import migrate
from deploy.stack import Database
from deploy.stack.process import recorded_pid
from shared.collecting import spare_the_collector
from tests.bench import machine
from tests.bench.inquiries import people
from tests.integration.capture.desk import FrontDesk, desk_on, partner, sheet

BATCH = 200
DOCUMENT = json.dumps({"text": "x" * 280})


@dataclass(frozen=True)
class Measured:
    """What was registered, how long it took, and the CPU seconds of process and database."""

    what: str
    inquiries: int
    seconds: float
    #: CPU seconds of our process, and of the database.
    python: float
    database: float
    #: Rows that were written to the database, by table.
    written: Counter[str]

    @property
    def rows(self) -> int:
        """Rows that were written to the database."""
        return self.written.total()

    @property
    def rate(self) -> float:
        """Inquiries per second."""
        return self.inquiries / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per inquiry, database included."""
        return (self.python + self.database) / self.inquiries * 1000


def main() -> int:
    """Returns 0 when everything could be measured."""
    given = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    spare_the_collector()  # as every room does when it starts
    with TemporaryDirectory(prefix="leadbus-bench-") as folder, Database(folder) as database:
        url = database.ensure_room("capture")
        migrate("capture", url)
        bench = _Bench(database, desk_on(url), url)
        leads = bench.leads(given.leads)
        rows = bench.list(given.rows)
        with _second_desk(url) as second:
            shared = bench.list(given.rows, second)
        found = [leads, bench.floor(leads), rows, bench.floor(rows), shared, bench.floor(shared)]
        bench.desk.engine.dispose()
    described = machine.description()
    _show(found, described, Console(stderr=given.json))
    if given.json:
        print(json.dumps({"machine": described, "found": [_figures(one) for one in found]}, indent=2))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    parser.add_argument("--leads", type=int, default=10_000, help="partners' posts, each another person")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the uploaded list")
    parser.add_argument("--json", action="store_true", help="print JSON, and the table on standard error")
    return parser.parse_args()


@dataclass(frozen=True)
class _Second:
    """A further process of the room, which reads lists when it is told to."""

    pipe: Connection

    def begin(self) -> None:
        """Has it work from now on."""
        self.pipe.send("begin")

    def end(self) -> float:
        """Has it stop. Returns the CPU seconds of its work."""
        self.pipe.send("end")
        return float(self.pipe.recv())


@contextmanager
def _second_desk(url: str) -> Iterator[_Second]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work_along, args=(url, theirs))
    process.start()
    ours.recv()
    yield _Second(ours)
    process.join(timeout=60)


def _work_along(url: str, pipe: Connection) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    desk = desk_on(url)
    # What is loaded on first use is not counted.
    desk.receive(*(partner(fields) for fields in _posts(30_000_000, 2 * BATCH)))
    spare_the_collector()
    pipe.send("ready")
    pipe.recv()
    began = time.process_time()
    while not pipe.poll():
        desk.run_due()
        time.sleep(0.01)
    pipe.send(time.process_time() - began)
    desk.engine.dispose()


@dataclass
class _Bench:
    database: Database
    desk: FrontDesk
    url: str

    def leads(self, number: int) -> Measured:
        """Posts of so many different persons."""
        starts = range(0, number, BATCH)
        batches = [[partner(fields) for fields in _posts(start, min(BATCH, number - start))] for start in starts]
        self.desk.receive(*batches[0])  # what is loaded on first use is not counted

        def run() -> None:
            for batch in track(batches[1:], "leads", console=Console(stderr=True)):
                self.desk.receive(*batch)

        return self._measured("leads, in batches of 200", number - len(batches[0]), run)

    def list(self, number: int, second: "_Second | None" = None) -> Measured:
        """One uploaded list of so many rows, read on by us alone or beside a `second` process."""
        uploaded = sheet(_list(20_000_000 if second else 10_000_000, number), filename="show.csv")

        def run() -> None:
            self.desk.receive(uploaded)
            if second is not None:
                second.begin()
            while self.desk.ledger()["pending"]:
                self.desk.run_due()
                time.sleep(0.01)

        if second is None:
            return self._measured("rows of one list", number, run)
        measured = self._measured("rows of one list, two processes", number, run)
        return replace(measured, python=measured.python + second.end())

    def floor(self, like: Measured) -> Measured:
        """As many rows, written by bare psycopg."""
        plain = self.url.replace("+psycopg", "")
        per_batch = max(1, round(like.rows / like.inquiries * BATCH))

        def run() -> None:
            with psycopg.connect(plain) as connection, connection.cursor() as cursor:
                cursor.execute("CREATE TABLE IF NOT EXISTS written (id uuid PRIMARY KEY, document jsonb NOT NULL)")
                for start in range(0, like.rows, per_batch):
                    ids = range(start, min(start + per_batch, like.rows))
                    chunk = [(random.randbytes(16).hex(), DOCUMENT) for _ in ids]
                    cursor.executemany("INSERT INTO written VALUES (%s, %s)", chunk)
                    connection.commit()

        return self._measured(f"floor: {like.rows / like.inquiries:.1f} rows each", like.inquiries, run)

    def _measured(self, what: str, inquiries: int, run: Callable[[], None]) -> Measured:
        rows, database = self._rows(), self._database_cpu()
        python, began = time.process_time(), time.perf_counter()
        run()
        seconds, python = time.perf_counter() - began, time.process_time() - python
        return Measured(what, inquiries, seconds, python, self._database_cpu() - database, self._rows() - rows)

    def _rows(self) -> Counter[str]:
        """Rows written to this database so far, by table."""
        with self.desk.engine.connect() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
            connection.commit()
            found = connection.execute(
                text("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables")
            )
            return Counter({name: int(number) for name, number in found})

    def _database_cpu(self) -> float:
        server = recorded_pid(self.database.instance, "database")
        assert server is not None
        return machine.cpu_seconds({"database": server}).total()


def _posts(first: int, count: int) -> Iterator[dict[str, object]]:
    for one in people(first, count):
        yield {
            "lead_ref": f"bench-{one.number}",
            "reader": {"name": f"{one.first} {one.last}", "mail": one.email, "tel": one.phone},
            "street": one.street, "city": one.city, "state": one.state, "zip": one.postcode,
            "budget_usd": 20_000, "buying_horizon": "3 months", "permission": {"email": True},
        }  # fmt: skip


def _list(first: int, number: int) -> str:
    written = io.StringIO()
    sheet_of = csv.writer(written)
    sheet_of.writerow(["Badge ID", "Attendee Name", "Email", "Phone", "Street", "City", "State", "Zip", "Qualifier 1"])
    for one in people(first, number):
        place = [one.street, one.city, one.state, one.postcode]
        sheet_of.writerow([one.number, f"{one.first} {one.last}", one.email, one.phone, *place, "3 months"])
    return written.getvalue()


def _show(found: list[Measured], described: dict[str, object], console: Console) -> None:
    where = f"{described['cores']} cores, {described['processor']}, load {os.getloadavg()[0]:.1f}"
    table = Table(title="The front desk alone", caption=where)
    for title in (
        "what",
        "inquiries",
        "per second",
        "CPU-ms each",
        "of it database",
        "rows each",
        "share of the floor, by CPU",
    ):
        table.add_column(title, justify="left" if title == "what" else "right")
    for measured, floor in zip(found[::2], found[1::2], strict=True):
        for one in (measured, floor):
            share = f"{floor.cpu_ms / one.cpu_ms:.0%}"
            table.add_row(
                one.what, f"{one.inquiries:,}", f"{one.rate:,.0f}", f"{one.cpu_ms:.2f}",
                f"{one.database / one.inquiries * 1000:.2f}", f"{one.rows / one.inquiries:.1f}", share,
            )  # fmt: skip
    console.print(table)
    for one in found[::2]:
        each = ", ".join(f"{name} {rows / one.inquiries:.2f}" for name, rows in one.written.most_common() if rows)
        console.print(f"Rows of {one.what}: {each}")


def _figures(one: Measured) -> dict[str, object]:
    counted = {"rows": one.rows, "per_second": round(one.rate, 1), "cpu_ms_each": round(one.cpu_ms, 3)}
    return vars(one) | counted


if __name__ == "__main__":
    sys.exit(main())
