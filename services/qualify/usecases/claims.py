"""Taking a lead out of a queue and putting it back: never two screeners with the same lead."""

from uuid import UUID

import structlog

from services.qualify import store_screenings as store
from services.qualify.domain.rulebook import RuleBook
from services.qualify.models import Screening
from services.qualify.usecases.screening import is_held
from shared.contracts.errors import NotAllowed, NotFound
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()


def take(tx: Transaction, by: str, book: RuleBook, *, queue: str | None, lead_id: UUID | None) -> Screening | None:
    """Hands a lead to this screener: the one they have in hand, or the next; with `lead_id`, that one.

    None: nothing waits that is not in other hands. Raises NotAllowed where the named lead is, NotFound where it waits
    in no queue.
    """
    held = store.in_hand(tx.session, tx.now, by, queue=queue)
    if held is not None and lead_id in (None, held):
        mine = tx.get(Screening, held)
        # Locked now: a moment ago a supervisor may have put it back.
        if mine is not None and is_held(mine, tx.now) and mine.claimed_by == by:
            return mine
    found = store.take_next(tx.session, tx.now, queue=queue, lead_id=lead_id)
    if found is None:
        if lead_id is not None:
            raise _why_not(tx, lead_id)
        return None
    row = tx.get(Screening, found)
    assert row is not None, "it was locked in this transaction"
    row.state, row.claimed_by = "claimed", by
    row.claim, row.claimed_until = tx.new_id("claim"), tx.now + book.rules_for(found).screening.claim
    log.info("screening_claimed", lead_id=str(row.lead_id), queue=row.queue)
    return row


def release(tx: Transaction, lead_id: UUID, claim: UUID | None) -> Screening:
    """Puts a lead back into its queue: by the claim, or, without one, whoever has it. A second time changes nothing.

    Raises NotFound, and NotAllowed where the claim is somebody else's by now.
    """
    row = tx.get(Screening, lead_id)
    if row is None:
        raise NotFound("This lead waits in no queue.")
    if claim is not None and row.claim != claim and is_held(row, tx.now):
        raise NotAllowed(f"{row.claimed_by} has this lead in hand now.")
    if row.state == "claimed":
        row.state, row.claimed_by, row.claimed_until = "waiting", None, None
    return row


def _why_not(tx: Transaction, lead_id: UUID) -> Exception:
    row = tx.session.get(Screening, lead_id)
    if row is None or row.state == "done":
        return NotFound("This lead waits in no queue.")
    return NotAllowed(f"{row.claimed_by or 'Somebody else'} has this lead in hand.")
