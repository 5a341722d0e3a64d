"""Every query of qualification, beside the lookups by primary key."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.qualify.models import Person, Profile, Score

#: So many published scores are shown of a lead.
PUBLISHED = 200


def persons_of(session: Session, leads: Iterable[UUID]) -> set[UUID]:
    """The persons whose leads these are, as far as they are known."""
    wanted = set(leads)
    if not wanted:
        return set()
    query = select(Profile.person_id).where(Profile.lead_id.in_(wanted), Profile.person_id.is_not(None))
    return {person_id for person_id in session.scalars(query) if person_id is not None}


def families_of(session: Session, persons: Iterable[UUID]) -> set[UUID]:
    """Whom these people became part of, and who became part of them, at one remove."""
    wanted = set(persons)
    if not wanted:
        return set()
    found: set[UUID] = set()
    query = select(Person.current_id, Person.absorbed).where(Person.person_id.in_(wanted))
    for current_id, absorbed in session.execute(query):
        found.update(absorbed, [current_id] if current_id else [])
    return found


def latest_score(session: Session, lead_id: UUID) -> Score | None:
    """The lead's score as it stands."""
    return session.scalars(
        select(Score).where(Score.lead_id == lead_id).order_by(Score.revision.desc()).limit(1)
    ).first()


def published_scores(session: Session, lead_id: UUID, until: datetime) -> list[Score]:
    """What was said of the lead until then, oldest first: the newest of it."""
    newest = (
        select(Score)
        .where(Score.lead_id == lead_id, Score.scored_at <= until)
        .order_by(Score.revision.desc())
        .limit(PUBLISHED)
    )
    return list(reversed(session.scalars(newest).all()))
