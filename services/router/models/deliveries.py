"""What was sent to owners by which way, and how each way does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class DeliveryRow(Base):
    """One lead, or news of one, on one way to one owner."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("delivery_lead", "lead_id"),
        Index("delivery_parked", "owner_id", "way", postgresql_where=text("state IN ('failed', 'unknown')")),
        Index("delivery_waiting", "owner_id", "way", postgresql_where=text("state = 'waiting'")),
        Index("delivery_far", "owner_id", "way", "far_id", postgresql_where=text("far_id IS NOT NULL")),
    )

    #: The key of its effect: the same on every attempt, and the far side's key against doing it twice.
    key: Mapped[str] = mapped_column(primary_key=True)
    #: None: a trial, which speaks of nobody.
    lead_id: Mapped[UUID | None]
    assignment_id: Mapped[UUID | None]
    owner_id: Mapped[str]
    way: Mapped[str]
    #: lead, response, test
    notice: Mapped[str]
    #: waiting (for the next batch), planned, delivered, failed, unknown; withdrawn: somebody else has it now; erased
    state: Mapped[str]
    #: The far side's own id of it, and what the far side said of its status last.
    far_id: Mapped[str | None]
    far_status: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None]
    planned_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    #: Of what goes with others: the package until it is sent, and the effect that sends it.
    payload: Mapped[dict[str, Any] | None]
    batch: Mapped[str | None]


class DeliveryChannel(Base):
    """How one way to one owner does."""

    __tablename__ = "delivery_channel"

    #: `<owner>/<way>`.
    channel: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    way: Mapped[str]
    #: closed (works), open (left in peace), disabled
    state: Mapped[str] = mapped_column(default="closed")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    tokens: Mapped[float | None]
    tokens_at: Mapped[datetime | None]
    #: What the far side said when it failed last.
    because: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
