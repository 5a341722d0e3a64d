"""Published scores."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class Score(Base):
    """One published score with everything that explains it. Rows are never changed."""

    __tablename__ = "score"

    lead_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rules_version: Mapped[str] = mapped_column(Text)
    fit: Mapped[int] = mapped_column(Integer)
    engagement: Mapped[int] = mapped_column(Integer)
    score: Mapped[int] = mapped_column(Integer)
    rank: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    because: Mapped[list[str]] = mapped_column(JSONB)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    scored_at: Mapped[datetime] = mapped_column(TIMESTAMP)
