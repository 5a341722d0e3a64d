"""What people do counts from when it is told, and stops to count when it is learnt that a program did it.

Whose an activity is and who did it may be told in any order and more than once: all that was said of it is kept, and
the highest revision holds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.qualify.models import Activity, Person, Profile
from services.qualify.usecases import recalling
from services.qualify.usecases.scoring import Measuring, reassess
from shared.contracts import capture
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

HEARD = (capture.ActivityRecorded, capture.ActivityReassessed, capture.ActivityReassigned)


def record(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """Somebody did something, or it was learnt later who did it: a human, or a program."""
    event: capture.ActivityRecorded | capture.ActivityReassessed = envelope.data
    rows = _rows(tx, event.activity_id, {event.person_id})
    title = event.title if isinstance(event, capture.ActivityRecorded) else None
    for row in rows:
        row.kind, row.what, row.at = event.kind, event.what, event.at
        row.title = title or row.title
    _tell(tx, rows, event.person_id, event.revision, event.verdict)
    _count_again(tx, rows, measuring)


def reassign(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """It was somebody else: it counts for them, and for the other no longer."""
    event: capture.ActivityReassigned = envelope.data
    rows = _rows(tx, event.activity_id, {event.person_id, event.previous_person_id})
    _tell(tx, rows, event.person_id, event.revision, None)
    _count_again(tx, rows, measuring)


def persons_of(envelopes: Iterable[Envelope]) -> set[UUID]:
    """Everybody whose activities these events change."""
    told = [envelope.data for envelope in envelopes if envelope.contract in HEARD]
    previous = {event.previous_person_id for event in told if isinstance(event, capture.ActivityReassigned)}
    return {event.person_id for event in told} | previous


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Loads whose the activities of a batch were said to be before."""
    ids = {envelope.data.activity_id for envelope in envelopes if envelope.contract in HEARD}
    known: dict[UUID, set[UUID]] = tx.session.info.setdefault("whose_activity", {})
    known.update({activity_id: set() for activity_id in ids if activity_id not in known})
    if ids:
        query = select(Activity.activity_id, Activity.person_id).where(Activity.activity_id.in_(ids))
        for activity_id, person_id in tx.session.execute(query):
            known[activity_id].add(person_id)


def _rows(tx: Transaction, activity_id: UUID, persons: set[UUID]) -> list[Activity]:
    """The activity as it is kept for everybody whose it was ever said to be, these included."""
    known: dict[UUID, set[UUID]] = tx.session.info.setdefault("whose_activity", {})
    whose = known.setdefault(activity_id, set())
    whose |= persons
    done = {person_id: recalling.activities_of(tx.session, person_id) for person_id in sorted(whose)}
    kept = [rows[activity_id] for rows in done.values() if activity_id in rows]
    for person_id, rows in done.items():
        if activity_id not in rows:
            rows[activity_id] = _begun(activity_id, person_id, kept)
            tx.session.add(rows[activity_id])
    return [rows[activity_id] for rows in done.values()]


def _begun(activity_id: UUID, person_id: UUID, kept: list[Activity]) -> Activity:
    """A new row, with all that is known of the activity already; until then it was not this person's."""
    row = Activity(activity_id=activity_id, person_id=person_id, kind=None, what=None, title=None, at=None, told=[])
    for other in kept[:1]:
        row.kind, row.what, row.title, row.at = other.kind, other.what, other.title, other.at
        row.told = [telling | {"its": False} for telling in other.told]
    return row


def _tell(tx: Transaction, rows: list[Activity], person_id: UUID, revision: int, verdict: str | None) -> None:
    for row in rows:
        if any(telling["revision"] == revision for telling in row.told):
            continue
        telling = _telling(revision, verdict, row.person_id == person_id, tx.now)
        row.told = sorted([*row.told, telling], key=lambda each: int(each["revision"]))


def _telling(revision: int, verdict: str | None, its: bool, heard_at: datetime) -> dict[str, Any]:
    return {"revision": revision, "verdict": verdict, "its": its, "heard_at": heard_at.isoformat()}


def _count_again(tx: Transaction, rows: list[Activity], measuring: Measuring) -> None:
    for row in rows:
        recalling.forget_oldest(tx.session, row.person_id)
        for lead_id in _leads_of(tx, row.person_id):
            profile = tx.get(Profile, lead_id)
            if profile is not None:
                reassess(tx, profile, measuring(tx))


def _leads_of(tx: Transaction, person_id: UUID) -> list[UUID]:
    """The leads of a person, and of whoever they became part of: what they did counts there."""
    found: list[UUID] = []
    seen: set[UUID] = set()
    now: UUID | None = person_id
    while now is not None and now not in seen:
        seen.add(now)
        person = tx.get(Person, now)
        found += person.leads if person else []
        now = person.current_id if person else None
    return found
