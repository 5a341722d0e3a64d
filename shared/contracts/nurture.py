"""What nurture publishes."""

from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event, event
from shared.contracts.people import Person
from shared.contracts.privacy import DataErased


@event("nurture", "programme_entered")
class ProgrammeEntered(Event):
    """A lead begins a programme, in the version that was live then."""

    enrolment_id: UUID
    lead_id: UUID
    person_id: UUID
    programme: str
    version: str
    because: str
    entered_at: datetime


@event("nurture", "step_due")
class StepDue(Event):
    """A step of a programme is due: fulfillment sends `piece` once for this `occasion`."""

    enrolment_id: UUID
    lead_id: UUID
    person_id: UUID
    person: Person
    programme: str
    step: str
    piece: str
    #: email or post
    channel: str
    #: Part of the key under which the piece can go out only once.
    occasion: str
    due_at: datetime


@event("nurture", "programme_left")
class ProgrammeLeft(Event):
    """A lead left a programme: completed, qualified, unsubscribed, disqualified, won, lost, another_lead."""

    enrolment_id: UUID
    lead_id: UUID
    person_id: UUID
    programme: str
    reason: str
    left_at: datetime


@event("nurture", "person_data_erased")
class PersonDataErased(DataErased):
    """The person is gone, and no step of theirs is ever due again."""
