"""Answers about owners: how they stand, and what they say of themselves."""

from services.router.desk import desk
from services.router.usecases import availability, charging, staffing
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class OwnerCalls:
    """Owners and their availability."""

    runtime: Runtime

    @answers(calls.OWNERS_NOW)
    def owners_now(self, request: calls.OwnersNowRequest) -> calls.OwnersNowReply:
        """How all owners stand."""
        with self.runtime.begin() as tx:
            return availability.owners_now(tx, rules=desk(self.runtime.company).rules)

    @answers(calls.SET_AVAILABILITY)
    def set_availability(self, request: calls.AvailabilityRequest) -> calls.OwnersNowReply:
        """What an owner says of themselves."""
        with self.runtime.begin() as tx:
            return availability.set_availability(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.STATEMENT)
    def statement(self, request: calls.StatementRequest) -> calls.StatementReply:
        """What owners were charged and credited in a month."""
        with self.runtime.begin() as tx:
            return charging.statement(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.CREDIT)
    def credit(self, request: calls.CreditRequest) -> calls.StatementReply:
        """Takes a charge back."""
        with self.runtime.begin() as tx:
            return charging.credit_by_hand(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.STAFFING)
    def staffing(self, request: calls.StaffingRequest) -> calls.StaffingReply:
        """How the owners of each territory coped."""
        with self.runtime.begin() as tx:
            return staffing.staffed(tx, request, rules=desk(self.runtime.company).rules)
