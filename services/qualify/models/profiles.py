"""Leads and persons as qualification knows them: what was heard is kept as facts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class Profile(Base):
    """One lead: all that was heard of it, and what was published last."""

    __tablename__ = "profile"
    __table_args__ = (
        Index("profile_begun_at", "begun_at", postgresql_using="brin"),
        Index(
            "profile_closed",
            "lead_id",
            postgresql_include=["outcome", "closed_at"],
            postgresql_where=text("outcome IS NOT NULL"),
        ),
    )

    lead_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: None until a response is known.
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    #: Of the newest word on whose the lead is, after a merge or an un-merge; 0: as it was told with a response.
    person_revision: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    #: Inquiries that turned out to be somebody else's and are in a lead of theirs now.
    moved_away: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    #: Responses by inquiry id, recyclings and closings by event id.
    responses: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recyclings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    closings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: Answers that somebody wrote down, by a key of theirs: at, heard_at, answers, via, by.
    notes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: What was looked up, by the kind of look-up: at, heard_at, values; and what it had said `before`.
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: What the owner made of it, by event id: kind, at, heard_at.
    marks: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: The others of the same company, by when they were seen so: people, score, roles.
    colleagues: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    previous_resolution: Mapped[str | None] = mapped_column(Text)
    #: Every known fact: its value, and the inquiry that gave it.
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column(BigInteger)
    #: How often something other than a new fact changed what is published: time, other rules, the neighbours.
    turns: Mapped[int] = mapped_column(Integer, server_default="0")
    stage: Mapped[str | None] = mapped_column(Text)
    #: How often it was told that the lead came to another stage.
    moves: Mapped[int] = mapped_column(Integer, server_default="0")
    #: The company in whose buying group the lead is.
    company_id: Mapped[UUID | None] = mapped_column(Uuid)
    #: When the passing of time changes its standing next.
    changes_at: Mapped[datetime | None] = mapped_column(TIMESTAMP)
    rank: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None] = mapped_column(Integer)
    #: Of everything that was published last, so that nothing is published twice.
    digest: Mapped[str | None] = mapped_column(Text)
    times_qualified: Mapped[int] = mapped_column(Integer)
    times_disqualified: Mapped[int] = mapped_column(Integer)
    #: When it was first heard of.
    begun_at: Mapped[datetime | None] = mapped_column(TIMESTAMP)
    #: Of the closing that came first: won or lost. None while it is open.
    closed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP)
    outcome: Mapped[str | None] = mapped_column(Text)


class Person(Base):
    """What the front desk told of a person, by revision, and the leads that it concerns."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    updates: Mapped[dict[str, Any]] = mapped_column(JSONB)
    leads: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    #: Whom they became part of, and the revision that told so.
    current_id: Mapped[UUID | None] = mapped_column(Uuid)
    current_revision: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    #: Who became part of them, without those who were part of these before.
    absorbed: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default=text("'{}'"))
