"""Tables of analytics: the journal, and facts worked out from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Everything here belongs to analytics' own database."""

    metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey"})
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), dict[str, Any]: JSONB}


class JournalEntry(Base):
    """One event, as it was published. Never removed, and changed by the erasure of a person alone."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("journal_lead", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
        # Events of a person outside any lead; the others are found by their lead.
        Index("journal_person", "person_id", postgresql_where=text("lead_id IS NULL AND person_id IS NOT NULL")),
        Index("journal_kind", "room", "type"),
        Index("journal_time", "time", postgresql_using="brin"),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    time: Mapped[datetime]
    room: Mapped[str]
    type: Mapped[str]
    version: Mapped[int]
    lead_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    correlation_id: Mapped[UUID]
    causation_id: Mapped[UUID | None]
    body: Mapped[dict[str, Any]]


class LeadFact(Base):
    """What the journal says of a lead, up to now. Rows begin empty: events come in any order.

    Only columns that hardly ever change once known are indexed, so that the many changes of a lead stay in one page.
    """

    __tablename__ = "lead_fact"
    __table_args__ = (
        Index("lead_fact_registered", "registered_at"),
        Index("lead_fact_person", "person_id"),
        Index("lead_fact_campaign", "campaign", "registered_at"),
        Index("lead_fact_source", "source", "registered_at"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Whose it is now; the greatest revision of a merge or an un-merge tells.
    person_id: Mapped[UUID | None]
    person_revision: Mapped[int | None]
    registered_at: Mapped[datetime | None]
    source: Mapped[str | None]
    channel: Mapped[str | None]
    campaign: Mapped[str | None]
    #: When it was credited to the campaign: a code may be registered after the inquiry came with it.
    campaign_at: Mapped[datetime | None]
    responses: Mapped[int | None]

    score_revision: Mapped[int | None]
    rank: Mapped[str | None]
    score: Mapped[int | None]
    decision: Mapped[str | None]

    owner_revision: Mapped[int | None]
    owner_id: Mapped[str | None]
    owner: Mapped[dict[str, Any] | None]

    status_revision: Mapped[int | None]
    status: Mapped[str | None]

    #: When each stage was first reached.
    qualified_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    quoted_at: Mapped[datetime | None]
    won_at: Mapped[datetime | None]
    #: Of the owner's newest word on how the lead ended, or that it did not.
    ending_revision: Mapped[int | None]
    lost_at: Mapped[datetime | None]
    #: The last time.
    last_lost_at: Mapped[datetime | None]
    recycled_at: Mapped[datetime | None]
    #: When it was given up first: disqualified, or given back by sales.
    discarded_at: Mapped[datetime | None]
    last_qualified_at: Mapped[datetime | None]

    nurture_steps: Mapped[int | None]
    pieces_sent: Mapped[int | None]


class InquiryFact(Base):
    """What became of an inquiry."""

    __tablename__ = "inquiry_fact"
    __table_args__ = (
        Index("inquiry_fact_received", "received_at"),
        Index("inquiry_fact_campaign", "campaign", "received_at"),
        Index("inquiry_fact_source", "source", "received_at"),
    )

    inquiry_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Grows from one thing said of it to the next (set aside, released, received); the greatest holds.
    word: Mapped[int | None]
    received_at: Mapped[datetime | None]
    source: Mapped[str | None]
    channel: Mapped[str | None]
    campaign: Mapped[str | None]
    #: When it was credited to the campaign: a code may be registered after the inquiry came with it.
    campaign_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    completeness: Mapped[float | None]


class DutyFact(Base):
    """Something that an owner had to do with a lead by a time, once it is over. Rows are never changed."""

    __tablename__ = "duty_fact"
    __table_args__ = (Index("duty_fact_ended", "ended_at", "owner_id"),)

    duty_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID]
    owner_id: Mapped[str]
    owner_name: Mapped[str]
    #: accept, contact, update
    clock: Mapped[str]
    #: in_time, late, missed
    outcome: Mapped[str]
    #: What the owner did; None when nothing.
    did: Mapped[str | None]
    #: What their answer leaves out.
    left_out: Mapped[list[Any]] = mapped_column(JSONB)
    ended_at: Mapped[datetime]
