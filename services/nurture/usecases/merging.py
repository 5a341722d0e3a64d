"""People were taken for one, or told apart: leads and their programmes follow their person."""

from services.nurture import store
from services.nurture.domain import Rules
from services.nurture.models import Lead, Person
from services.nurture.usecases import enrolments, persons
from shared.contracts import people, schema
from shared.contracts.envelope import Envelope
from shared.contracts.merges import ownership
from shared.database.unit_of_work import Transaction


def follow_person(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Leads are their new person's from now on, who is in one programme at a time as everybody is."""
    said = ownership(envelope)
    for person_id, document in said.persons.items():
        told = schema.load(people.Person, document)
        persons.learn(store.person(tx, person_id), told, said.revision, envelope.time)
    for lead_id in said.lead_ids:
        lead = store.lead(tx, lead_id)
        if said.revision >= (lead.person_revision or 0):
            before = store.person(tx, lead.person_id) if lead.person_id else None
            lead.person_id, lead.person_revision = said.person_id, said.revision
            if lead.registered_at is not None and before is not None:
                _hand_over(lead, before, store.person(tx, said.person_id))
    for person_id in (envelope.data.survivor_id, envelope.data.absorbed_id):
        enrolments.settle_all(tx, store.person(tx, person_id), rules)


def _hand_over(lead: Lead, before: Person, now: Person) -> None:
    """The lead with what it brought so far; whoever had it keeps their rest after the last step."""
    if before is now:
        return
    key = str(lead.lead_id)
    before.lead_ids = [one for one in before.lead_ids if one != key]
    persons.introduce(now, lead.lead_id)
    if key in before.pieces:
        now.pieces = {**now.pieces, key: {**now.pieces.get(key, {}), **before.pieces[key]}}
        before.pieces = {one: sent for one, sent in before.pieces.items() if one != key}
    if before.last_step_at is not None:
        now.last_step_at = max(now.last_step_at or before.last_step_at, before.last_step_at)
