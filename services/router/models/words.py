"""What owners said of their leads."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class OwnerWord(Base):
    """One word of an owner that changed something, as it was said and through which way; never written over."""

    __tablename__ = "owner_word"
    __table_args__ = (
        UniqueConstraint("lead_id", "number"),
        UniqueConstraint("lead_id", "request_key"),
        Index(None, "owner_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("lead.lead_id", deferrable=True, initially="DEFERRED"))
    #: The first word of a lead is 1.
    number: Mapped[int]
    #: Of the assignment, or of the share, that the word was said under.
    assignment_id: Mapped[UUID]
    owner_id: Mapped[str]
    action: Mapped[str]
    #: What was filled in, as it was understood.
    fields: Mapped[dict[str, Any]]
    #: link, email, portal, api, csv, crm, prospect
    via: Mapped[str]
    #: Who said it: an owner's id, an address, the id of a key.
    by: Mapped[str | None]
    #: Of the program or row that said it: the same again is the same word.
    request_key: Mapped[str | None]
    #: When they say that it happened, where they say so; else when we heard it.
    said_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    #: Status of the lead, as far as this owner goes, before and after it; before a correction: without the wrong word.
    before: Mapped[str]
    after: Mapped[str]
    #: The later word that corrects this one.
    corrected_by: Mapped[int | None]


class LeadReturn(Base):
    """An owner gives a lead back because it is not what it should be; once per assignment."""

    __tablename__ = "lead_return"

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("lead.lead_id", deferrable=True, initially="DEFERRED"))
    owner_id: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[str | None]
    asked_at: Mapped[datetime]
    #: waiting (for the manager), accepted, refused
    state: Mapped[str]
    decided_at: Mapped[datetime | None]
    #: "rule", or who pressed the manager's link.
    decided_by: Mapped[str | None]
    note: Mapped[str | None]
