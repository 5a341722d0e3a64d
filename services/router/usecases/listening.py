"""Noticing that an owner says nothing more of a lead."""

from datetime import datetime

from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead
from services.router.store import SILENCE
from shared.database.unit_of_work import Transaction


def listen(tx: Transaction, lead: Lead, owner: Owner, rules: Rules) -> None:
    """The lead was handed over: from now on its owner is expected to say something."""
    if rules.silence is not None and owner.kind != "marketing":
        tx.schedule(SILENCE, str(lead.lead_id), tx.now + rules.silence.ask_after)


def silent_since(lead: Lead, assignment: Assignment) -> datetime:
    """The owner's last word, or the hand-over where there is none."""
    spoken = lead.last_word_at
    return assignment.assigned_at if spoken is None else max(spoken, assignment.assigned_at)
