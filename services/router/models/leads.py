"""A lead, who had it from when to when, and its person."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class Lead(Base):
    """One lead as the router knows it; made by whichever event of it comes first."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint("registered_at IS NULL OR assignment_id IS NOT NULL", name="has_owner"),
        CheckConstraint(
            "registered_at IS NULL OR closed_at IS NOT NULL OR (due_at IS NOT NULL AND clock IS NOT NULL)",
            name="has_due_time",
        ),
        Index(None, "person_id"),
        # The portal pages through an owner's leads in these orders.
        Index("lead_owner_open", "owner_id", "due_at", "lead_id", postgresql_where=text("closed_at IS NULL")),
        Index("lead_owner_closed", "owner_id", "closed_at", "lead_id", postgresql_where=text("closed_at IS NOT NULL")),
    )

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    #: None: not heard from the front desk yet; what other rooms said of it waits here.
    registered_at: Mapped[datetime | None]
    previous: Mapped[dict[str, Any] | None]
    #: Of the newest word on whose the lead is, after a merge or an un-merge; 0: as it was registered.
    person_revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Inquiry id → response and its number.
    responses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Inquiries that turned out to be somebody else's and are in a lead of theirs now.
    moved_away: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    #: Key of the piece → what was sent and when.
    fulfilment: Mapped[dict[str, Any]] = mapped_column(default=dict)

    score: Mapped[dict[str, Any] | None]
    score_revision: Mapped[int] = mapped_column(default=0)
    #: The newest verdict of qualification, and the revision up to which the router has acted.
    verdict: Mapped[dict[str, Any] | None]
    verdict_revision: Mapped[int] = mapped_column(default=0)
    acted_revision: Mapped[int] = mapped_column(default=0)

    #: The newest screening: whether it ended, what was noted and answered, and whether the router has acted.
    screening: Mapped[dict[str, Any] | None]

    assignment_id: Mapped[UUID | None]
    #: Of that assignment.
    owner_id: Mapped[str | None]
    assignment_revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[str | None]
    status_revision: Mapped[int] = mapped_column(default=0)
    #: How many words of owners were kept; see `OwnerWord`.
    words: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: How many work on it beside its owner; see `Share`.
    shares: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Owner id → why they do not get this lead again.
    had_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quoted_amount: Mapped[Decimal | None]
    quoted_currency: Mapped[str | None]
    appointment_at: Mapped[datetime | None]
    #: What keeps its owner from going on, by their own word; until they say something else.
    blocked: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    #: When its owner said something of it last.
    last_word_at: Mapped[datetime | None]

    #: Name of the running clock's plan, when it started, how many of its steps are behind, and the owner's due time.
    clock: Mapped[str | None]
    clock_started_at: Mapped[datetime | None]
    clock_steps_done: Mapped[int] = mapped_column(default=0)
    clock_round: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]


class Assignment(Base):
    """Who owned a lead from when to when, and why they were chosen."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("lead_id", "revision"),
        # Deferred: the row that takes over is written before the row that ends.
        ExcludeConstraint(
            ("lead_id", "="),
            name="assignment_one_live",
            using="btree",
            where=text("ended_at IS NULL"),
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("assignment_live_owner", "owner_id", postgresql_where=text("ended_at IS NULL")),
        Index("assignment_lapsed", "owner_id", "ended_at", postgresql_where=text("ended_because = 'lapsed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Deferred: rows of a batch are written in any order.
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("lead.lead_id", deferrable=True, initially="DEFERRED"))
    revision: Mapped[int]
    owner_id: Mapped[str]
    occasion: Mapped[str]
    territory: Mapped[str | None]
    #: Everybody who was looked at, with the reason.
    explanation: Mapped[list[Any]] = mapped_column(JSONB)
    rules_version: Mapped[str]
    assigned_at: Mapped[datetime]
    #: Whether it counts among what its owner works on now; see `OwnerRow`.
    counted: Mapped[bool] = mapped_column(default=False)
    #: Until when it waits for its owner to open.
    held_until: Mapped[datetime | None]
    #: Who moved it by hand, and why.
    by: Mapped[str | None]
    because: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class Person(Base):
    """A person as the front desk knows them now; the newest revision wins, in whatever order they come."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: 0: known from an inquiry only.
    revision: Mapped[int]
    as_of: Mapped[datetime]
    document: Mapped[dict[str, Any]]
