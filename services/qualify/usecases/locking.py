"""The one order in which rows are locked: persons, profiles, screenings, buying groups; each kind in one query.

Whatever assesses leads takes them through here before it begins, for the whole of its transaction: then two of them
may wait for each other, and never lock each other out.
"""

from collections.abc import Iterable
from uuid import UUID

from services.qualify import store
from services.qualify.models import BuyingGroup, Person, Profile, Screening
from services.qualify.usecases import recalling
from shared.database.unit_of_work import Transaction


def take(
    tx: Transaction,
    leads: Iterable[UUID],
    persons: Iterable[UUID] = (),
    companies: Iterable[UUID] = (),
    whole: Iterable[UUID] = (),
) -> list[Profile]:
    """Locks leads with all that assessing them takes; of the persons in `whole` all leads. Returns the leads known."""
    wanted, all_of = set(leads), set(whole)
    people = set(persons) | all_of | store.persons_of(tx.session, wanted)
    people |= store.families_of(tx.session, people)
    tx.preload(Person, people)
    for person_id in all_of:
        person = tx.get(Person, person_id)
        wanted.update(person.leads if person is not None else ())
    recalling.load_activities(tx.session, people)
    tx.preload(Profile, wanted)
    found = [row for lead_id in sorted(wanted) if (row := tx.get(Profile, lead_id)) is not None]
    tx.preload(Screening, wanted)
    tx.preload(BuyingGroup, {*companies, *(row.company_id for row in found if row.company_id)})
    return found
