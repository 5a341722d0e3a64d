"""The question to a prospect whether they bought, and their answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class PurchaseQuestion(Base):
    """Put once per lead, when its owner is silent."""

    __tablename__ = "purchase_question"

    lead_id: Mapped[UUID] = mapped_column(
        ForeignKey("lead.lead_id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    #: Who was silent.
    assignment_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: {"answer": "elsewhere", "bought_from": "Acme", "note": …}; the newest one.
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    answered_at: Mapped[datetime | None]
