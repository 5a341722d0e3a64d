"""What the front desk hears, and what it answers."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from services.capture import company as companies
from services.capture.domain.register import Company
from services.capture.platforms import account, linkedin, meta
from services.capture.platforms.account import Accounts
from services.capture.present import Present
from services.capture.rpc.campaigns import CampaignCalls
from services.capture.rpc.checking import CheckingCalls
from services.capture.rpc.footsteps import FootstepCalls
from services.capture.rpc.people import PeopleCalls
from services.capture.rpc.privacy import PrivacyCalls
from services.capture.rpc.referrals import ReferralCalls
from services.capture.rpc.repair import RepairCalls
from services.capture.store import LIST_ROWS
from services.capture.store.footsteps import JUDGE_AGAIN, LOOK_AGAIN
from services.capture.usecases import (
    answering,
    attributing,
    awaiting,
    campaign_files,
    comparing,
    confirming,
    consents,
    enriching,
    footsteps,
    intake,
    leads,
    people,
    privacy,
    pulling,
    referrals,
    repairing,
    sweeping,
    verdicts,
)
from shared.contracts import analytics, calls, enrichment, fulfillment, nurture, qualify, router
from shared.contracts.calls import (
    LedgerReply,
    LedgerRequest,
    ReceiptReply,
    ReceiptRequest,
)
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import Performer, Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime

CLIENTS = {
    "meta": pulling.Client(meta.pull, meta.recent),
    "linkedin": pulling.Client(linkedin.pull, linkedin.recent),
}
#: What the rooms say when they have forgotten a person.
WORDS_OF_ERASURE = tuple(told.PersonDataErased for told in (qualify, router, nurture, fulfillment, analytics))


def room(company: Path) -> Room:
    """The front desk, with the sources and campaigns of `company`."""
    register = companies.load(company)
    current = Present(company, quiet_seconds=1.0)
    accounts = account.load(company, register)
    return Room(
        name="capture",
        hears={
            router.LeadWon: referrals.after(leads.note_win),
            router.LeadLost: referrals.after(leads.note_loss),
            router.LeadRecycled: referrals.after(leads.note_recycling),
            router.LeadReopened: referrals.after(leads.note_reopening),
            router.LeadStatusChanged: referrals.note_status,
            enrichment.ProfileEnriched: enriching.take_over,
            fulfillment.Unsubscribed: consents.withdraw,
            **dict.fromkeys(WORDS_OF_ERASURE, privacy.note_report),
        },
        preload=preload,
        begin=partial(begin, register=register, accounts=accounts),
        due={
            LIST_ROWS: current.given_to(intake.read_on),
            LOOK_AGAIN: footsteps.look_again,
            JUDGE_AGAIN: current.given_to(verdicts.judge_again),
            attributing.ATTRIBUTE: attributing.attribute,
            people.COMPARE: comparing.compare_person,
            sweeping.SWEEP: sweeping.sweep,
            referrals.SETTLE: current.given_to(referrals.settle),
            # By the register as it is this moment: the operator has just put it right.
            repairing.RELEASE_BATCH: Present(company).given_to(repairing.release_on),
            pulling.RECONCILE: partial(pulling.reconcile_on, accounts=accounts),
            confirming.CONFIRMATION_EXPIRES: confirming.expire,
        },
        due_alone=frozenset({LIST_ROWS}),
        effects=pulls(accounts, current),
        intake=current.given_to(intake.take_in),
        remarks=current.remarks,
    )


def begin(tx: Transaction, register: Company, accounts: Accounts) -> None:
    """Brings the tables up to the company's files."""
    campaign_files.sync(tx, register)
    pulling.begin(tx, accounts)
    sweeping.begin(tx)


def pulls(accounts: Accounts, current: Present) -> dict[str, Performer]:
    """Asking platforms. A GET harms nobody: one of unknown outcome is sent again."""
    return {
        awaiting.PULL: Performer(
            act=partial(pulling.pull, accounts=accounts, clients=CLIENTS),
            settle=current.given_to(pulling.settle),
            resend_when_unknown=True,
            waits=pulling.WAITS,
        ),
        pulling.RECONCILE: Performer(
            act=partial(pulling.list_recent, accounts=accounts, clients=CLIENTS),
            settle=current.given_to(pulling.take_in_listed),
            resend_when_unknown=True,
            waits=pulling.RECONCILE_WAITS,
            side_by_side=1,
        ),
    }


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """The leads that the batch speaks of."""
    lead_ids = {envelope.lead_id for envelope in envelopes if envelope.lead_id}
    leads.preload(tx, lead_ids)
    referrals.preload(tx, lead_ids)


class Service(CampaignCalls, CheckingCalls, FootstepCalls, PrivacyCalls, ReferralCalls, RepairCalls, PeopleCalls):
    """The room as a nameko service."""

    name = "capture"
    runtime = Runtime(room)

    @answers(calls.RECEIPT)
    def receipt(self, request: ReceiptRequest) -> ReceiptReply:
        """What became of a receipt."""
        with self.runtime.begin() as tx:
            return answering.receipt(tx.session, request.receipt_id, request.after, request.limit)

    @answers(calls.CAPTURE_LEDGER)
    def ledger(self, request: LedgerRequest) -> LedgerReply:
        """What was received and what became of it."""
        with self.runtime.begin() as tx:
            return answering.ledger(tx.session)
