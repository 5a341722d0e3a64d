"""Tables of qualification. What was heard is kept as facts; the score is worked out from all of them each time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TIMESTAMP = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Tables of this room."""

    metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey", "ix": "%(table_name)s_%(column_0_name)s"})


class Profile(Base):
    """One lead: all that was heard of it, and what was published last."""

    __tablename__ = "profile"

    lead_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: None until a response is known.
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    #: Responses by inquiry id, recyclings and closings by event id.
    responses: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recyclings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    closings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous_resolution: Mapped[str | None] = mapped_column(Text)
    #: Every known fact: its value, and the inquiry that gave it.
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None] = mapped_column(Integer)
    #: Of everything that was published last, so that nothing is published twice.
    digest: Mapped[str | None] = mapped_column(Text)
    times_qualified: Mapped[int] = mapped_column(Integer)
    times_disqualified: Mapped[int] = mapped_column(Integer)


class Person(Base):
    """What the front desk told of a person, by revision, and the leads that it concerns."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    updates: Mapped[dict[str, Any]] = mapped_column(JSONB)
    leads: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class Score(Base):
    """One published score with everything that explains it. Rows are never changed."""

    __tablename__ = "score"

    lead_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rules_version: Mapped[str] = mapped_column(Text)
    fit: Mapped[int] = mapped_column(Integer)
    engagement: Mapped[int] = mapped_column(Integer)
    score: Mapped[int] = mapped_column(Integer)
    rank: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    because: Mapped[list[str]] = mapped_column(JSONB)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    scored_at: Mapped[datetime] = mapped_column(TIMESTAMP)
