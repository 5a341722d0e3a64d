"""What nurturing answers."""

from shared.contracts.calls.capture import LedgerReply, LedgerRequest
from shared.contracts.calls.registry import declare

NURTURE_LEDGER = declare("nurture", "ledger", LedgerRequest, LedgerReply)
