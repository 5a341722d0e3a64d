"""Owners and their accounts: whose turn it is, and how they stand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class TerritoryTurn(Base):
    """How many leads each owner of a shared territory has been given."""

    __tablename__ = "territory_turn"

    territory: Mapped[str] = mapped_column(primary_key=True)
    turns: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Account(Base):
    """Who serves a company, or a person of no known company: the owner who accepted a lead of theirs last."""

    __tablename__ = "account"

    #: `company:<id>` or `person:<id>`.
    account: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    #: The lead by which they became the rep.
    lead_id: Mapped[UUID]
    since: Mapped[datetime]
    #: Of a company: the names that its people gave for it, and those of them who gave none, as far as they are counted.
    people: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))


class OwnerRow(Base):
    """How one owner stands: what they were given lately, what they said of themselves, how they do."""

    __tablename__ = "owner"

    owner_id: Mapped[str] = mapped_column(primary_key=True)
    #: {"day": ["2026-11-22", 3], "week": […], "month": […]}: first day of the span in their own time, and how many.
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Leads handed over to them that are neither closed nor given on.
    open: Mapped[int] = mapped_column(default=0)
    #: By their own word: until then, or until they say otherwise.
    paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[datetime | None]
    daily_limit: Mapped[int | None]
    #: By month: {"2026-11": {"ended": 4, "won": 1, "contacts": 3, "hours": 31.5}}; half a year is kept.
    results: Mapped[dict[str, Any]] = mapped_column(default=dict)
