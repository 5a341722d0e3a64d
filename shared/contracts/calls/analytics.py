"""What the journal answers."""

from dataclasses import field
from datetime import date, datetime
from uuid import UUID

from shared.contracts.calls.capture import LedgerReply, LedgerRequest
from shared.contracts.calls.qualify import LeadRequest
from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.people import Owner, Person


@contract
class TimelineEntry:
    at: datetime
    room: str
    event: str
    #: One sentence that a manager can read.
    text: str


@contract
class LeadReply:
    """A lead as the journal tells it."""

    lead_id: UUID
    person_id: UUID | None = None
    person: Person | None = None
    stage: str
    rank: str | None = None
    score: int | None = None
    owner: Owner | None = None
    status: str | None = None
    source: str | None = None
    campaign: str | None = None
    registered_at: datetime | None = None
    #: Further leads of the same person, also those that they had under another id, the oldest first.
    other_leads: list[UUID] = field(default_factory=list)
    timeline: list[TimelineEntry]


LEAD = declare("analytics", "lead", LeadRequest, LeadReply)


@contract
class FunnelRequest:
    """Leads registered from `since` up to, not including, `until`; all when left out."""

    since: date | None = None
    until: date | None = None
    campaign: str | None = None
    source: str | None = None


@contract
class FunnelStage:
    stage: str
    leads: int
    #: Share of the stage before, 0 to 1; None for the first.
    conversion: float | None = None


@contract
class Breakdown:
    key: str
    leads: int


@contract
class Reclaimed:
    """Leads that were given up once (disqualified, or given back by sales), and came back."""

    discarded: int = 0
    #: Of those: ready for sales again since.
    ready_again: int = 0
    #: Of those: a sale since.
    won: int = 0


@contract
class FunnelReply:
    inquiries: int
    quarantined: int
    test: int
    new_leads: int
    repeat_responses: int
    stages: list[FunnelStage]
    by_rank: list[Breakdown]
    by_source: list[Breakdown]
    by_campaign: list[Breakdown]
    by_owner: list[Breakdown]
    reclaimed: Reclaimed = field(default_factory=Reclaimed)
    as_of: datetime


FUNNEL = declare("analytics", "funnel", FunnelRequest, FunnelReply)
ANALYTICS_LEDGER = declare("analytics", "ledger", LedgerRequest, LedgerReply)
