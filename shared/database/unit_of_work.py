"""A transaction as use cases see it: rows of this room, and what shall follow from them.

A use case never publishes, sends or waits. It changes rows and says `emit` (an event for other rooms), `schedule`
(work with a time) or `plan` (an act on the outside world). All of it is stored in the same database transaction, so it
happens if and only if the rows change.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.interfaces import ORMOption

from shared import ids
from shared.clock import Clock
from shared.contracts import envelope as envelopes
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.database import bulk
from shared.database.arrays import one_of
from shared.database.plumbing import DUE, EFFECT, OUTBOX, WRITTEN_BY

M = TypeVar("M")


@dataclass(frozen=True)
class Cause:
    """What the present work follows from; ids of everything it creates derive from `id`."""

    id: UUID
    correlation_id: UUID
    traceparent: str | None = None


class Overtaken(Exception):
    """The due work that a transaction did was moved, dropped or done by another one: nothing of it holds."""


class Outgoing(NamedTuple):
    """An event that leaves with its transaction: a row of the outbox."""

    id: UUID
    exchange: str
    routing_key: str
    body: bytes


class Transaction:
    """One unit of work. `session` reaches this room's tables; `now` is the business time it runs at."""

    def __init__(self, session: Session, now: datetime, cause: Cause) -> None:
        self.session = session
        self.now = now
        self.cause = cause
        self._known: dict[tuple[type, Any], Any] = {}
        self._new: dict[Any, list[Any]] = {}
        self._emitted: list[Outgoing] = []
        self._ordinals: dict[tuple[UUID, str], int] = {}
        self._due: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        self._done: dict[tuple[str, str], str] = {}
        self._effects: dict[str, Mapping[str, Any]] = {}

    # --- rows --------------------------------------------------------------------------------------------------------

    def preload(self, model: type[M], keys: Iterable[Any], *options: ORMOption, locked: bool = True) -> list[M]:
        """Loads and locks the rows with these single-column primary keys in one query, for the `get`s that follow.

        Rows are locked in the order of their keys, so that two transactions cannot wait for each other. `options` are
        SQLAlchemy's, such as `defer` for a column that is large and seldom looked at. Not `locked` are rows that are
        read and never changed.
        """
        wanted = {key for key in keys if key is not None and (model, key) not in self._known}
        if not wanted:
            return []
        column = model.__mapper__.primary_key[0]  # type: ignore[attr-defined]
        query = select(model).where(one_of(column, wanted)).order_by(column).options(*options)
        query = query.with_for_update() if locked else query
        rows = list(self.session.scalars(query))
        self._known.update({(model, key): None for key in wanted})
        self._known.update({(model, getattr(row, column.key)): row for row in rows})
        return rows

    def get(self, model: type[M], key: Any) -> M | None:
        """The row with this primary key, locked, or None. Costs no query when it was preloaded or added here."""
        if (model, key) not in self._known:
            self._known[model, key] = self.session.get(model, key, with_for_update=True)
        row: M | None = self._known[model, key]
        return row

    def add(self, row: M) -> M:
        """Stores a new row with the rest of the transaction; `get` finds it from now on."""
        self.session.add(row)
        identity = row.__mapper__.primary_key_from_instance(row)  # type: ignore[attr-defined]
        self._known[type(row), identity[0] if len(identity) == 1 else tuple(identity)] = row
        return row

    def new(self, model: type[M], **values: Any) -> M:
        """Stores a new row, as `add` does, for a fifth of its cost: a plain object, which the ORM does not know.

        It can be read and changed until the transaction ends; after `write` it is read again from the database, and a
        change to the object raises AttributeError. Columns that are not given are None until they are set.
        """
        kind: Any = model
        made, identity_of, _ = bulk.unwatched(kind)
        row: M = made()
        row.__dict__ = values
        self._new.setdefault(model, []).append(row)
        self._known[model, identity_of(row)] = row
        return row

    def is_new(self, row: Any) -> bool:
        """Whether this transaction made the row."""
        return row in self.session.new if hasattr(row, "_sa_instance_state") else row is not None

    def write(self) -> None:
        """Writes the rows so far, so that queries find them."""
        new = self._write()
        for model, rows in new.items():
            _, identity_of, written = bulk.unwatched(model)
            for row in rows:
                self._known.pop((model, identity_of(row)), None)
                row.__class__ = written

    def _write(self) -> dict[Any, list[Any]]:
        new, self._new = self._new, {}
        for model, rows in new.items():
            bulk.write(self.session, model, rows)
        bulk.write_new(self.session)
        self.session.flush()
        return new

    def new_id(self, *names: str) -> UUID:
        """An id that follows from the cause: the same cause handled again gives the same id."""
        return ids.derived_id(self.cause.id, *names)

    # --- what follows ------------------------------------------------------------------------------------------------

    def emit(self, event: Event, *, key: str | None = None) -> UUID:
        """Publishes `event` once this transaction is committed. Returns the event's id.

        The id follows from the cause, or from `key` where the event joins several causes that may come in any order
        (for example "qualified/<lead>/<revision>"): the same key is the same event, however often it is emitted.
        """
        kind = f"{event.room}.{event.name}"
        if key is not None:
            identity = ids.derived_id(_EVENTS, kind, key)
        else:
            ordinal = self._ordinals[self.cause.id, kind] = self._ordinals.get((self.cause.id, kind), 0) + 1
            identity = ids.derived_id(self.cause.id, kind, str(ordinal))
        body = envelopes.encode_event(
            event,
            id=identity,
            time=self.now,
            correlation_id=self.cause.correlation_id,
            causation_id=self.cause.id,
            traceparent=self.cause.traceparent,
        )
        self._emitted.append(Outgoing(identity, f"{event.room}.events", event.name, body))
        return identity

    def schedule(self, kind: str, key: str, due_at: datetime, data: Mapping[str, Any] | None = None) -> None:
        """Has this room's due work `kind` run at `due_at`. One per (kind, key): a later call moves it."""
        self._due[kind, key] = {"due_at": due_at, "data": dict(data or {})}

    def unschedule(self, kind: str, key: str) -> None:
        """Drops due work that has not run."""
        self._due[kind, key] = None

    def finish(self, kind: str, key: str, written_by: str) -> None:
        """Takes the due work that this transaction does off the list, as it was when it was taken up.

        The transaction fails with Overtaken when it was moved, dropped or done meanwhile.
        """
        self._done[kind, key] = written_by

    def plan(self, kind: str, key: str, payload: Mapping[str, Any], at: datetime | None = None) -> None:
        """Has this room's effect `kind` performed once under `key`, from `at` on (now, when left out).

        A key that was planned before, in whatever state it is, is left alone: that is what makes it once.
        """
        self._effects.setdefault(
            key,
            {
                "key": key,
                "kind": kind,
                "payload": dict(payload),
                "state": "planned",
                "next_attempt_at": at or self.now,
                "planned_at": self.now,
            },
        )

    @contextmanager
    def caused_by(self, cause: Cause) -> Iterator[None]:
        """What is done inside follows from `cause`."""
        before, self.cause = self.cause, cause
        try:
            yield
        finally:
            self.cause = before

    def flush(self) -> None:
        """Writes everything to the database, in batches; the caller commits."""
        self._write()
        if self._emitted:
            bulk.copy(self.session, OUTBOX, Outgoing._fields, self._emitted)
        self._flush_due()
        if self._effects:
            statement = upsert(EFFECT).on_conflict_do_nothing(index_elements=["key"])
            self.session.execute(statement, [self._effects[key] for key in sorted(self._effects)])

    def _flush_due(self) -> None:
        # Last of all and in one order: who waits for one of these rows holds nothing that its holder still wants.
        gone = sorted({*self._done, *(key for key, row in self._due.items() if row is None)})
        if gone:
            self._take_off(gone, sorted({*gone, *self._due}))
        moved = [
            {"kind": kind, "key": key, "due_at": row["due_at"], "data": row["data"]}
            for (kind, key), row in sorted(self._due.items(), key=lambda item: item[0])
            if row is not None
        ]
        if moved:
            statement = upsert(DUE)
            fresh = {name: statement.excluded[name] for name in ("due_at", "data")}
            statement = statement.on_conflict_do_update(
                index_elements=["kind", "key"], set_={**fresh, "state": "waiting", "attempts": 0, "error": None}
            )
            self.session.execute(statement, moved)

    def _take_off(self, gone: list[tuple[str, str]], touched: list[tuple[str, str]]) -> None:
        where = tuple_(DUE.c.kind, DUE.c.key)
        query = select(DUE.c.kind, DUE.c.key, WRITTEN_BY).where(where.in_(touched))
        rows = self.session.execute(query.order_by(DUE.c.kind, DUE.c.key).with_for_update())
        found = {(row.kind, row.key): row.written_by for row in rows}
        if any(found.get(key) != written_by for key, written_by in self._done.items()):
            raise Overtaken
        self.session.execute(delete(DUE).where(where.in_(gone)))

    @property
    def emitted(self) -> list[Envelope]:
        """What has been emitted so far; for tests."""
        return [envelopes.decode(one.body) for one in self._emitted]

    @property
    def has_outgoing(self) -> bool:
        """Whether something waits for the relay, the due-work poller or a performer."""
        return bool(self._emitted or self._due or self._effects)

    @property
    def planned_kinds(self) -> set[str]:
        """Kinds of the effects that were planned."""
        return {str(effect["kind"]) for effect in self._effects.values()}


#: Namespace of event ids that derive from a business key.
_EVENTS = UUID("6f1d7c1e-6c1a-5a53-9d0f-0d8a6a0f6c01")


@dataclass
class UnitOfWork:
    """Opens transactions on one room's database.

    `after_commit` is called when a committed transaction left something to publish, run or perform; `after_plan` by the
    kind of effect that it planned.
    `apart` runs one attempt of use cases so that what they leave behind in their thread of execution (a time-out that
    was started and never cancelled) cannot hit the next attempt; the room's process gives each a greenlet of its own.
    """

    sessions: sessionmaker[Session]
    clock: Clock
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    after_plan: dict[str, Sequence[Callable[[], None]]] = field(default_factory=dict)
    apart: Callable[[Callable[[], Any]], Any] = lambda attempt: attempt()

    @contextmanager
    def begin(self, cause: Cause | None = None) -> Iterator[Transaction]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        now = self.clock.now()
        if cause is None:
            fresh = ids.new_id(now)
            cause = Cause(fresh, fresh)
        with self.sessions() as session:
            tx = Transaction(session, now, cause)
            yield tx
            tx.flush()
            session.commit()
        if tx.has_outgoing:
            for wake in (*self.after_commit, *self._performers(tx)):
                wake()

    def _performers(self, tx: Transaction) -> Iterator[Callable[[], None]]:
        for kind in tx.planned_kinds:
            yield from self.after_plan.get(kind, ())
