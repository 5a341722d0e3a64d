"""Rule sets, who approved them, and when they were published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class RuleSet(Base):
    """One text of the rules. The database itself refuses a text that does not have this digest."""

    __tablename__ = "rule_set"
    __table_args__ = (
        CheckConstraint("digest = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="rule_set_digest_of_text"),
        CheckConstraint("version = left(digest, 12)", name="rule_set_version_of_digest"),
        UniqueConstraint("version", name="rule_set_version_key"),
    )

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(TIMESTAMP)


class RuleApproval(Base):
    """A party agreed to exactly this text. Nobody agrees for both."""

    __tablename__ = "rule_approval"
    __table_args__ = (
        CheckConstraint("party IN ('marketing', 'sales')", name="rule_approval_party"),
        UniqueConstraint("digest", "approver", name="rule_approval_approver_key"),
    )

    digest: Mapped[str] = mapped_column(
        Text, ForeignKey("rule_set.digest", name="rule_approval_digest_fkey"), primary_key=True
    )
    party: Mapped[str] = mapped_column(Text, primary_key=True)
    approved_by: Mapped[str] = mapped_column(Text)
    #: Who was proved to ask: a key, an account.
    approver: Mapped[str] = mapped_column(Text)
    approved_at: Mapped[datetime] = mapped_column(TIMESTAMP)


class RulePublication(Base):
    """From then on a share of the leads is under these rules. Without both approvals the database refuses the row."""

    __tablename__ = "rule_publication"
    __table_args__ = (
        CheckConstraint("share BETWEEN 1 AND 100", name="rule_publication_share"),
        CheckConstraint("marketing = 'marketing' AND sales = 'sales'", name="rule_publication_parties"),
        ForeignKeyConstraint(
            ["digest", "marketing"],
            ["rule_approval.digest", "rule_approval.party"],
            name="rule_publication_marketing_fkey",
        ),
        ForeignKeyConstraint(
            ["digest", "sales"],
            ["rule_approval.digest", "rule_approval.party"],
            name="rule_publication_sales_fkey",
        ),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    share: Mapped[int] = mapped_column(Integer)
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(TIMESTAMP)
    marketing: Mapped[str] = mapped_column(Text)
    sales: Mapped[str] = mapped_column(Text)


class Reassessment(Base):
    """How far the open leads have been assessed anew after a publication."""

    __tablename__ = "reassessment"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    #: Leads up to this id are done.
    after: Mapped[UUID | None] = mapped_column(Uuid)
    done: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(TIMESTAMP)
    #: None while it goes on; a newer publication takes over from it.
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP)


class LeadOwner(Base):
    """Who owns a lead, and which of sales had it last, as the router told: a back-test says what they would get."""

    __tablename__ = "lead_owner"

    lead_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    owner_id: Mapped[str] = mapped_column(Text)
    sales_revision: Mapped[int] = mapped_column(BigInteger)
    sales_owner_id: Mapped[str | None] = mapped_column(Text)


class Backtest(Base):
    """The newest back-test of a draft against what was live."""

    __tablename__ = "backtest"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ran_by: Mapped[str] = mapped_column(Text)
    ran_at: Mapped[datetime] = mapped_column(TIMESTAMP)
