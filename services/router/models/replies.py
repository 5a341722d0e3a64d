"""What owners wrote back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class OwnerReply(Base):
    """One mail to our address for answers, and what was made of it."""

    __tablename__ = "owner_reply"
    __table_args__ = (Index("owner_reply_waiting", "received_at", postgresql_where=text("waits")),)

    #: Of the mail door; the same for every copy of one mail.
    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    #: None where the address was none of ours.
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("lead.lead_id", deferrable=True, initially="DEFERRED"))
    assignment_id: Mapped[UUID | None]
    owner_id: Mapped[str | None]
    sender: Mapped[str | None]
    subject: Mapped[str | None]
    #: What the sender wrote now, without quotes and signature.
    text: Mapped[str | None]
    #: understood, repeated, asked_back, refused (it cannot be said now), stranger (not an address of the owner),
    #: automatic (nobody wrote it), unknown (no message of ours)
    outcome: Mapped[str]
    because: Mapped[str | None]
    #: The action that was understood.
    action: Mapped[str | None]
    #: Whether it is in the list of the sales manager.
    waits: Mapped[bool]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
