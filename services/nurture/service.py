"""What nurture hears, what it does when time comes, and what it answers."""

from functools import partial
from pathlib import Path

from services.nurture import company as companies
from services.nurture import store
from services.nurture.usecases import enrolments, erasing, leads, locking, merging, persons, steps
from shared.contracts import calls, capture, fulfillment, qualify, router
from shared.contracts.calls import LedgerReply, LedgerRequest
from shared.room import Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


def room(company: Path) -> Room:
    """Nurture, by the programmes of `company`."""
    rules = companies.load(company)
    return Room(
        name="nurture",
        hears={
            capture.LeadRegistered: partial(leads.register_lead, rules=rules),
            capture.LeadResponded: partial(leads.note_response, rules=rules),
            capture.PersonUpdated: partial(persons.update_person, rules=rules),
            capture.PersonsMerged: partial(merging.follow_person, rules=rules),
            capture.PersonsUnmerged: partial(merging.follow_person, rules=rules),
            capture.ConsentChanged: partial(persons.change_consent, rules=rules),
            capture.PersonErased: erasing.forget_person,
            qualify.LeadScored: partial(leads.weigh_score, rules=rules),
            qualify.LeadQualified: partial(leads.note_qualification, rules=rules),
            router.LeadAccepted: partial(leads.note_acceptance, rules=rules),
            router.LeadWon: partial(leads.note_win, rules=rules),
            router.LeadLost: partial(leads.note_loss, rules=rules),
            router.LeadReopened: partial(leads.note_reopening, rules=rules),
            router.LeadRecycled: partial(leads.take_back, rules=rules),
            fulfillment.Unsubscribed: partial(persons.unsubscribe, rules=rules),
        },
        preload=locking.preload,
        due={enrolments.STEP: partial(steps.take_step, rules=rules)},
        due_preload=locking.preload_due,
    )


class Service:
    """The room as a nameko service."""

    name = "nurture"
    runtime = Runtime(room)

    @answers(calls.NURTURE_LEDGER)
    def ledger(self, request: LedgerRequest) -> LedgerReply:
        """Who is nurtured, who left and why, and how many steps were taken."""
        with self.runtime.begin() as tx:
            return LedgerReply(counts=store.counts(tx.session))

    @answers(calls.NURTURE_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
