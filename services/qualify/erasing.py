"""Forgets a person, and shows what is held of one."""

from typing import Any

from sqlalchemy import Select, delete, or_, select

from services.qualify.models import Base, LeadOwner, Person, Profile, Score
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
    for table, query in held(subject).items():
        condition: Any = query.whereclause
        removed[table] = erasing.removed(tx.session, delete(Base.metadata.tables[table]).where(condition))
    tx.emit(
        PersonDataErased(erasure_id=event.erasure_id, removed=removed, kept={}, erased_at=tx.now),
        key=str(event.erasure_id),
    )
