"""What other rooms say of a lead."""

from datetime import datetime

from services.nurture import store
from services.nurture.domain import Rules
from services.nurture.models import Lead
from services.nurture.usecases import enrolments, persons
from shared.contracts import capture, qualify, router
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction


def register_lead(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """A lead exists: from now on it can be nurtured, if a score says so."""
    told: capture.LeadRegistered = envelope.data
    lead, person = store.lead(tx, told.lead_id), store.person(tx, told.person_id)
    if lead.person_id is None or not lead.person_revision:
        lead.person_id = told.person_id
    lead.registered_at = told.registered_at
    lead.source, lead.campaign, lead.channel = told.response.source, told.response.campaign, told.response.channel
    lead.products = told.response.products
    persons.introduce(store.person(tx, lead.person_id), told.lead_id)
    persons.learn(person, told.person, 0, envelope.time)
    persons.hear_consent(person, told.response.consent, told.response.received_at)
    enrolments.settle(tx, lead, rules)


def note_response(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The person inquired again. What that is worth is for the score to say; we keep what is new of the person."""
    told: capture.LeadResponded = envelope.data
    person = store.person(tx, told.person_id)
    persons.learn(person, told.person, 0, envelope.time)
    persons.hear_consent(person, told.response.consent, told.response.received_at)
    enrolments.settle_all(tx, person, rules)


def weigh_score(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The score decides who is nurtured; the highest revision is the truth."""
    told: qualify.LeadScored = envelope.data
    lead = store.lead(tx, told.lead_id)
    lead.person_id = lead.person_id or told.person_id
    if told.decision == "not_ready":
        lead.not_ready_since = min(lead.not_ready_since or told.scored_at, told.scored_at)
    if told.revision >= (lead.score_revision or 0):
        lead.score_revision, lead.decision, lead.scored_at = told.revision, told.decision, told.scored_at
        lead.rank, lead.score, lead.ready_on = told.rank, told.score, told.bant.ready_on
    enrolments.settle(tx, lead, rules)


def note_qualification(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead is ready for sales: it leaves its programme."""
    told: qualify.LeadQualified = envelope.data
    lead = store.lead(tx, told.lead_id)
    lead.person_id = lead.person_id or told.person_id
    lead.qualified_at = max(lead.qualified_at or told.qualified_at, told.qualified_at)
    if told.revision > (lead.score_revision or 0):
        lead.score_revision, lead.decision, lead.scored_at = told.revision, "qualified", told.qualified_at
        lead.rank, lead.score, lead.ready_on = told.rank, told.score, told.bant.ready_on
    enrolments.settle(tx, lead, rules)


def note_acceptance(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Sales took the lead on: marketing keeps quiet."""
    told: router.LeadAccepted = envelope.data
    lead = store.lead(tx, told.lead_id)
    lead.accepted_at = max(lead.accepted_at or told.accepted_at, told.accepted_at)
    enrolments.settle(tx, lead, rules)


def note_win(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead bought: its programme ends."""
    told: router.LeadWon = envelope.data
    _close(store.lead(tx, told.lead_id), "won", told.won_at)
    enrolments.settle(tx, store.lead(tx, told.lead_id), rules)


def note_loss(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead was lost: its programme ends."""
    told: router.LeadLost = envelope.data
    _close(store.lead(tx, told.lead_id), "lost", told.lost_at)
    enrolments.settle(tx, store.lead(tx, told.lead_id), rules)


def take_back(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Sales gave the lead back as not ready: it enters a programme anew."""
    told: router.LeadRecycled = envelope.data
    lead = store.lead(tx, told.lead_id)
    lead.person_id = lead.person_id or told.person_id
    if _is_newer(told.recycled_at, lead.recycled_at):
        lead.recycled_at, lead.recycled_until, lead.recycled_because = told.recycled_at, told.until, told.reason
    enrolments.settle(tx, lead, rules)


def note_reopening(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The owner takes back that the lead was won or lost."""
    told: router.LeadReopened = envelope.data
    lead = store.lead(tx, told.lead_id)
    if _is_newer(told.reopened_at, lead.closed_at):
        lead.closed_as, lead.closed_at = None, told.reopened_at
    enrolments.settle(tx, lead, rules)


def _close(lead: Lead, outcome: str, at: datetime) -> None:
    # What an owner says in place of an ending is told at the moment at which they take that back: the ending counts.
    if _is_newer(at, lead.closed_at) or (at == lead.closed_at and lead.closed_as is None):
        lead.closed_as, lead.closed_at = outcome, at


def _is_newer(at: datetime, known: datetime | None) -> bool:
    return known is None or at > known
