"""Forgets a person, and shows what is held of one."""

from typing import Any

from sqlalchemy import Select, delete, or_, select

from services.qualify.models import Activity, Base, BuyingGroup, LeadOwner, Person, Profile, Score, Screening
from services.qualify.usecases.groups import KIND as SHOW_GROUP
from shared.contracts.calls import ExportRequest
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.qualify import PersonDataErased
from shared.database import erasing
from shared.database.erasing import Subject, among
from shared.database.unit_of_work import Transaction


def held(subject: Subject) -> dict[str, Select[Any]]:
    """The person's rows, by table."""
    its_leads = or_(among(Profile.person_id, subject.person_ids), among(Profile.lead_id, subject.lead_ids))
    leads = select(Profile.lead_id).where(its_leads)
    return {
        "person": select(Person.__table__).where(among(Person.person_id, subject.person_ids)),
        "score": select(Score.__table__).where(or_(among(Score.lead_id, subject.lead_ids), Score.lead_id.in_(leads))),
        "lead_owner": select(LeadOwner.__table__).where(
            or_(among(LeadOwner.lead_id, subject.lead_ids), LeadOwner.lead_id.in_(leads))
        ),
        "screening": select(Screening.__table__).where(
            or_(among(Screening.person_id, subject.person_ids), Screening.lead_id.in_(leads))
        ),
        "activity": select(Activity.__table__).where(among(Activity.person_id, subject.person_ids)),
        "profile": select(Profile.__table__).where(its_leads),
    }


def export(tx: Transaction, request: ExportRequest) -> dict[str, list[Any]]:
    """What is held of a person, as JSON types."""
    subject = Subject.of(request)
    found: dict[str, list[Any]] = {}
    found.update(erasing.rows_of(tx.session, {**held(subject), **erasing.plumbing_of(subject)}))
    return found


def forget_person(tx: Transaction, envelope: Envelope) -> None:
    """Removes everything of the person; scores live on in the journal's figures alone."""
    event: PersonErased = envelope.data
    subject = Subject.of(event)
    removed = erasing.begin(tx.session, subject, event.erasure_id, tx.now)
    _leave_groups(tx, held(subject)["profile"])
    for table, query in held(subject).items():
        condition: Any = query.whereclause
        removed[table] = erasing.removed(tx.session, delete(Base.metadata.tables[table]).where(condition))
    tx.emit(
        PersonDataErased(erasure_id=event.erasure_id, removed=removed, kept={}, erased_at=tx.now),
        key=str(event.erasure_id),
    )


def _leave_groups(tx: Transaction, profiles: Select[Any]) -> None:
    """The others of the company no longer see them."""
    leads = tx.session.execute(profiles.with_only_columns(Profile.lead_id, Profile.company_id)).all()
    groups = {row.company_id for row in leads if row.company_id}
    for group in tx.preload(BuyingGroup, groups):
        gone = {str(row.lead_id) for row in leads}
        group.members = {lead_id: brought for lead_id, brought in group.members.items() if lead_id not in gone}
        tx.schedule(SHOW_GROUP, str(group.company_id), tx.now)
