"""People were taken for one, or told apart: what is sent for a lead goes to whoever its person is now."""

from uuid import UUID

from services.fulfillment import store
from services.fulfillment.company import Library
from services.fulfillment.models import Piece
from services.fulfillment.usecases.planning import choose_literature
from services.fulfillment.usecases.remembering import TOLD_IN_REVISION, lead_row, remember
from shared.contracts.envelope import Envelope
from shared.contracts.merges import ownership
from shared.database.unit_of_work import Transaction


def follow_person(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """Leads are their new person's from now on; a request that was another person's goes with what answers it."""
    said = ownership(envelope)
    for person_id, document in said.persons.items():
        remember(tx, person_id, document, TOLD_IN_REVISION + said.revision, envelope.time)
    for lead_id in said.lead_ids:
        lead = lead_row(tx, lead_id, said.person_id)
        if said.revision >= lead.person_revision:
            lead.person_id, lead.person_revision = said.person_id, said.revision
    for inquiry, (old, new) in said.moved.items():
        _move_request(tx, inquiry, old, new)
    for lead_id in sorted({*said.lead_ids, *(new for _, new in said.moved.values())}):
        choose_literature(tx, lead_row(tx, lead_id, said.person_id), library)


def _move_request(tx: Transaction, inquiry: str, old_id: UUID, new_id: UUID) -> None:
    old = lead_row(tx, old_id, None)
    new = lead_row(tx, new_id, None)
    old.moved_away = {**old.moved_away, inquiry: str(new_id)}
    if inquiry in old.requests:
        new.requests = {**new.requests, inquiry: old.requests[inquiry]}
        old.requests = {known: request for known, request in old.requests.items() if known != inquiry}
    tx.session.flush()
    for piece_id in store.pieces_for(tx.session, old_id, UUID(inquiry)):
        row = tx.get(Piece, piece_id)
        if row is not None:
            row.lead_id = new_id
