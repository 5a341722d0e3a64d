"""What fulfillment answers."""

from uuid import UUID

from shared.contracts.calls.capture import LedgerReply, LedgerRequest
from shared.contracts.calls.registry import declare
from shared.contracts.calls.router import LinkRequest
from shared.contracts.event import contract


@contract
class UnsubscribeReply:
    """What an unsubscribe link covers. `done` says whether the person is unsubscribed now."""

    channel: str
    done: bool
    #: The address with all but its first letter and domain hidden, to show on the page.
    masked_address: str | None = None


DESCRIBE_UNSUBSCRIBE = declare("fulfillment", "describe_unsubscribe", LinkRequest, UnsubscribeReply)
UNSUBSCRIBE = declare("fulfillment", "unsubscribe", LinkRequest, UnsubscribeReply)
FULFILLMENT_LEDGER = declare("fulfillment", "ledger", LedgerRequest, LedgerReply)


@contract
class ResponseReply:
    """Whose reply form a link or a QR code leads to."""

    lead_id: UUID
    person_id: UUID
    piece: str
    language: str | None = None
    #: Goes with the answers, so that the front desk knows whose they are.
    token: str


DESCRIBE_RESPONSE = declare("fulfillment", "describe_response", LinkRequest, ResponseReply)
