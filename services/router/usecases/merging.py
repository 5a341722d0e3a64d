"""People were taken for one, or told apart: leads follow their person; their owners stay."""

from uuid import UUID

from services.router import store
from services.router.models import Account
from services.router.usecases.accounts import account_of_person
from services.router.usecases.knowledge import forget_response, lead_row, remember_person
from shared.contracts.envelope import Envelope
from shared.contracts.merges import ownership
from shared.database.unit_of_work import Transaction


def follow_person(tx: Transaction, envelope: Envelope) -> None:
    """Leads are their new person's from now on; what was answered for somebody else leaves them."""
    said = ownership(envelope)
    for person_id, document in said.persons.items():
        remember_person(tx, person_id, document, revision=said.revision, as_of=envelope.time)
    for lead_id in said.lead_ids:
        lead = lead_row(tx, lead_id, said.person_id)
        if said.revision >= lead.person_revision:
            lead.person_id, lead.person_revision = said.person_id, said.revision
    for inquiry, (old, _) in said.moved.items():
        forget_response(lead_row(tx, old, envelope.data.survivor_id), inquiry)
    tx.session.flush()
    for person_id in sorted({envelope.data.survivor_id, envelope.data.absorbed_id}):
        _recall_rep(tx, person_id)


def _recall_rep(tx: Transaction, person_id: UUID) -> None:
    """Who accepted the newest of a person's leads serves them: a merge brings further leads, an un-merge takes some."""
    name = account_of_person(person_id)
    newest = store.last_accepted(tx.session, person_id)
    known = tx.get(Account, name)
    if newest is None:
        if known is not None:
            tx.session.delete(known)
        return
    owner_id, lead_id, since = newest
    if known is None:
        tx.add(Account(account=name, owner_id=owner_id, lead_id=lead_id, since=since))
    else:
        known.owner_id, known.lead_id, known.since = owner_id, lead_id, since
