"""Referrals, their leads, the ledger of credits, payments."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, cast, func, select, text
from sqlalchemy.orm import Session

from services.capture.models import Inquiry, Lead, Referral, ReferralCredit, ReferralPayment, ReferredLead

_RESPONSES = ("registered", "responded")

#: Merges that stand, followed both ways: everybody who is one person now.
_TOGETHER = text(
    """
    WITH RECURSIVE together (id) AS (
        SELECT CAST(:person AS uuid)
        UNION
        SELECT CASE WHEN m.survivor_id = t.id THEN m.absorbed_id ELSE m.survivor_id END
        FROM together t
        JOIN person_merge m ON (m.survivor_id = t.id OR m.absorbed_id = t.id) AND m.undone_at IS NULL
    )
    SELECT id FROM together
    """
)


def persons_together(session: Session, person_id: UUID) -> list[UUID]:
    """Every id that stands for this person now."""
    return list(session.scalars(_TOGETHER, {"person": person_id}))


def persons_with_referrals(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of the persons somebody referred."""
    if not person_ids:
        return set()
    query = (
        select(Inquiry.person_id)
        .distinct()
        .join(Referral, Referral.inquiry_id == Inquiry.id)
        .where(Inquiry.person_id == any_(cast(sorted(person_ids), ARRAY(Uuid))))
    )
    return set(session.scalars(query))


def referrals_of(session: Session, person_ids: Collection[UUID]) -> Sequence[tuple[Referral, UUID, str]]:
    """The referrals of a person, locked in the order of their ids, with lead and its resolution."""
    query = (
        select(Referral, Inquiry.lead_id, Lead.resolution)
        .join(Inquiry, Inquiry.id == Referral.inquiry_id)
        .join(Lead, Lead.id == Inquiry.lead_id)
        .where(Inquiry.person_id.in_(person_ids), Inquiry.outcome.in_(_RESPONSES))
        .order_by(Referral.id)
        .with_for_update(of=Referral)
    )
    found = session.execute(query)
    return [(referral, lead_id, resolution) for referral, lead_id, resolution in found if lead_id is not None]


def visits_of(session: Session, person_ids: Collection[UUID]) -> Sequence[tuple[UUID, datetime]]:
    """The inquiries of a person that counted as responses, and when they came."""
    query = select(Inquiry.id, Inquiry.received_at).where(
        Inquiry.person_id.in_(person_ids), Inquiry.outcome.in_(_RESPONSES)
    )
    return [(inquiry_id, received_at) for inquiry_id, received_at in session.execute(query)]


def credits_of(
    session: Session, referral_ids: Iterable[UUID]
) -> dict[UUID, list[tuple[ReferralCredit, ReferralPayment | None]]]:
    """By referral: its lines in the ledger, each with its payment."""
    query = (
        select(ReferralCredit, ReferralPayment)
        .outerjoin(ReferralPayment, ReferralPayment.credit_id == ReferralCredit.id)
        .where(ReferralCredit.referral_id.in_(list(referral_ids)))
        .order_by(ReferralCredit.credited_at, ReferralCredit.id)
    )
    found: dict[UUID, list[tuple[ReferralCredit, ReferralPayment | None]]] = {}
    for credit, payment in session.execute(query):
        found.setdefault(credit.referral_id, []).append((credit, payment))
    return found


def referrals(
    session: Session, referrer: str | None, limit: int
) -> Sequence[tuple[Referral, Inquiry, Lead | None, ReferredLead | None]]:
    """Referrals with inquiry, lead and its status, newest first."""
    query = (
        select(Referral, Inquiry, Lead, ReferredLead)
        .join(Inquiry, Inquiry.id == Referral.inquiry_id)
        .outerjoin(Lead, Lead.id == Inquiry.lead_id)
        .outerjoin(ReferredLead, ReferredLead.lead_id == Inquiry.lead_id)
        .order_by(Referral.received_at.desc(), Referral.id)
        .limit(limit)
    )
    if referrer is not None:
        query = query.where(Referral.referrer == referrer)
    return [(referral, inquiry, lead, referred) for referral, inquiry, lead, referred in session.execute(query)]


def credits_between(
    session: Session, since: datetime, until: datetime, referrer: str | None, *, only_open: bool = False
) -> list[tuple[ReferralCredit, ReferralPayment | None]]:
    """Lines of the ledger in a span of time, with their payments; for paying, the unpaid alone, locked."""
    query = (
        select(ReferralCredit, ReferralPayment)
        .outerjoin(ReferralPayment, ReferralPayment.credit_id == ReferralCredit.id)
        .where(ReferralCredit.credited_at >= since, ReferralCredit.credited_at < until)
        .order_by(ReferralCredit.referrer, ReferralCredit.credited_at, ReferralCredit.id)
    )
    if referrer is not None:
        query = query.where(ReferralCredit.referrer == referrer)
    if only_open:
        query = query.where(ReferralPayment.credit_id.is_(None)).with_for_update(of=ReferralCredit)
    return [(credit, payment) for credit, payment in session.execute(query)]


def paid_among(session: Session, credit_ids: Collection[UUID]) -> set[UUID]:
    """Those of the lines that are paid by now."""
    query = select(ReferralPayment.credit_id).where(ReferralPayment.credit_id.in_(list(credit_ids)))
    return set(session.scalars(query))


def referral_counts(session: Session) -> tuple[int, Decimal]:
    """How many referrals there are, and the sum of all credits."""
    number = session.scalar(select(func.count()).select_from(Referral)) or 0
    return number, session.scalar(select(func.sum(ReferralCredit.amount))) or Decimal(0)
