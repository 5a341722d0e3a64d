"""What owners pay for leads: charged when they take one on, credited when it was none.

Who declines a lead or lets it lapse before they took it on pays nothing.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import structlog

from services.router import store
from services.router.domain.price import price_of
from services.router.domain.rules import Rules
from services.router.models import Assignment, Charge, Lead, Share
from shared.contracts import router
from shared.contracts.calls import CreditRequest, StatementLine, StatementReply, StatementRequest
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction
from shared.months import month_of, span_of

log = structlog.get_logger()


def charge(tx: Transaction, lead: Lead, entry: Assignment | Share, rules: Rules, rank: str | None) -> Decimal | None:
    """Charges the owner for a lead that they took on, once; returns the amount, None where it costs nothing."""
    owner = rules.owners.get(entry.owner_id)
    territory = rules.territory(entry.territory)
    found = price_of(owner.price if owner else None, territory.price if territory else None, rank)
    if found is None or tx.get(Charge, entry.id) is not None:
        return None
    amount, because = found
    tx.add(
        Charge(
            entry_id=entry.id,
            lead_id=lead.lead_id,
            owner_id=entry.owner_id,
            amount=amount,
            currency=rules.currency,
            because=because,
            charged_at=tx.now,
        )
    )
    tx.emit(
        router.LeadCharged(
            lead_id=lead.lead_id,
            entry_id=entry.id,
            owner_id=entry.owner_id,
            amount=amount,
            currency=rules.currency,
            because=because,
            charged_at=tx.now,
        ),
        key=str(entry.id),
    )
    return amount


def credit(tx: Transaction, entry_id: UUID, because: str, *, by: str) -> bool:
    """Takes back what was charged for an assignment or share, once. False where there is nothing to take back."""
    tx.session.flush()
    known = store.charged_as(tx.session, entry_id)
    row = tx.get(Charge, known) if known is not None else None
    if row is None or row.credited_at is not None:
        return False
    row.credited_at, row.credited_because, row.credited_by = tx.now, because, by
    tx.emit(
        router.LeadCredited(
            lead_id=row.lead_id,
            entry_id=row.entry_id,
            owner_id=row.owner_id,
            amount=row.amount,
            currency=row.currency,
            because=because,
            by=by,
            credited_at=tx.now,
        ),
        key=str(row.entry_id),
    )
    log.info("lead_credited", lead_id=str(row.lead_id), owner_id=row.owner_id)
    return True


def statement(tx: Transaction, request: StatementRequest, *, rules: Rules) -> StatementReply:
    """What an owner, or everybody, was charged and credited in a month, UTC; a credit counts in its own month.

    Raises NotFound for an owner that nobody knows, and ContractViolation for what is no month.
    """
    if request.owner_id is not None and request.owner_id not in rules.owners:
        raise NotFound(f"owner {request.owner_id}")
    month = request.month or month_of(tx.now)
    try:
        start, end = span_of(month)
    except ValueError:
        raise ContractViolation("StatementRequest", {"month": ["Write the month like 2026-11."]}) from None
    lines = []
    for row in store.charges_between(tx.session, start, end, request.owner_id):
        if start <= row.charged_at < end:
            lines.append(_line(row, row.amount, row.because, row.charged_at, rules))
        if row.credited_at is not None and start <= row.credited_at < end:
            lines.append(_line(row, -row.amount, row.credited_because or "", row.credited_at, rules))
    lines.sort(key=lambda line: (line.owner_name, line.at))
    return StatementReply(month=month, currency=rules.currency, lines=lines)


def _line(row: Charge, amount: Decimal, because: str, at: datetime, rules: Rules) -> StatementLine:
    owner = rules.owners.get(row.owner_id)
    return StatementLine(
        owner_id=row.owner_id,
        owner_name=owner.name if owner else row.owner_id,
        lead_id=row.lead_id,
        entry_id=row.entry_id,
        amount=amount,
        currency=row.currency,
        because=because,
        at=at,
    )


def credit_by_hand(tx: Transaction, request: CreditRequest, *, rules: Rules) -> StatementReply:
    """Takes a charge back. Raises NotFound where there is none to take back, and ContractViolation without a reason."""
    if not request.because.strip():
        raise ContractViolation("CreditRequest", {"because": ["Say why: it stays on record."]})
    if not credit(tx, request.entry_id, request.because.strip(), by=request.by):
        raise NotFound(f"nothing is charged, or not any more, for {request.entry_id}")
    return StatementReply(month=month_of(tx.now), currency=rules.currency, lines=[])
