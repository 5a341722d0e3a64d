"""Leads that somebody looks at or calls: one row per lead, of its newest screening."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, Integer, Numeric, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class Screening(Base):
    """A place in a queue. What screeners found stands in the notes of the profile."""

    __tablename__ = "screening"
    __table_args__ = (
        # In the order in which leads are handed out.
        Index(
            "screening_open",
            "queue",
            text("priority DESC"),
            text("potential_value DESC NULLS LAST"),
            "due_at",
            postgresql_where=text("state <> 'done'"),
        ),
    )

    lead_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    screening_id: Mapped[UUID] = mapped_column(Uuid)
    #: Counts the lead's screenings from 1.
    round: Mapped[int] = mapped_column(Integer)
    queue: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    script: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(Integer)
    potential_value: Mapped[Decimal | None] = mapped_column(Numeric)
    hold: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int] = mapped_column(BigInteger)
    #: waiting, claimed, done
    state: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(TIMESTAMP)
    #: Not handed out before: somebody was not reached and is called again then.
    not_before: Mapped[datetime] = mapped_column(TIMESTAMP)
    due_at: Mapped[datetime] = mapped_column(TIMESTAMP)
    overdue_told: Mapped[bool] = mapped_column(Boolean)
    attempts: Mapped[int] = mapped_column(Integer)
    #: The key of whoever has it, or had it last, in hand.
    claim: Mapped[UUID | None] = mapped_column(Uuid)
    claimed_by: Mapped[str | None] = mapped_column(Text)
    claimed_until: Mapped[datetime | None] = mapped_column(TIMESTAMP)
    outcome: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP)
