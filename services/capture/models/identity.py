"""Who may be whom: keys for candidates, what was said of a person, questions for a manager, merges."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.capture.models.schema import Base


class PersonBlock(Base):
    """A key that people who may be one have in common (domain/matching/blocking.py), as a 64-bit hash.

    It names the person whose particulars gave it; after a merge that is the absorbed one.
    """

    __tablename__ = "person_block"
    __table_args__ = (Index("person_block_person", "person_id"),)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class PersonValue(Base):
    """What was said of a person at once: by an inquiry, or by an overlay. The history behind the present row."""

    __tablename__ = "person_value"
    __table_args__ = (
        Index("person_value_person", "person_id"),
        Index("person_value_origin", "origin_person_id", postgresql_where=text("origin_person_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    #: Whom it was said of before any merge; None where that is the person itself.
    origin_person_id: Mapped[UUID | None]
    #: given, keyed, overlaid, inferred
    kind: Mapped[str]
    #: The source of the inquiry, or the name of the list it was overlaid from.
    source: Mapped[str]
    inquiry_id: Mapped[UUID | None]
    said_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    #: By particular.
    values: Mapped[dict[str, Any]]


class CompanyKey(Base):
    """A key by which exactly one company is known (domain/matching/organisations.py)."""

    __tablename__ = "company_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[UUID]


class PersonReview(Base):
    """Two people who may be one: a manager decides. What was decided holds for ever."""

    __tablename__ = "person_review"
    __table_args__ = (
        Index("person_review_open", "probability", "key", postgresql_where=text("state = 'open'")),
        Index("person_review_one", "one_id"),
        Index("person_review_other", "other_id"),
    )

    #: Both ids, the smaller first.
    key: Mapped[str] = mapped_column(primary_key=True)
    one_id: Mapped[UUID]
    other_id: Mapped[UUID]
    probability: Mapped[float]
    #: What speaks for and against: field, agreement, weight.
    reasons: Mapped[list[dict[str, Any]]]
    #: What forbids to merge them without being asked.
    objection: Mapped[str | None]
    #: open, same, different
    state: Mapped[str]
    found_at: Mapped[datetime]
    #: The inquiry that brought them together.
    inquiry_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]


class PersonMerge(Base):
    """One person became part of another. Undone, both have their own again; the row stays."""

    __tablename__ = "person_merge"
    __table_args__ = (Index("person_merge_absorbed", "absorbed_id"), Index("person_merge_survivor", "survivor_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID]
    absorbed_id: Mapped[UUID]
    automatic: Mapped[bool]
    confidence: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]]
    merged_at: Mapped[datetime]
    merged_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
