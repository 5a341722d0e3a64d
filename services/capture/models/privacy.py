"""Erasures with what every room said of them, and refusals that outlive their person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.schema import Base


class Erasure(Base):
    """A person was erased: who asked for it and when, and the ids they had. Nothing of the person themselves."""

    __tablename__ = "erasure"
    __table_args__ = (Index("erasure_requested", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    requested_at: Mapped[datetime]
    reason: Mapped[str]
    asked_by: Mapped[str]
    person_ids: Mapped[list[str]]
    lead_ids: Mapped[list[str]]
    inquiry_ids: Mapped[list[str]]


class ErasureReport(Base):
    """One room's word of what it removed, kept and had passed on."""

    __tablename__ = "erasure_report"

    #: <erasure>/<room>
    key: Mapped[str] = mapped_column(primary_key=True)
    erasure_id: Mapped[UUID] = mapped_column(index=True)
    room: Mapped[str]
    erased_at: Mapped[datetime]
    removed: Mapped[dict[str, Any]]
    kept: Mapped[dict[str, str]]
    passed_on: Mapped[list[dict[str, Any]]]


class Suppression(Base):
    """What somebody had refused when they were erased, under a keyed hash of the address alone.

    It is read when an address comes anew: who refused and was erased is not written to because they are unknown.
    """

    __tablename__ = "suppression"

    #: HMAC-SHA-256 of channel and address under the installation's secret.
    hash: Mapped[str] = mapped_column(primary_key=True)
    #: By <channel>/<purpose>: when it was refused.
    refused: Mapped[dict[str, str]]
