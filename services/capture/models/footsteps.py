"""What visitors did, who the visitors turned out to be, and how many activities came in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.schema import Base


class ActivityBatch(Base):
    """One body of activities and what became of them: received = stored + duplicate + refused."""

    __tablename__ = "activity_batch"

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    received_at: Mapped[datetime]
    received: Mapped[int]
    stored: Mapped[int]
    duplicate: Mapped[int]
    refused: Mapped[int]
    #: By place in the body: why an activity was refused.
    problems: Mapped[list[dict[str, Any]]]
    #: The body as it came, where something in it was refused.
    body: Mapped[bytes | None]


class Visitor(Base):
    """A browser, or somebody of whom a partner gave the email: what brought them, and who they said they are."""

    __tablename__ = "visitor"
    __table_args__ = (
        Index(
            "visitor_identified",
            "identified",
            postgresql_using="gin",
            postgresql_ops={"identified": "jsonb_path_ops"},
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    first_at: Mapped[datetime | None]
    first_touch: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    last_at: Mapped[datetime | None]
    last_touch: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    #: In the order of time: {"at", "person", "evidence"}.
    identified: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    #: Whether something done here was certainly done by a program.
    bot: Mapped[bool] = mapped_column(server_default=text("false"))


class Activity(Base):
    """One footstep. What it was is never changed; whose it is and whether a person did it may be learnt later."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("activity_visitor", "visitor", "at", postgresql_where=text("visitor IS NOT NULL")),
        Index("activity_person", "person_id", "at", "id", postgresql_where=text("person_id IS NOT NULL")),
        Index("activity_occasion", "occasion", postgresql_where=text("occasion IS NOT NULL")),
        Index("activity_origin", "origin_person_id", postgresql_where=text("origin_person_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID]
    visitor: Mapped[str | None]
    source: Mapped[str]
    kind: Mapped[str]
    what: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    url: Mapped[str | None]
    title: Mapped[str | None]
    referrer: Mapped[str | None]
    #: utm_*, click ids, referrer and landing page of the visit that it belongs to.
    touch: Mapped[dict[str, str]]
    campaign: Mapped[str | None]
    #: "google" and "paid search": who sent the visitor, and by what.
    traffic_source: Mapped[str | None]
    tactic: Mapped[str | None]
    details: Mapped[dict[str, str]]
    #: The piece in which the link stood that was followed, and when that was sent.
    occasion: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    user_agent: Mapped[str | None]
    network: Mapped[str | None]
    #: The person that the activity itself names, by a signed token or in a partner's words.
    named_person_id: Mapped[UUID | None]
    #: Whose it is; None while nobody knows.
    person_id: Mapped[UUID | None]
    #: Whose it was, where that person has since become part of another.
    origin_person_id: Mapped[UUID | None]
    lead_id: Mapped[UUID | None]
    anonymous_before: Mapped[bool]
    #: Signs of a program, and what they amount to: human, suspect, bot.
    signs: Mapped[list[str]]
    verdict: Mapped[str]
    #: Grows with every change of what was published of it.
    revision: Mapped[int]
