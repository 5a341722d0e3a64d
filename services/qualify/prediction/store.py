"""Queries of prediction: closed leads to learn from, models, activations, weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from services.qualify.domain.history import History
from services.qualify.models import Person, PredictionActivation, PredictionModel, PredictionWeek, Profile
from services.qualify.usecases import recalling

#: Leads in one query: each is short, locks nothing, and the next begins where it ended.
AT_ONCE = 1_000
_CLOSED = Profile.outcome.is_not(None)
_FINENESS = 1 << 20


@dataclass(frozen=True)
class Outcomes:
    """How many leads were won and lost, by the closing that came first."""

    won: int
    lost: int

    @property
    def leads(self) -> int:
        return self.won + self.lost


def outcomes(session: Session) -> Outcomes:
    """Counts them all, in the index alone."""
    query = select(Profile.outcome, func.count()).where(_CLOSED).group_by(Profile.outcome)
    found = {row[0]: row[1] for row in session.execute(query)}
    return Outcomes(found.get("won", 0), found.get("lost", 0))


def closed_leads(sessions: sessionmaker[Session], share: float) -> Iterator[tuple[UUID, History]]:
    """Closed leads; of all of them this share, always the same ones."""
    query = select(Profile).where(_CLOSED)
    if share < 1:
        query = query.where(text(f"(hashtext(profile.lead_id::text) & {_FINENESS - 1}) < {int(share * _FINENESS)}"))
    after: UUID | None = None
    while True:
        with sessions() as session:
            found = page(session, query, after)
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1][0]


def page(session: Session, query: Select[Profile], after: UUID | None) -> list[tuple[UUID, History]]:
    """The next leads of `query` by id, with all that was heard of each."""
    if after is not None:
        query = query.where(Profile.lead_id > after)
    profiles = list(session.scalars(query.order_by(Profile.lead_id).limit(AT_ONCE)))
    wanted = {profile.person_id for profile in profiles if profile.person_id}
    # Held until their histories are put together: the session finds them without asking again.
    persons = list(session.scalars(select(Person).where(Person.person_id.in_(wanted))))
    recalling.load_activities(session, [person.person_id for person in persons])
    read = ((profile.lead_id, recalling.read(session, profile.lead_id)) for profile in profiles)
    return [(lead_id, history) for lead_id, history in read if history is not None]


def begun_between(since: datetime, until: datetime) -> Select[Profile]:
    """Leads that were first heard of in this time."""
    return select(Profile).where(Profile.begun_at >= since, Profile.begun_at < until)


def closed_between(since: datetime, until: datetime) -> Select[Profile]:
    """Leads that closed in this time."""
    return select(Profile).where(_CLOSED, Profile.closed_at >= since, Profile.closed_at < until)


def models(session: Session) -> list[PredictionModel]:
    """All models, the newest first."""
    return list(session.scalars(select(PredictionModel).order_by(PredictionModel.trained_at.desc())))


def activations(session: Session) -> list[PredictionActivation]:
    """What was put to work when, the newest first."""
    return list(session.scalars(select(PredictionActivation).order_by(PredictionActivation.number.desc())))


def weeks(session: Session, number: int) -> list[PredictionWeek]:
    """The newest weeks, the newest first."""
    return list(session.scalars(select(PredictionWeek).order_by(PredictionWeek.week.desc()).limit(number)))
