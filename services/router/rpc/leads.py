"""Answers about leads: whose they are, and how many."""

from services.router.desk import desk
from services.router.usecases import reading, reassigning
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class LeadCalls:
    """Who owns what."""

    runtime: Runtime

    @answers(calls.ASSIGNMENT)
    def assignment(self, request: calls.LeadRequest) -> calls.AssignmentReply:
        """Who owns a lead now."""
        with self.runtime.begin() as tx:
            return reading.current_assignment(tx, request.lead_id, rules=desk(self.runtime.company).rules)

    @answers(calls.REASSIGN)
    def reassign(self, request: calls.ReassignRequest) -> calls.ReassignReply:
        """Gives leads to somebody else by hand."""
        with self.runtime.begin() as tx:
            return reassigning.answer_reassign(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.ROUTER_LEDGER)
    def ledger(self, request: calls.LedgerRequest) -> calls.LedgerReply:
        """Counts of leads and deliveries."""
        with self.runtime.begin() as tx:
            return reading.ledger(tx, rules=desk(self.runtime.company).rules)
