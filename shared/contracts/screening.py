"""What qualification tells of screening: people look at a lead, or call it, before sales gets it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event, event
from shared.contracts.people import Note

#: manual: somebody looks at what is there; telephone: somebody calls the prospect.
Queue = Literal["manual", "telephone"]
#: What a screener found. The last two say that nobody was reached: now, or at this number.
Found = Literal["qualified", "not_now", "unqualified", "unreachable", "wrong_number"]


@event("qualify", "screening_requested")
class ScreeningRequested(Event):
    """A lead is to be looked at, or called, by `due_at`. `round` counts the screenings of a lead from 1."""

    lead_id: UUID
    person_id: UUID
    screening_id: UUID
    #: Of the lead's score: a verdict of a higher revision is newer than this.
    revision: int
    round: int
    queue: Queue
    #: The rule that asks for it, and why.
    rule: str
    because: str
    #: Higher comes first.
    priority: int
    potential_value: Decimal | None = None
    #: Whether sales has to wait for it.
    holds: bool
    due_at: datetime
    requested_at: datetime
    rules_version: str


@event("qualify", "screening_attempted")
class ScreeningAttempted(Event):
    """Nobody was reached: the lead is called again at `next_at`."""

    lead_id: UUID
    person_id: UUID
    screening_id: UUID
    round: int
    queue: Queue
    attempt: int
    by: str
    next_at: datetime
    #: All that screeners noted of the lead, oldest first.
    notes: list[Note]
    attempted_at: datetime


@event("qualify", "screening_completed")
class ScreeningCompleted(Event):
    """A screening ended: somebody said what they found, or it was not needed any more (`withdrawn`)."""

    lead_id: UUID
    person_id: UUID
    screening_id: UUID
    revision: int
    round: int
    queue: Queue
    outcome: Literal["qualified", "not_now", "unqualified", "unreachable", "wrong_number", "withdrawn"]
    #: Who screened; for `withdrawn` nobody.
    by: str | None = None
    #: When the prospect wants to hear from us again.
    until: date | None = None
    attempts: int
    #: What the prospect answered, under the company's own names.
    answers: dict[str, str]
    #: All that screeners noted of the lead, oldest first.
    notes: list[Note]
    #: Whether it was ended after its due time.
    late: bool
    requested_at: datetime
    completed_at: datetime


@event("qualify", "screening_overdue")
class ScreeningOverdue(Event):
    """Nobody screened the lead in time. Told once per screening."""

    lead_id: UUID
    person_id: UUID
    screening_id: UUID
    round: int
    queue: Queue
    priority: int
    due_at: datetime
    #: Who has it in hand, if anybody.
    claimed_by: str | None = None
    noticed_at: datetime
