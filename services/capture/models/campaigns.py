"""The campaign register: what is written of each campaign, its versions, costs and codes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.schema import Base, refers_to

#: Money with cents, exact.
MONEY = Numeric(14, 2)


class CampaignRegister(Base):
    """One row: it counts the changes, so that every process knows when to read campaigns and codes again."""

    __tablename__ = "campaign_register"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]


class Campaign(Base):
    """A campaign as it is now. Its fields are those of `domain.campaigns.FIELDS`."""

    __tablename__ = "campaign"

    id: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]]
    #: Grows with every change.
    revision: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    #: Somebody changed it at run time: from then on the file does not win.
    edited: Mapped[bool]
    #: What the file said when it was read last; None for a campaign that is in no file.
    file_fields: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: By field: what the file says otherwise since somebody edited it here.
    conflict: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))


class CampaignVersion(Base):
    """A campaign as it was after one change. Never changed."""

    __tablename__ = "campaign_version"

    campaign_id: Mapped[str] = mapped_column(refers_to("campaign.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    #: The fields and, as `codes`, the codes.
    fields: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class CampaignCost(Base):
    """One entry of what a campaign cost. Never changed: a correction is another entry."""

    __tablename__ = "campaign_cost"
    __table_args__ = (Index("campaign_cost_campaign", "campaign_id", "spent_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(refers_to("campaign.id"))
    spent_on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str]
    #: generation, management
    purpose: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str]
    note: Mapped[str | None]
    #: Whether it follows from the company's file.
    from_file: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class CampaignCode(Base):
    """A code that leads to a campaign, folded as it is looked up. The campaign's id is one of them."""

    __tablename__ = "campaign_code"
    __table_args__ = (Index("campaign_code_campaign", "campaign_id"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(refers_to("campaign.id"))
    written: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class CodeSighting(Base):
    """A code on an inquiry that led to no campaign when the inquiry came. It does once somebody registers the code."""

    __tablename__ = "code_sighting"
    __table_args__ = (Index("code_sighting_open", "code", postgresql_where=text("attributed_at IS NULL")),)

    inquiry_id: Mapped[UUID] = mapped_column(refers_to("inquiry.id"), primary_key=True)
    #: 0: said to be the campaign; 1: utm_campaign.
    place: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    written: Mapped[str]
    source: Mapped[str]
    #: A surer code of the inquiry was known already.
    outranked: Mapped[bool]
    seen_at: Mapped[datetime]
    #: When the inquiry was credited to the campaign that the code was registered for, and to which it was before.
    attributed_at: Mapped[datetime | None]
    campaign_before: Mapped[str | None]
