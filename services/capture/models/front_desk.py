"""Inquiries, people, leads."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.schema import Base, refers_to


class RawPayload(Base):
    """What arrived, byte for byte, and what the gateway knew about it. Never changed."""

    __tablename__ = "raw_inquiry"

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    dialect: Mapped[str]
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    #: The intake as the gateway sent it: content type, headers, query, address, key.
    intake: Mapped[dict[str, Any]]
    body: Mapped[bytes]
    #: How many inquiries are in it; an unreadable one counts for one.
    inquiries: Mapped[int]


class Inquiry(Base):
    """One response of somebody, and what became of it. Attribution is as it came and never changed."""

    __tablename__ = "inquiry"
    __table_args__ = (
        Index("inquiry_receipt", "receipt_id", "row"),
        Index("inquiry_quarantined", "received_at", "id", postgresql_where=text("outcome = 'quarantined'")),
        Index("inquiry_outcome", "outcome"),
        Index("inquiry_person", "person_id"),
        Index("inquiry_lead", "lead_id"),
        Index("inquiry_origin", "origin_person_id", postgresql_where=text("origin_person_id IS NOT NULL")),
        Index(
            "inquiry_campaign",
            "campaign",
            "received_at",
            "outcome",
            postgresql_where=text("outcome IN ('registered', 'responded')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(refers_to("raw_inquiry.receipt_id"))
    row: Mapped[int]
    source: Mapped[str]
    channel: Mapped[str]
    medium: Mapped[str | None]
    campaign: Mapped[str | None]
    received_at: Mapped[datetime]
    registered_at: Mapped[datetime]
    #: registered, responded, quarantined, test, duplicate, awaiting (its answers are being fetched), withdrawn
    outcome: Mapped[str]
    #: Why it is in quarantine: a stable slug, and a sentence.
    reason: Mapped[str | None]
    detail: Mapped[str | None]
    #: The inquiry that this one is a second copy of.
    duplicate_of: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    #: Whose it is without any merge; None where that is `person_id` (so in every table that has it).
    origin_person_id: Mapped[UUID | None]
    lead_id: Mapped[UUID | None]
    #: Somebody else whom a weaker key of this inquiry names: perhaps the same person twice.
    also_person_id: Mapped[UUID | None]
    #: What was read, before it was normalised.
    parsed: Mapped[dict[str, Any]]
    notes: Mapped[list[dict[str, Any]]]
    products: Mapped[list[str]]
    message: Mapped[str | None]
    answers: Mapped[dict[str, str]]
    attribution: Mapped[dict[str, str]]
    consent: Mapped[dict[str, Any]]
    completeness: Mapped[float]
    rules_version: Mapped[str]
    #: What an operator put right, by our names: {"person.email": {"value", "by", "at"}}. It wins over what was sent.
    corrections: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: When an operator confirmed that it is junk; it stays in quarantine.
    junked_at: Mapped[datetime | None]
    #: How often something was done to it in quarantine.
    repairs: Mapped[int]


class SubmissionKey(Base):
    """By what a second copy of a submission is known: the sender's own key, or equal content shortly after."""

    __tablename__ = "submission_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    inquiry_id: Mapped[UUID] = mapped_column(refers_to("inquiry.id"))
    received_at: Mapped[datetime]


class Person(Base):
    """A person as known now."""

    __tablename__ = "person"
    __table_args__ = (
        Index("person_current", "current_id", postgresql_where=text("current_id IS NOT NULL")),
        Index("person_company", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        Index("person_registered", "registered_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    salutation: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    #: Of everybody of that company (usecases/companies.py).
    company_id: Mapped[UUID | None]
    job_title: Mapped[str | None]
    website: Mapped[str | None]
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    language: Mapped[str | None]
    #: Grows with every change.
    revision: Mapped[int]
    #: By particular: when it was last said.
    said_at: Mapped[dict[str, str]]
    #: By particular: how it came (given, keyed, overlaid, inferred) and the id of the `person_value` that says so.
    said_by: Mapped[dict[str, str]] = mapped_column(default=dict)
    registered_at: Mapped[datetime]
    #: Whom an absorbed person is part of now; None for everybody else.
    current_id: Mapped[UUID | None]
    #: Ids of absorbed people under which other rooms know this one too.
    aliases: Mapped[list[str]] = mapped_column(default=list)


class PersonKey(Base):
    """A key by which exactly one person is known (see domain/identity.py)."""

    __tablename__ = "person_key"
    __table_args__ = (
        Index("person_key_person", "person_id"),
        Index("person_key_origin", "origin_person_id", postgresql_where=text("origin_person_id IS NOT NULL")),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(refers_to("person.id"))
    origin_person_id: Mapped[UUID | None]


class Lead(Base):
    """One episode of interest. A row may begin with its resolution alone: events come in any order."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("lead_person", "person_id"),
        Index("lead_origin", "origin_person_id", postgresql_where=text("origin_person_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None]
    origin_person_id: Mapped[UUID | None]
    source: Mapped[str | None]
    campaign: Mapped[str | None]
    registered_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    last_response_at: Mapped[datetime | None]
    responses: Mapped[int]
    previous_lead_id: Mapped[UUID | None]
    #: open, won, lost, recycled: the newest word of an owner.
    resolution: Mapped[str]
    resolved_at: Mapped[datetime | None]


class ConsentStatement(Base):
    """What a person said about one channel for one purpose, once.

    The newest statement holds, of two at one moment the refusal; none is ever changed.
    """

    __tablename__ = "consent_statement"
    __table_args__ = (
        Index("consent_statement_person", "person_id", "channel", "changed_at"),
        Index("consent_statement_origin", "origin_person_id", postgresql_where=text("origin_person_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    origin_person_id: Mapped[UUID | None]
    channel: Mapped[str]
    allowed: Mapped[bool]
    changed_at: Mapped[datetime]
    origin: Mapped[str]
    text: Mapped[str | None]
    inquiry_id: Mapped[UUID | None]
    #: marketing, sales_contact, …: a purpose of the company's file.
    purpose: Mapped[str] = mapped_column(default="marketing")
    #: Which of the company's wordings `text` is; None for one that is not in its file.
    version: Mapped[str | None]
    #: said; or pending until it is confirmed by a second statement, where the company asks for double opt-in.
    state: Mapped[str] = mapped_column(default="said")
    #: As they were given: trustedform, jornaya, ip, user_agent, url, …
    proofs: Mapped[dict[str, str]] = mapped_column(default=dict)
