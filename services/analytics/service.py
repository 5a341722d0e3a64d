"""What analytics hears (everything), and what it answers."""

from pathlib import Path

from services.analytics import erasing, usecases
from shared.contracts import calls, capture
from shared.contracts.calls import FunnelReply, FunnelRequest, LeadReply, LeadRequest, LedgerReply, LedgerRequest
from shared.contracts.event import REGISTER
from shared.room import Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


def room(company: Path) -> Room:
    """Analytics. It needs nothing of the company's own rules."""
    declared = [event for event in REGISTER.values() if event.__module__.startswith("shared.contracts.")]
    return Room(
        name="analytics",
        hears=dict.fromkeys(declared, usecases.nothing_more) | {capture.PersonErased: erasing.forget_person},
        preload=usecases.file_batch,
        keeps_a_journal=True,
    )


class Service:
    """The room as a nameko service."""

    name = "analytics"
    runtime = Runtime(room)

    @answers(calls.LEAD)
    def lead(self, request: LeadRequest) -> LeadReply:
        """A lead's whole story."""
        with self.runtime.begin() as tx:
            return usecases.lead(tx, request.lead_id)

    @answers(calls.FUNNEL)
    def funnel(self, request: FunnelRequest) -> FunnelReply:
        """What came in, and how far it got."""
        with self.runtime.begin() as tx:
            return usecases.funnel(tx, request)

    @answers(calls.ANALYTICS_LEDGER)
    def ledger(self, request: LedgerRequest) -> LedgerReply:
        """Counts that must balance."""
        with self.runtime.begin() as tx:
            return LedgerReply(counts=usecases.ledger(tx))

    @answers(calls.ANALYTICS_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
