"""Leads that somebody screens before sales gets them: whose they are meanwhile, and where they go after it."""

from datetime import datetime
from typing import Any

from services.router.domain.choice import without_competition
from services.router.domain.rules import Rules
from services.router.models import Lead
from services.router.usecases.assigning import assign, assign_to_marketing, owner_of, settle_ownership
from services.router.usecases.knowledge import lead_row, live_assignment
from shared.contracts import screening
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction


def ask_for_screening(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Somebody is to screen the lead: it is theirs until they have."""
    event: screening.ScreeningRequested = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    kept = ("round", "queue", "revision", "due_at", "because")
    _remember(lead, {name: envelope.raw[name] for name in kept} | {"ended": False})
    settle_screening(tx, lead, rules=rules)


def note_attempt(tx: Transaction, envelope: Envelope) -> None:
    """Nobody was reached; what was noted is kept for whoever gets the lead."""
    event: screening.ScreeningAttempted = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    known = lead.screening or {}
    if known.get("round", 0) <= event.round and not known.get("ended"):
        lead.screening = {**known, "notes": envelope.raw["notes"]}


def end_screening(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead was screened: unless its verdict says otherwise it goes back to marketing, with all that was noted."""
    event: screening.ScreeningCompleted = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    kept = ("round", "queue", "revision", "outcome", "answers", "notes", "completed_at")
    _remember(lead, {name: envelope.raw[name] for name in kept} | {"ended": True})
    settle_screening(tx, lead, rules=rules)


def settle_screening(tx: Transaction, lead: Lead, *, rules: Rules) -> None:
    """Gives a registered lead to its screener, or takes it from them; safe to call after every event.

    What was heard before the registration waits in the lead's row. A verdict that is newer than the request counts for
    more, and whom sales has is taken from nobody.
    """
    said = lead.screening or {}
    if lead.registered_at is None or lead.closed_at is not None or "ended" not in said or said.get("acted"):
        return
    settle_ownership(tx, lead, rules=rules)
    lead.screening = {**said, "acted": True}
    assignment = live_assignment(tx, lead)
    screens = assignment.occasion == "screening"
    if said["ended"]:
        if screens:
            assign_to_marketing(tx, lead, "screened", f"screened: {said['outcome'].replace('_', ' ')}", rules=rules)
    elif (screens or owner_of(assignment, rules).kind == "marketing") and lead.verdict_revision <= said["revision"]:
        screener = rules.owners[rules.screeners.get(said["queue"], rules.unready)]
        choice = without_competition(screener, f"to be screened: {said['because']}")
        assign(tx, lead, choice, "screening", rules=rules, ends_at=datetime.fromisoformat(said["due_at"]))


def _remember(lead: Lead, said: dict[str, Any]) -> None:
    """Keeps what is newest: of a later screening, and of one the end."""
    known = lead.screening or {}
    if (said["round"], said["ended"]) > (known.get("round", 0), known.get("ended", False)):
        # Notes are of all screenings of the lead, so that those of an earlier one stay.
        lead.screening = {"notes": known.get("notes", []), **said}
