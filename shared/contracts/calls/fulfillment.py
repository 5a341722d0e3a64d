"""What fulfillment answers."""

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
