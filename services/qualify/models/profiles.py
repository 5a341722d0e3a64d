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
    #: Responses by inquiry id, recyclings and closings by event id.
    responses: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recyclings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    closings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: Answers that somebody wrote down, by a key of theirs: at, heard_at, answers, via, by.
    notes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: What was looked up, by the kind of look-up: at, heard_at, values.
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: What the owner made of it, by event id: kind, at, heard_at.
    marks: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: The others of the same company, by when they were seen so: people, score, roles.
    colleagues: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    previous_resolution: Mapped[str | None] = mapped_column(Text)
    #: Every known fact: its value, and the inquiry that gave it.
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column(BigInteger)
    #: How often something other than a new fact changed what is published: time, other rules, the neighbours.
    turns: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str | None] = mapped_column(Text)
    #: How often it was told that the lead came to another stage.
    moves: Mapped[int] = mapped_column(Integer, default=0)
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
