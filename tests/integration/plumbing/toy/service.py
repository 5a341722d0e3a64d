"""A small room that misbehaves on request, to prove what the plumbing promises of every room.

It hears `capture.lead_registered`, counts each lead once and publishes `toy.lead_counted`. The person's name says how
to misbehave.
"""

import os
import time
from pathlib import Path
from uuid import UUID

import eventlet
import sqlalchemy as sa
from sqlalchemy import Integer, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts import capture
from shared.contracts.calls import LeadRequest, LedgerReply, LedgerRequest, declare
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, event
from shared.database.unit_of_work import Transaction
from shared.room import Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime

COUNT = declare("toy", "count", LedgerRequest, LedgerReply)
SLOW = declare("toy", "slow", LedgerRequest, LedgerReply)
SLOWER = declare("toy", "slower", LedgerRequest, LedgerReply)
LOCKED = declare("toy", "locked", LedgerRequest, LedgerReply)
RAISES = declare("toy", "raises", LeadRequest, LedgerReply)


@event("toy", "lead_counted")
class LeadCounted(Event):
    """The toy room counted a lead."""

    lead_id: UUID


class Base(DeclarativeBase):
    """The toy room's tables."""


class Tally(Base):
    """How often each lead was counted: always once."""

    __tablename__ = "tally"

    lead_id: Mapped[UUID] = mapped_column(sa.UUID, primary_key=True)
    times: Mapped[int] = mapped_column(Integer)


def count(tx: Transaction, envelope: Envelope) -> None:
    """Counts a lead, after misbehaving as its person's name demands."""
    registered: capture.LeadRegistered = envelope.data
    _misbehave(registered.person.name or "")
    tally = tx.get(Tally, registered.lead_id)
    if tally is None:
        tally = tx.add(Tally(lead_id=registered.lead_id, times=0))
    tally.times += 1
    tx.emit(LeadCounted(lead_id=registered.lead_id))


def _misbehave(name: str) -> None:
    flag = Path(os.environ.get("TOY_MENDED", "/nonexistent"))
    match name:
        case "raise" if not flag.exists():
            raise RuntimeError("asked to fail")
        case "timeout" if not flag.exists():
            raise eventlet.Timeout(0.001)
        case "exit" if not flag.exists():
            raise SystemExit(1)
        case "slow":
            eventlet.sleep(1.0)


def room(_company: Path) -> Room:
    """The toy room."""
    return Room(name="toy", hears={capture.LeadRegistered: count}, preload=_preload)


def _preload(tx: Transaction, envelopes: object) -> None:
    tx.preload(Tally, [envelope.lead_id for envelope in envelopes])  # type: ignore[attr-defined]


class Service:
    """The toy room as a process."""

    name = "toy"
    runtime = Runtime(room)

    @answers(COUNT)
    def count(self, request: LedgerRequest) -> LedgerReply:
        """How many leads were counted."""
        with self.runtime.begin() as tx:
            return LedgerReply(counts={"leads": tx.session.scalar(select(func.count()).select_from(Tally)) or 0})

    @answers(SLOW)
    def slow(self, request: LedgerRequest) -> LedgerReply:
        """Waits a second inside the database."""
        began = time.monotonic()
        with self.runtime.begin() as tx:
            tx.session.execute(text("SELECT pg_sleep(1)"))
        return LedgerReply(counts={"milliseconds": round((time.monotonic() - began) * 1000)})

    @answers(SLOWER)
    def slower(self, request: LedgerRequest) -> LedgerReply:
        """Waits longer than the two seconds after which nameko closes the connection of a room that is to stop."""
        with self.runtime.begin() as tx:
            tx.session.execute(text("SELECT pg_sleep(3.5)"))
        return LedgerReply(counts={"done": 1})

    @answers(LOCKED)
    def locked(self, request: LedgerRequest) -> LedgerReply:
        """Holds a lock, yields, and lets it go: two of these side by side would block a process that is not green."""
        with self.runtime.begin() as tx:
            tx.session.execute(text("SELECT pg_advisory_xact_lock(1)"))
            eventlet.sleep(0.3)
        return LedgerReply(counts={"done": 1})

    @answers(RAISES)
    def raises(self, request: LeadRequest) -> LedgerReply:
        """Lets a bare time-out escape."""
        raise eventlet.Timeout(0.001)
