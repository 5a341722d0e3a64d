"""What analytics hears (everything), and what it answers."""

from functools import cache
from pathlib import Path

from services.analytics import erasing
from services.analytics.company import Goals, load
from services.analytics.usecases import filing, owners, reading
from shared.contracts import calls, capture
from shared.contracts.calls import FunnelReply, FunnelRequest, LeadReply, LeadRequest, LedgerReply, LedgerRequest
from shared.contracts.event import REGISTER
from shared.room import Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


@cache
def goals(company: Path) -> Goals:
    """The company's goals for owners. Raises CompanyError."""
    return load(company)


def room(company: Path) -> Room:
    """Analytics. Of the company's own rules it needs the goals alone."""
    goals(company)
    declared = [event for event in REGISTER.values() if event.__module__.startswith("shared.contracts.")]
    return Room(
        name="analytics",
        hears=dict.fromkeys(declared, filing.nothing_more) | {capture.PersonErased: erasing.forget_person},
        preload=filing.file_batch,
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
            return reading.lead(tx, request.lead_id)

    @answers(calls.FUNNEL)
    def funnel(self, request: FunnelRequest) -> FunnelReply:
        """What came in, and how far it got."""
        with self.runtime.begin() as tx:
            return reading.funnel(tx, request)

    @answers(calls.OWNERS)
    def owners(self, request: calls.OwnersRequest) -> calls.OwnersReply:
        """How owners keep their leads up to date, and the goals that they reached."""
        with self.runtime.begin() as tx:
            return owners.month(tx, request, goals(self.runtime.company))

    @answers(calls.ANALYTICS_LEDGER)
    def ledger(self, request: LedgerRequest) -> LedgerReply:
        """Counts that must balance."""
        with self.runtime.begin() as tx:
            return LedgerReply(counts=reading.ledger(tx))

    @answers(calls.ANALYTICS_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
