"""What the router does when other rooms tell something of a lead or a person."""

from services.router.domain.rules import Rules
from services.router.usecases import telling
from services.router.usecases.assigning import owner_of, settle_ownership
from services.router.usecases.knowledge import lead_row, live_assignment, remember_person, remember_response
from services.router.usecases.screening import settle_screening
from shared.contracts import capture, fulfillment, qualify
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction


def register_lead(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """A new lead: it has an owner when this transaction ends."""
    event: capture.LeadRegistered = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    if not lead.person_revision:
        # Who is named by what other rooms said before may be known by another id only.
        lead.person_id = event.person_id
    remember_person(tx, event.person_id, envelope.raw["person"], revision=0, as_of=event.response.received_at)
    remember_response(lead, envelope.raw["response"], 1)
    lead.previous = envelope.raw.get("previous")
    lead.registered_at = event.registered_at
    settle_ownership(tx, lead, rules=rules)
    settle_screening(tx, lead, rules=rules)


def add_response(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The person inquired again: the same owner is told what is new. Before the hand-over it goes with the package."""
    event: capture.LeadResponded = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    remember_person(tx, event.person_id, envelope.raw["person"], revision=0, as_of=event.response.received_at)
    is_new = remember_response(lead, envelope.raw["response"], event.number)
    if not is_new or lead.assignment_id is None:
        return
    assignment = live_assignment(tx, lead)
    owner = owner_of(assignment, rules)
    if owner.kind != "marketing" and assignment.occasion != "screening":
        telling.tell_response(tx, lead, assignment, owner, rules, envelope.raw["response"])


def update_person(tx: Transaction, envelope: Envelope) -> None:
    """The front desk knows something new of a person; an older revision never wins."""
    event: capture.PersonUpdated = envelope.data
    remember_person(tx, event.person_id, envelope.raw["person"], revision=event.revision, as_of=envelope.time)


def keep_score(tx: Transaction, envelope: Envelope) -> None:
    """The reasons of the newest score go with the lead package."""
    event: qualify.LeadScored = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    if event.revision > lead.score_revision:
        lead.score_revision = event.revision
        lead.score = {name: envelope.raw.get(name) for name in ("rank", "score", "fit", "engagement", "lines", "bant")}


def take_qualified(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead is ready for sales."""
    _take_verdict(tx, envelope, "qualified", rules)


def take_disqualified(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead is unqualified or junk."""
    _take_verdict(tx, envelope, "disqualified", rules)


def note_piece(tx: Transaction, envelope: Envelope) -> None:
    """Literature was sent: the lead package tells which, and when."""
    event: fulfillment.PieceSent | fulfillment.PrintJobSent = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    piece = {
        "piece": event.piece,
        "channel": getattr(event, "channel", "post"),
        "items": event.items,
        "sent_at": event.sent_at.isoformat(),
    }
    lead.fulfilment = {**lead.fulfilment, event.key: piece}


def _take_verdict(tx: Transaction, envelope: Envelope, verdict: str, rules: Rules) -> None:
    event: qualify.LeadQualified | qualify.LeadDisqualified = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    if event.revision <= lead.verdict_revision:
        return
    lead.verdict_revision = event.revision
    kept = (
        "rank", "score", "bant", "potential_value", "because", "notes", "rules_version", "worked_by", "process",
        "segments", "overlays", "industry",
    )  # fmt: skip
    lead.verdict = {name: envelope.raw[name] for name in kept if name in envelope.raw} | {"verdict": verdict}
    settle_ownership(tx, lead, rules=rules)
