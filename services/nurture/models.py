"""Tables of nurture."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Everything here belongs to nurture's own database."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "ix": "%(column_0_label)s_idx",
            "uq": "%(table_name)s_%(column_0_name)s_key",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
        }
    )
    type_annotation_map = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class Lead(Base):
    """What other rooms said of a lead, the newest of each. Rows begin empty: events come in any order."""

    __tablename__ = "lead"

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None]
    #: Of the newest word on whose the lead is, after a merge or an un-merge; 0: as it was registered.
    person_revision: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    registered_at: Mapped[datetime | None]
    source: Mapped[str | None]
    campaign: Mapped[str | None]
    channel: Mapped[str | None]
    products: Mapped[list[str] | None]

    score_revision: Mapped[int | None]
    decision: Mapped[str | None]
    rank: Mapped[str | None]
    score: Mapped[int | None]
    ready_on: Mapped[date | None]
    scored_at: Mapped[datetime | None]
    #: The first time that a score found the lead not ready: programmes count their days from here.
    not_ready_since: Mapped[datetime | None]

    qualified_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    closed_as: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    recycled_at: Mapped[datetime | None]
    recycled_until: Mapped[date | None]
    recycled_because: Mapped[str | None]

    #: The enrolment of the present occasion.
    enrolment_id: Mapped[UUID | None]


class Person(Base):
    """Whom we write to: the newest that the front desk said, what they refused, and when we last wrote."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any] | None]
    revision: Mapped[int | None]
    seen_at: Mapped[datetime | None]
    email_allowed: Mapped[bool | None]
    email_said_at: Mapped[datetime | None]
    post_allowed: Mapped[bool | None]
    post_said_at: Mapped[datetime | None]
    #: Channels whose unsubscribe link was used. Never taken back here.
    unsubscribed: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    last_step_at: Mapped[datetime | None]
    lead_ids: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    #: By lead: the pieces that its programmes brought, and when last.
    pieces: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)


class Enrolment(Base):
    """One lead in one programme on one occasion, with the steps as they were when it entered."""

    __tablename__ = "enrolment"
    __table_args__ = (Index("enrolment_lead", "lead_id"), Index("enrolment_state", "state"))

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID]
    person_id: Mapped[UUID]
    programme: Mapped[str]
    version: Mapped[str]
    occasion: Mapped[str]
    because: Mapped[str]
    steps: Mapped[list[dict[str, Any]]]
    horizon_months: Mapped[int]
    resume_days_before_ready: Mapped[int]

    #: active, left (may come back) or completed
    state: Mapped[str]
    reason: Mapped[str | None]
    entries: Mapped[int]
    entered_at: Mapped[datetime]
    resume_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    #: Place of the next step.
    position: Mapped[int]
    #: Every step that became due: step, planned, taken.
    taken: Mapped[list[dict[str, Any]]]
    left_at: Mapped[datetime | None]
