"""Takes a person out of the journal, and shows what it tells of one. Every event of theirs still counts."""

import dataclasses
from typing import Any

import orjson
from sqlalchemy import Select, and_, or_, select, text, tuple_

from services.analytics.models import JournalEntry, LeadFact
from shared.contracts.analytics import PersonDataErased
from shared.contracts.calls import ExportRequest
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.event import REGISTER
from shared.contracts.privacy import scrubbed
from shared.database import erasing
from shared.database.erasing import Subject, among
from shared.database.unit_of_work import Transaction

KEPT = {
    "journal": "which events there were and when, with ids, figures and names of the company's own",
    "lead_fact, inquiry_fact": "figures: source, campaign, stage, owner",
}
#: Events at a time.
CHUNK = 1000

_REWRITE = text(
    "UPDATE journal SET body = told.body "
    "FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS told (event_id uuid, body jsonb) "
    "WHERE journal.event_id = told.event_id"
)


def held(subject: Subject) -> dict[str, Select[Any]]:
    """The person's rows, by table."""
    return {
        "journal": select(JournalEntry.__table__).where(_told_of(subject)).order_by(JournalEntry.time),
        "lead_fact": select(LeadFact.__table__).where(
            or_(among(LeadFact.person_id, subject.person_ids), among(LeadFact.lead_id, subject.lead_ids))
        ),
    }


def export(tx: Transaction, request: ExportRequest) -> dict[str, list[Any]]:
    """What is held of a person, as JSON types."""
    subject = Subject.of(request)
    found: dict[str, list[Any]] = {}
    found.update(erasing.rows_of(tx.session, {**held(subject), **erasing.plumbing_of(subject)}))
    return found


def forget_person(tx: Transaction, envelope: Envelope) -> None:
    """Blanks what the journal says of the person."""
    event: PersonErased = envelope.data
    subject = Subject.of(event)
    removed = erasing.begin(tx.session, subject, event.erasure_id, tx.now)
    removed["journal"] = 0
    found = tx.session.execute(
        select(JournalEntry.event_id, JournalEntry.room, JournalEntry.type, JournalEntry.body).where(_told_of(subject))
    )
    for entries in found.partitions(CHUNK):
        told = [{"event_id": entry.event_id, "body": _blank(entry.room, entry.type, entry.body)} for entry in entries]
        tx.session.execute(_REWRITE, {"told": orjson.dumps(told).decode()})
        removed["journal"] += len(told)
    tx.emit(
        PersonDataErased(erasure_id=event.erasure_id, removed=removed, kept=KEPT, erased_at=tx.now),
        key=str(event.erasure_id),
    )


def _blank(room: str, type: str, body: dict[str, Any]) -> dict[str, Any]:
    declared = REGISTER.get((room, type))
    return scrubbed(declared, body) if declared else {}


def _told_of(subject: Subject) -> Any:
    """Events of the person: by the ids of their envelope, or inside, for those whose envelope may have none."""
    without = [
        (declared.room, declared.name)
        for declared in REGISTER.values()
        if not {"lead_id", "person_id"} & {field.name for field in dataclasses.fields(declared)}  # type: ignore[arg-type]
        or declared.name == "inquiry_received"
    ]
    inside = and_(
        tuple_(JournalEntry.room, JournalEntry.type).in_(without), erasing.names_one(JournalEntry.body, subject)
    )
    by_person = and_(JournalEntry.lead_id.is_(None), among(JournalEntry.person_id, subject.person_ids))
    return and_(
        or_(among(JournalEntry.lead_id, subject.lead_ids), by_person, inside),
        tuple_(JournalEntry.room, JournalEntry.type) != ("capture", "person_erased"),
    )
