"""Further owners of a shared lead, and what owners are charged for leads."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class Share(Base):
    """A lead that somebody works on beside the one who is responsible for it."""

    __tablename__ = "share"
    __table_args__ = (
        Index(None, "lead_id"),
        Index("share_of_owner", "owner_id", postgresql_where=text("ended_at IS NULL")),
        Index("share_live_owner", "lead_id", "owner_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("lead.lead_id", deferrable=True, initially="DEFERRED"))
    owner_id: Mapped[str]
    #: In the order of the choice; the second best owner has 2.
    place: Mapped[int]
    territory: Mapped[str | None]
    status: Mapped[str]
    #: Whether it counts among what its owner works on now.
    counted: Mapped[bool] = mapped_column(default=False)
    assigned_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: promoted, declined, lost, …, or gone: somebody else sold it.
    ended_because: Mapped[str | None]
    #: By which its owner became responsible for the lead.
    assignment_id: Mapped[UUID | None]

    @property
    def occasion(self) -> str:
        """As of an assignment."""
        return "shared"

    @property
    def explanation(self) -> list[dict[str, Any]]:
        """Why its owner has it, as of an assignment."""
        because = f"territory {self.territory}, shared: you are number {self.place}"
        return [{"owner_id": self.owner_id, "chosen": True, "because": because}]


class Charge(Base):
    """What an owner pays for a lead, and whether they got it back."""

    __tablename__ = "charge"
    __table_args__ = (Index("charge_owner_id", "owner_id", "charged_at"),)

    #: The assignment or share that it is for.
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID]
    owner_id: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    #: What makes the price, in words.
    because: Mapped[str]
    charged_at: Mapped[datetime]
    credited_at: Mapped[datetime | None]
    credited_because: Mapped[str | None]
    credited_by: Mapped[str | None]
