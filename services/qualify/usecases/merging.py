"""People were taken for one, or told apart: leads are measured by what their person said and did, under any id."""

from uuid import UUID

from services.qualify.models import Person, Profile, Screening
from services.qualify.usecases.profiles import person_of, profile_of
from services.qualify.usecases.scoring import Measuring, reassess
from shared.contracts.capture import PersonsMerged
from shared.contracts.envelope import Envelope
from shared.contracts.merges import ownership
from shared.database.unit_of_work import Transaction


def follow_person(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """Leads are their new person's from now on, and all leads of both are assessed anew."""
    said = ownership(envelope)
    told: PersonsMerged = envelope.data
    # What is known of them now comes with the `person_updated` of the same revision.
    merged = envelope.contract is PersonsMerged
    _become_part(tx, told.absorbed_id, told.survivor_id if merged else None, said.revision)
    for lead_id in said.lead_ids:
        profile = profile_of(tx, lead_id)
        if said.revision >= profile.person_revision:
            _give(tx, profile, said.person_id, said.revision)
    for inquiry, (old, _) in said.moved.items():
        profile = profile_of(tx, old)
        profile.moved_away = sorted({*profile.moved_away, inquiry})
        profile.responses = {key: kept for key, kept in profile.responses.items() if key != inquiry}
    for lead_id in sorted({*person_of(tx, told.survivor_id).leads, *person_of(tx, told.absorbed_id).leads}):
        reassess(tx, profile_of(tx, lead_id), measuring(tx))


def _become_part(tx: Transaction, absorbed_id: UUID, survivor_id: UUID | None, revision: int) -> None:
    absorbed = person_of(tx, absorbed_id)
    if revision < absorbed.current_revision:
        return
    if absorbed.current_id is not None:
        before = person_of(tx, absorbed.current_id)
        before.absorbed = [one for one in before.absorbed if one != absorbed_id]
    absorbed.current_id, absorbed.current_revision = survivor_id, revision
    if survivor_id is not None:
        now = person_of(tx, survivor_id)
        now.absorbed = sorted({*now.absorbed, absorbed_id})


def _give(tx: Transaction, profile: Profile, person_id: UUID, revision: int) -> None:
    before: Person | None = tx.get(Person, profile.person_id) if profile.person_id else None
    if before is not None and profile.lead_id in before.leads:
        before.leads = [lead for lead in before.leads if lead != profile.lead_id]
        now = person_of(tx, person_id)
        now.leads = sorted({*now.leads, profile.lead_id})
    profile.person_id, profile.person_revision = person_id, revision
    screening = tx.get(Screening, profile.lead_id)
    if screening is not None:
        screening.person_id = person_id
