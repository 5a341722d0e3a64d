"""All that was heard of a lead, put together from what is stored of it, of its person, and of what they did."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.qualify import memory
from services.qualify.domain.history import History
from services.qualify.models import Activity, Person, Profile
from shared.database.unit_of_work import Transaction

#: Of a person's activities the newest count; older ones are forgotten.
KEPT = 200
_INFO = "activities"


def history(tx: Transaction, profile: Profile) -> History:
    """Everything heard of the lead so far."""
    person = tx.get(Person, profile.person_id) if profile.person_id else None
    return memory.history_of(profile, person, _done(tx.session, person, lambda each: tx.get(Person, each)))


def read(session: Session, lead_id: UUID) -> History | None:
    """The same for somebody who asks, without a lock; None when the lead is not known."""
    profile = session.get(Profile, lead_id)
    if profile is None:
        return None
    person = session.get(Person, profile.person_id) if profile.person_id else None
    return memory.history_of(profile, person, _done(session, person, lambda each: session.get(Person, each)))


def _done(session: Session, person: Person | None, get: Callable[[UUID], Person | None]) -> list[Activity]:
    """What a person did, also under ids that became theirs."""
    done: list[Iterable[Activity]] = []
    waiting, seen = [person] if person else [], set()
    while waiting:
        one = waiting.pop()
        if one.person_id in seen:
            continue
        seen.add(one.person_id)
        done.append(activities_of(session, one.person_id).values())
        waiting += [row for row in map(get, one.absorbed or ()) if row is not None]
    return together(done)


def together(done: Iterable[Iterable[Activity]]) -> list[Activity]:
    """What several people did who are one. An activity that was reassigned among them is one: whose it is has it."""
    found: dict[UUID, Activity] = {}
    for rows in done:
        for row in rows:
            if row.activity_id not in found or any(telling["its"] for telling in row.told[-1:]):
                found[row.activity_id] = row
    return list(found.values())


def activities_of(session: Session, person_id: UUID) -> dict[UUID, Activity]:
    """A person's activities by id. Costs no query when they were loaded before in this transaction."""
    loaded = _loaded(session)
    if person_id not in loaded:
        load_activities(session, [person_id])
    return loaded[person_id]


def load_activities(session: Session, persons: Iterable[UUID]) -> None:
    """Loads what these persons did, in one query."""
    loaded = _loaded(session)
    wanted = {person_id for person_id in persons if person_id not in loaded}
    if not wanted:
        return
    loaded.update({person_id: {} for person_id in wanted})
    for row in session.scalars(select(Activity).where(Activity.person_id.in_(wanted))):
        loaded[row.person_id][row.activity_id] = row


def forget_oldest(session: Session, person_id: UUID) -> None:
    """Keeps the newest of a person's activities, whatever the order in which they were told."""
    done = activities_of(session, person_id)
    if len(done) <= KEPT:
        return
    # What it was is not told yet: it may be the newest.
    dated = [row for row in done.values() if row.at is not None]
    oldest = min(dated, key=lambda row: (row.at, row.activity_id), default=None)
    if oldest is not None:
        del done[oldest.activity_id]
        if oldest in session.new:
            session.expunge(oldest)
        else:
            session.delete(oldest)


def _loaded(session: Session) -> dict[UUID, dict[UUID, Activity]]:
    found: dict[UUID, dict[UUID, Activity]] = session.info.setdefault(_INFO, {})
    return found
