"""What the front desk hears, and what it answers."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from services.capture import company as companies
from services.capture.present import Present
from services.capture.rpc.campaigns import CampaignCalls
from services.capture.rpc.checking import CheckingCalls
from services.capture.rpc.privacy import PrivacyCalls
from services.capture.rpc.repair import RepairCalls
from services.capture.store import LIST_ROWS
from services.capture.usecases import (
    answering,
    attributing,
    campaigns,
    consents,
    intake,
    leads,
    privacy,
    repairing,
)
from services.capture.usecases.campaigns import KnownCampaigns
from shared.contracts import analytics, calls, fulfillment, nurture, qualify, router
from shared.contracts.calls import (
    LedgerReply,
    LedgerRequest,
    ReceiptReply,
    ReceiptRequest,
)
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime

#: What the rooms say when they have forgotten a person.
WORDS_OF_ERASURE = tuple(told.PersonDataErased for told in (qualify, router, nurture, fulfillment, analytics))


def room(company: Path) -> Room:
    """The front desk, with the sources and campaigns of `company`."""
    register = companies.load(company)
    known = KnownCampaigns(register)
    return Room(
        name="capture",
        hears={
            router.LeadWon: leads.note_win,
            router.LeadLost: leads.note_loss,
            router.LeadRecycled: leads.note_recycling,
            fulfillment.Unsubscribed: consents.withdraw,
            **dict.fromkeys(WORDS_OF_ERASURE, privacy.note_report),
        },
        preload=preload,
        begin=partial(campaigns.sync, company=register),
        due={
            LIST_ROWS: known.given_to(intake.read_on),
            attributing.ATTRIBUTE: attributing.attribute,
            repairing.RELEASE_BATCH: Present(company).given_to(repairing.release_on),
        },
        intake=known.given_to(intake.take_in),
    )


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """The leads that the batch speaks of."""
    leads.preload(tx, {envelope.lead_id for envelope in envelopes if envelope.lead_id})


class Service(CampaignCalls, CheckingCalls, PrivacyCalls, RepairCalls):
    """The room as a nameko service."""

    name = "capture"
    runtime = Runtime(room)

    @answers(calls.RECEIPT)
    def receipt(self, request: ReceiptRequest) -> ReceiptReply:
        """What became of a receipt."""
        with self.runtime.begin() as tx:
            return answering.receipt(tx.session, request.receipt_id)

    @answers(calls.CAPTURE_LEDGER)
    def ledger(self, request: LedgerRequest) -> LedgerReply:
        """What was received and what became of it."""
        with self.runtime.begin() as tx:
            return answering.ledger(tx.session)
