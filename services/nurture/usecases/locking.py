"""Which rows a batch needs, locked in one order everywhere, so that no two transactions wait for each other."""

from collections.abc import Sequence
from uuid import UUID

from services.nurture import store
from services.nurture.models import Enrolment, Lead, Person
from shared.contracts import merges
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Locks leads, then their persons, then their enrolments, each in the order of the ids."""
    named = {envelope.lead_id for envelope in envelopes if envelope.lead_id} | merges.leads_named(envelopes)
    persons = {envelope.person_id for envelope in envelopes if envelope.person_id} | merges.persons_named(envelopes)
    # Which lead has its turn depends on all of the person.
    persons |= store.persons_of(tx.session, named)
    store.open_rows(tx.session, Lead, named)
    leads = tx.preload(Lead, named | store.leads_of(tx.session, persons))
    persons |= {lead.person_id for lead in leads if lead.person_id}
    store.open_rows(tx.session, Person, persons)
    tx.preload(Person, persons)
    tx.preload(Enrolment, [lead.enrolment_id for lead in leads])


def preload_due(tx: Transaction, items: Sequence[DueItem]) -> None:
    """Locks in the same order as `preload`."""
    tx.preload(Person, [UUID(item.data["person_id"]) for item in items])
    tx.preload(Enrolment, [UUID(item.key) for item in items])
