"""A month of history under other rules: every sales-ready lead assigned again, in memory, without a lock.

Caps, turns, open leads and accounts are counted as they would have been; pauses that owners said are left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from services.router.domain.deciding import decide
from services.router.domain.market import Choice
from services.router.domain.objecting import Wanted
from services.router.domain.rules import Rules
from services.router.domain.standing import Standing
from services.router.domain.turns import Turns
from services.router.models import Assignment, Lead, Person
from services.router.usecases.accounts import accounts_of
from services.router.usecases.knowledge import wanted_as_told

#: Rows that are read at once.
BATCH = 500


@dataclass(frozen=True)
class Past:
    """A lead that became sales-ready: what is known of it now, and whose it became then."""

    lead_id: UUID
    at: datetime
    person: Mapping[str, Any]
    responses: list[dict[str, Any]]
    said: Mapping[str, Any]
    owner_id: str
    accepted: bool
    ended_at: datetime | None


def number_of_leads(session: Session, start: datetime, end: datetime) -> int:
    """How many leads became sales-ready in a span of time."""
    return int(session.scalar(select(func.count()).select_from(Assignment).where(*_of(start, end))) or 0)


def history(session: Session, start: datetime, end: datetime) -> Iterator[Past]:
    """These leads, oldest first, batch by batch; those of erased people are left out."""
    after: tuple[datetime, UUID] | None = None
    while rows := session.execute(_batch(start, end, after)).all():
        for row in rows:
            yield Past(
                row.lead_id,
                row.assigned_at,
                row.document,
                sorted(row.responses.values(), key=lambda response: response["number"]),
                row.verdict or row.score or {},
                row.owner_id,
                row.accepted_at is not None,
                row.ended_at or row.closed_at,
            )
        after = (rows[-1].assigned_at, rows[-1].id)
        # Nothing is held between two batches.
        session.rollback()


def _of(start: datetime, end: datetime) -> tuple[Any, ...]:
    return Assignment.occasion == "qualified", Assignment.assigned_at >= start, Assignment.assigned_at < end


def _batch(start: datetime, end: datetime, after: tuple[datetime, UUID] | None) -> Any:
    query = (
        select(
            Assignment.id, Assignment.lead_id, Assignment.assigned_at, Assignment.owner_id, Assignment.accepted_at,
            Assignment.ended_at, Lead.responses, Lead.verdict, Lead.score, Lead.closed_at, Person.document,
        )
        .join(Lead, Lead.lead_id == Assignment.lead_id)
        .join(Person, Person.person_id == Lead.person_id)
        .where(*_of(start, end))
        .order_by(Assignment.assigned_at, Assignment.id)
        .limit(BATCH)
    )  # fmt: skip
    return query if after is None else query.where(tuple_(Assignment.assigned_at, Assignment.id) > after)


@dataclass
class Simulation:
    """Rules at work on history: what each owner gets, and how full they are."""

    rules: Rules
    turns: dict[str, Turns] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    by_day: Counter[tuple[str, date]] = field(default_factory=Counter)
    territories: Counter[str] = field(default_factory=Counter)
    #: Leads that waited for their owner to open.
    held: int = 0
    _open: Counter[str] = field(default_factory=Counter)
    _ends: list[tuple[datetime, str]] = field(default_factory=list)
    _accounts: dict[str, str] = field(default_factory=dict)

    def read(self, name: str) -> Turns:
        """The turns of a territory."""
        return self.turns.get(name, {})

    def write(self, name: str, turns: Turns) -> None:
        """They are these from now on."""
        self.turns[name] = turns

    def assign(self, past: Past) -> Choice:
        """Gives one lead, later than all before it, to its owner."""
        while self._ends and self._ends[0][0] <= past.at:
            self._open[heappop(self._ends)[1]] -= 1
        wanted = self.wanted(past)
        standings = {name: self.standing(name, past.at) for name in self.rules.may_take(wanted)}
        choice = decide(self.rules, wanted, standings, self)
        for name in (choice.owner_id, *choice.further):
            self._give(name, past)
        self.territories[choice.territory or "–"] += 1
        self.held += choice.held_until is not None
        if past.accepted:
            self._accounts |= dict.fromkeys(accounts_of(past.person), choice.owner_id)
        return choice

    def wanted(self, past: Past) -> Wanted:
        """What the lead asks of an owner under these rules."""
        known = (self._accounts.get(name) for name in accounts_of(past.person))
        rep = next((name for name in known if name is not None), None)
        return wanted_as_told(self.rules, past.person, past.responses, past.said, {}, past.at, rep)

    def standing(self, name: str, at: datetime) -> Standing:
        """How an owner stands by what they were given so far."""
        today = self.rules.owners[name].calendar.day(at)
        week, month = today - timedelta(days=today.weekday()), today.replace(day=1)
        return Standing(
            today=self.by_day[name, today],
            this_week=self._between(name, week, today),
            this_month=self._between(name, month, today),
            open=self._open[name],
        )

    def busiest_day(self, name: str) -> int:
        """The most that an owner was given on one day."""
        return max((number for (owner, _), number in self.by_day.items() if owner == name), default=0)

    def _between(self, name: str, first: date, last: date) -> int:
        return sum(self.by_day[name, first + timedelta(days=number)] for number in range((last - first).days + 1))

    def _give(self, name: str, past: Past) -> None:
        self.given[name] += 1
        self.by_day[name, self.rules.owners[name].calendar.day(past.at)] += 1
        self._open[name] += 1
        if past.ended_at is not None:
            heappush(self._ends, (max(past.ended_at, past.at), name))
