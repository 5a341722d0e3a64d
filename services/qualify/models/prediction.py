"""Learnt models, which of them is at work, and how it holds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class PredictionModel(Base):
    """What was learnt, as plain data. Rows are never changed: `version` is of all that decides."""

    __tablename__ = "prediction_model"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: From what, how well, with which doubts.
    card: Mapped[dict[str, Any]] = mapped_column(JSONB)
    trained_at: Mapped[datetime] = mapped_column(TIMESTAMP)
    trained_by: Mapped[str] = mapped_column(Text)


class PredictionActivation(Base):
    """From then on this model predicts; none does where `version` is None. The highest number counts."""

    __tablename__ = "prediction_activation"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[str | None] = mapped_column(
        Text, ForeignKey("prediction_model.version", name="prediction_activation_version_fkey")
    )
    activated_by: Mapped[str] = mapped_column(Text)
    activated_at: Mapped[datetime] = mapped_column(TIMESTAMP)


class PredictionWeek(Base):
    """How a model held in one week (by its Monday): what leads came with, and what became of those predicted."""

    __tablename__ = "prediction_week"

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    version: Mapped[str] = mapped_column(Text, primary_key=True)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    alarms: Mapped[list[str]] = mapped_column(JSONB)
    looked_at: Mapped[datetime] = mapped_column(TIMESTAMP)
