"""Forgets a person, and shows what is held of one."""

from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update

from services.nurture.models import Enrolment, Lead, Person
from shared.contracts.calls import ExportRequest
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.nurture import PersonDataErased
from shared.database import erasing
from shared.database.erasing import Subject, among
from shared.database.unit_of_work import Transaction

KEPT = {"lead, enrolment": "which programme ran from when to when, and why it ended: figures without a person"}


def held(subject: Subject) -> dict[str, Select[Any]]:
    """The person's rows, by table."""
    return {
        "person": select(Person.__table__).where(among(Person.person_id, subject.person_ids)),
        "lead": select(Lead.__table__).where(_its_leads(subject)),
        "enrolment": select(Enrolment.__table__).where(_its_enrolments(subject)),
    }


def export(tx: Transaction, request: ExportRequest) -> dict[str, list[Any]]:
    """What is held of a person, as JSON types."""
    subject = Subject.of(request)
    found: dict[str, list[Any]] = {}
    found.update(erasing.rows_of(tx.session, {**held(subject), **erasing.plumbing_of(subject)}))
    return found


def forget_person(tx: Transaction, envelope: Envelope) -> None:
    """Ends every programme of the person and removes what is known of them."""
    event: PersonErased = envelope.data
    subject = Subject.of(event)
    removed = erasing.begin(tx.session, subject, event.erasure_id, tx.now)
    removed["person"] = erasing.removed(tx.session, delete(Person).where(among(Person.person_id, subject.person_ids)))
    gone = {"products": None, "recycled_because": None, "closed_as": "erased", "closed_at": tx.now}
    removed["lead"] = erasing.removed(tx.session, update(Lead).where(_its_leads(subject)).values(gone))
    active = and_(_its_enrolments(subject), Enrolment.state == "active")
    tx.session.execute(update(Enrolment).where(active).values(state="left", reason="erased", left_at=tx.now))
    removed["enrolment"] = erasing.removed(
        tx.session, update(Enrolment).where(_its_enrolments(subject)).values(because="erased")
    )
    tx.emit(
        PersonDataErased(erasure_id=event.erasure_id, removed=removed, kept=KEPT, erased_at=tx.now),
        key=str(event.erasure_id),
    )


def _its_leads(subject: Subject) -> Any:
    return or_(among(Lead.person_id, subject.person_ids), among(Lead.lead_id, subject.lead_ids))


def _its_enrolments(subject: Subject) -> Any:
    return or_(among(Enrolment.person_id, subject.person_ids), among(Enrolment.lead_id, subject.lead_ids))
