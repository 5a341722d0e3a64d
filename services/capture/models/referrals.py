"""Leads that own staff forward, and what they earn."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.campaigns import MONEY
from services.capture.models.schema import Base, refers_to


class Referral(Base):
    """An inquiry that somebody of the company forwarded. Person and lead are those of the inquiry."""

    __tablename__ = "referral"
    __table_args__ = (Index("referral_referrer", "referrer", "received_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inquiry_id: Mapped[UUID] = mapped_column(refers_to("inquiry.id"), unique=True)
    #: Number of the participant; None when nobody was proven.
    referrer: Mapped[str | None]
    #: Why it cannot count, whoever the person is.
    refused: Mapped[str | None]
    #: waiting, counts, or why it does not (domain/referrals.py).
    state: Mapped[str]
    source: Mapped[str]
    received_at: Mapped[datetime]
    registered_at: Mapped[datetime]
    rules_version: Mapped[str]


class ReferredLead(Base):
    """A lead that was referred, and how it stands as its owner says."""

    __tablename__ = "referred_lead"

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    status: Mapped[str | None]
    status_revision: Mapped[int]
    status_at: Mapped[datetime | None]


class ReferralCredit(Base):
    """One line of the ledger: what somebody earned, or, below 0, what is taken back. Never changed."""

    __tablename__ = "referral_credit"
    __table_args__ = (
        Index("referral_credit_referral", "referral_id"),
        Index("referral_credit_time", "credited_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(refers_to("referral.id"))
    referrer: Mapped[str]
    lead_id: Mapped[UUID]
    #: registered, closed
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str]
    #: counts, or why it was taken back.
    reason: Mapped[str]
    credited_at: Mapped[datetime]
    rules_version: Mapped[str]


class ReferralPayment(Base):
    """A line of the ledger was paid out: once, as its key says."""

    __tablename__ = "referral_payment"

    credit_id: Mapped[UUID] = mapped_column(refers_to("referral_credit.id"), primary_key=True)
    paid_at: Mapped[datetime]
    paid_by: Mapped[str]
    #: Of the payroll run or the transfer.
    reference: Mapped[str | None]
