"""An owner takes their last word back, or says it differently. What was said stays on record."""

from collections.abc import Sequence
from decimal import Decimal

from services.router import store
from services.router.domain import status
from services.router.domain.clock import ranked
from services.router.domain.rules import Rules
from services.router.domain.status import Status
from services.router.models import Assignment, Lead, OwnerWord
from services.router.usecases.assigning import owner_of
from services.router.usecases.knowledge import rank_of
from services.router.usecases.moving import change
from services.router.usecases.running import start_clock
from services.router.usecases.standings import count_reopened
from shared.contracts import router
from shared.contracts.errors import NotAllowed
from shared.database.unit_of_work import Transaction


def last_word(tx: Transaction, lead: Lead, assignment: Assignment) -> OwnerWord | None:
    """The newest word of this owner that still holds and can be corrected."""
    return next(iter(_standing_words(tx, lead, assignment)), None)


def take_back(tx: Transaction, lead: Lead, assignment: Assignment, *, by: int, rules: Rules, via: str) -> Status:
    """Puts the lead where it was before the owner's last word; `by` is the number of the correcting one.

    Raises NotAllowed where there is none.
    """
    standing = [word for word in _standing_words(tx, lead, assignment) if word.number < by]
    if not standing:
        raise NotAllowed("Nothing was said of this lead that could be corrected.")
    last, before = standing[0], standing[1:]
    last.corrected_by = by
    # Who worked the lead has accepted it, whatever they said too much.
    to: Status = "accepted" if last.before == "assigned" else last.before  # type: ignore[assignment]
    was = lead.status
    _recall_quote(lead, before)
    lead.appointment_at = None
    change(tx, lead, assignment, to, note=f"corrected: not {was}", via=via)
    if lead.closed_at is not None:
        lead.closed_at = None
        count_reopened(tx, assignment, won=was == "won")
        tx.emit(
            router.LeadReopened(
                lead_id=lead.lead_id,
                assignment_id=assignment.id,
                owner_id=assignment.owner_id,
                revision=lead.status_revision,
                was=was,  # type: ignore[arg-type]
                reopened_at=tx.now,
            ),
            key=f"{lead.lead_id}/{lead.status_revision}",
        )
    clock = status.clock_after(to)
    assert clock is not None
    start_clock(tx, lead, ranked(rules.plans, clock, rank_of(lead)), owner_of(assignment, rules).calendar)
    return to


def _standing_words(tx: Transaction, lead: Lead, assignment: Assignment) -> Sequence[OwnerWord]:
    tx.session.flush()
    words = store.words_of(tx.session, lead.lead_id)
    return [
        word
        for word in reversed(words)
        if word.assignment_id == assignment.id
        and word.corrected_by is None
        and (word.fields.get("to") or word.action) in status.CORRECTIONS
    ]


def _recall_quote(lead: Lead, words: Sequence[OwnerWord]) -> None:
    quote = next((word for word in words if (word.fields.get("to") or word.action) == "quoted"), None)
    lead.quoted_amount = Decimal(quote.fields["amount"]) if quote else None
    lead.quoted_currency = quote.fields["currency"] if quote else None
