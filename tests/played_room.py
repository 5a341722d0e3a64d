"""One room on a real database, without broker and process: events go in by hand, what it published is read back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, MetaData, select

from shared.contracts import envelope as envelopes
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.database import engine as engines
from shared.database.plumbing import DUE, FAILED_MESSAGE, OUTBOX
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.failures import RetryPolicy
from shared.messaging.inbox import EventHearing, handle_batch
from shared.messaging.reader import Received
from shared.room import Room
from shared.work.due import run_due
from tests.builders import NOON, enveloped


@dataclass
class MovedClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOON

    def now(self) -> datetime:
        """The present moment."""
        return self.moment

    def forward(self, **span: float) -> None:
        """Moves the clock by a timedelta's keywords."""
        self.moment += timedelta(**span)


@dataclass
class PlayedRoom:
    """`hear` events, move `clock`, `run_due`, and look at `published` and `rows`."""

    room: Room
    engine: Engine
    clock: MovedClock = field(default_factory=MovedClock)
    policy: RetryPolicy = field(default_factory=RetryPolicy)

    @classmethod
    def on(cls, url: str, room: Room) -> "PlayedRoom":
        """The room on the database at `url`."""
        return cls(room, engines.create(url))

    def start(self) -> "PlayedRoom":
        """What the process does before anything is heard."""
        if self.room.begin is not None:
            with self.uow.begin() as tx:
                self.room.begin(tx)
        return self

    @property
    def uow(self) -> UnitOfWork:
        """Opens transactions at the time of `clock`."""
        return UnitOfWork(engines.sessions(self.engine), self.clock)

    def hear(self, *events: Event | Envelope) -> None:
        """Hands the events over as one batch. Raises when a handler failed."""
        self.hear_all(self._enveloped(event) for event in events)

    def hear_all(self, events: Iterable[Envelope]) -> None:
        """Hands over envelopes as one batch. Raises when a handler failed."""
        received = [
            Received(f"{self.room.name}.inbox", str(event.id), envelopes.encode(event), {}, "application/json", 0, tag)
            for tag, event in enumerate(events, 1)
        ]
        handle_batch(EventHearing(self.room), self.uow, received, self.policy)
        failed = self.rows(FAILED_MESSAGE)
        if failed:
            raise AssertionError(failed[0]["error"])

    def _enveloped(self, event: Event | Envelope) -> Envelope:
        return event if isinstance(event, Envelope) else enveloped(event, time=self.clock.now())

    def run_due(self) -> int:
        """Runs due work until none is left. Returns how many items ran. Raises when one failed."""
        ran = 0
        while taken := run_due(self.room, self.uow, self.policy):
            ran += taken
        failed = [row for row in self.rows(DUE) if row["error"]]
        if failed:
            raise AssertionError(failed[0]["error"])
        return ran

    def pass_days(self, days: int, then: Callable[[], Any] = lambda: None) -> None:
        """Lets time pass, a day at a time, running what becomes due."""
        for _ in range(days):
            self.clock.forward(days=1)
            self.run_due()
            then()

    def published(self, kind: type[Event] | None = None) -> list[Any]:
        """Events that were published, oldest first: data only."""
        return [envelope.data for envelope in self.envelopes(kind)]

    def envelopes(self, kind: type[Event] | None = None) -> list[Envelope]:
        """Events that were published, oldest first."""
        with self.engine.connect() as connection:
            bodies = connection.scalars(select(OUTBOX.c.body).order_by(OUTBOX.c.position))
            read = [envelopes.decode(body) for body in bodies]
        return [envelope for envelope in read if kind is None or envelope.contract is kind]

    def rows(self, table: Any) -> list[dict[str, Any]]:
        """All rows of a table or a mapped class, in the order of the primary key."""
        table = getattr(table, "__table__", table)
        with self.engine.connect() as connection:
            found = connection.execute(select(table).order_by(*table.primary_key.columns))
            return [dict(row._mapping) for row in found]

    def tables(self, metadata: MetaData) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table."""
        return {table.name: self.rows(table) for table in metadata.sorted_tables}
