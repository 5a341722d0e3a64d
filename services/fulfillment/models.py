"""Fulfillment's tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Index, Integer, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        str: Text,
        UUID: Uuid,
        dict[str, Any]: JSONB(none_as_null=True),
        list[str]: JSONB,
    }


class Lead(Base):
    """What literature for a lead depends on: its requests, the newest verdict, the newest owner.

    Whoever is heard first makes the row; the rest fills it.
    """

    __tablename__ = "lead"

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    #: Of the newest word on whose the lead is, after a merge or an un-merge; 0: as it was told with it.
    person_revision: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    #: By inquiry id: products, answers and source of every response, under which ids it was told, and whether it
    #: waited long enough.
    requests: Mapped[dict[str, Any]]
    #: By inquiry id: the lead of its own person that a request went to when two were told apart.
    moved_away: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    rank: Mapped[str | None]
    decision: Mapped[str | None]
    verdict_revision: Mapped[int | None] = mapped_column(Integer)
    verdict_at: Mapped[datetime | None]
    owner: Mapped[dict[str, Any] | None]
    owner_revision: Mapped[int | None] = mapped_column(Integer)
    owner_since: Mapped[datetime | None]


class Person(Base):
    """A person as the front desk told last."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    #: Which tale is newer: (precedence, told_at) grows.
    precedence: Mapped[int] = mapped_column(Integer)
    told_at: Mapped[datetime]


class Permission(Base):
    """The last word of a person on one channel. A refusal here suppresses."""

    __tablename__ = "permission"

    #: <person>/<channel>
    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    channel: Mapped[str]
    allowed: Mapped[bool] = mapped_column(Boolean)
    said_at: Mapped[datetime]
    origin: Mapped[str]


class Piece(Base):
    """One thing sent, or to be sent, to one person on one occasion."""

    __tablename__ = "piece"

    piece_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: person × piece × occasion; also the key of the effect that sends it.
    key: Mapped[str] = mapped_column(unique=True)
    lead_id: Mapped[UUID] = mapped_column(index=True)
    #: Under which id it was asked for; who that is now, the lead says.
    person_id: Mapped[UUID] = mapped_column(index=True)
    piece: Mapped[str]
    channel: Mapped[str]
    occasion: Mapped[str]
    #: The inquiry that it answers; None for what nurture asked for.
    inquiry_id: Mapped[UUID | None]
    items: Mapped[list[str]]
    #: Rules or programme that asked for it, and what they read.
    because: Mapped[list[str]]
    facts: Mapped[dict[str, Any]]
    rules_version: Mapped[str]
    requested_at: Mapped[datetime]
    caused_at: Mapped[datetime]
    planned_at: Mapped[datetime]
    #: planned, then sent, failed, suppressed or unknown. While it is being sent, its effect is `claimed`.
    state: Mapped[str]
    settled_at: Mapped[datetime | None]
    #: Whom it named as responsible.
    owner_id: Mapped[str | None]
    #: Message-ID or print job.
    reference: Mapped[str | None]
    pages: Mapped[int | None] = mapped_column(Integer)
    #: Why it was not sent.
    reason: Mapped[str | None]

    __table_args__ = (Index("piece_channel_state", "channel", "state"),)
