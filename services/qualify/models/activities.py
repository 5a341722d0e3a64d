"""What people did, and who of a company is interested."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class Activity(Base):
    """A footstep, for each person whose it was said to be. What it was may be told after whose it is."""

    __tablename__ = "activity"
    __table_args__ = (Index("activity_person_id", "person_id", "at"),)

    activity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str | None] = mapped_column(Text)
    what: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime | None] = mapped_column(TIMESTAMP)
    #: All that was said of it: revision, verdict, whether it is this person's, heard_at.
    told: Mapped[list[Any]] = mapped_column(JSONB)


class BuyingGroup(Base):
    """Open leads of one company: what each scores by itself, and the role that its person has."""

    __tablename__ = "buying_group"

    company_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: By lead: person_id, score, role.
    members: Mapped[dict[str, Any]] = mapped_column(JSONB)
