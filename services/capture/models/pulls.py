"""What was fetched from platforms, and what operators did to inquiries that were set aside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.schema import Base, refers_to


class PulledAnswer(Base):
    """The answer of a platform about a lead that it had announced, byte for byte."""

    __tablename__ = "pulled_answer"

    inquiry_id: Mapped[UUID] = mapped_column(refers_to("inquiry.id"), primary_key=True)
    pulled_at: Mapped[datetime]
    body: Mapped[bytes]


class Repair(Base):
    """One thing that was done to a quarantined inquiry, by whom, and what it was before and after. Never changed."""

    __tablename__ = "inquiry_repair"
    __table_args__ = (Index("inquiry_repair_inquiry", "inquiry_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inquiry_id: Mapped[UUID] = mapped_column(refers_to("inquiry.id"))
    #: Counts from 1.
    number: Mapped[int]
    #: released, refused (a release that did not pass), junked, unjunked
    action: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    #: Why it lay in quarantine, and what it became.
    reason_before: Mapped[str | None]
    detail_before: Mapped[str | None]
    outcome_after: Mapped[str]
    reason_after: Mapped[str | None]
    #: What was given with it, by our names; an empty text takes a value away.
    corrections: Mapped[dict[str, str]]
    #: Whether the operator said that it is no spam.
    trusted: Mapped[bool]
    #: The bulk release that it was part of.
    run_id: Mapped[UUID | None]


class ReleaseRun(Base):
    """A release of everything in quarantine that fits a filter, in batches; or its preview, which changes nothing."""

    __tablename__ = "release_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    by: Mapped[str]
    asked_at: Mapped[datetime]
    preview: Mapped[bool]
    trusted: Mapped[bool]
    #: reason, source, day, as asked.
    filter: Mapped[dict[str, str]]
    #: Only what was received up to here, so that it ends.
    until: Mapped[datetime]
    #: How many fitted when it began, how many were looked at, and what became (or would become) of them by outcome.
    total: Mapped[int]
    handled: Mapped[int]
    outcomes: Mapped[dict[str, Any]]
    #: The last one looked at.
    cursor: Mapped[str | None]
    finished_at: Mapped[datetime | None]
