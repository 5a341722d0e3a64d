"""Every query of qualification, beside the lookups by primary key."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.qualify.models import Profile, Score


def persons_of(session: Session, leads: Iterable[UUID]) -> set[UUID]:
    """The persons whose leads these are, as far as they are known."""
    wanted = set(leads)
    if not wanted:
        return set()
    query = select(Profile.person_id).where(Profile.lead_id.in_(wanted), Profile.person_id.is_not(None))
    return {person_id for person_id in session.scalars(query) if person_id is not None}


def latest_score(session: Session, lead_id: UUID) -> Score | None:
    """The lead's score as it stands."""
    return session.scalars(
        select(Score).where(Score.lead_id == lead_id).order_by(Score.revision.desc()).limit(1)
    ).first()
