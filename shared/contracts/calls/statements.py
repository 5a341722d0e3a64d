"""What owners pay for leads."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class StatementRequest:
    """One calendar month, UTC, as YYYY-MM; the present one when left out."""

    month: str | None = None
    #: Everybody when left out.
    owner_id: str | None = None


@contract
class StatementLine:
    """One lead that was taken on, or credited: then the amount is below 0."""

    owner_id: str
    owner_name: str
    lead_id: UUID
    #: The assignment or share.
    entry_id: UUID
    amount: Decimal
    currency: str
    because: str
    at: datetime


@contract
class StatementReply:
    month: str
    currency: str
    lines: list[StatementLine]


@contract
class CreditRequest:
    """Takes a charge back by hand. Raises NotFound where nothing is charged, or it was taken back before."""

    entry_id: UUID
    by: str
    because: str


STATEMENT = declare("router", "statement", StatementRequest, StatementReply)
CREDIT = declare("router", "credit", CreditRequest, StatementReply)
