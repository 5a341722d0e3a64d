"""Every RPC call: which room answers, with what request and what reply. Both are checked on both sides."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from shared.contracts.event import contract
from shared.contracts.people import Owner, Person

Q = TypeVar("Q")
R = TypeVar("R")


@dataclass(frozen=True)
class Call(Generic[Q, R]):
    """One RPC method: nameko calls it `<room>.<method>` with the fields of the request as keywords."""

    room: str
    method: str
    request: type[Q]
    reply: type[R]


#: Every declared call by (room, method).
REGISTER: dict[tuple[str, str], Call[Any, Any]] = {}


def declare(room: str, method: str, request: type[Q], reply: type[R]) -> Call[Q, R]:
    """Registers a call."""
    call = Call(room, method, request, reply)
    REGISTER[room, method] = call
    return call


# --- capture ---------------------------------------------------------------------------------------------------------


@contract
class ReceiptRequest:
    receipt_id: UUID


@contract
class ReceiptRow:
    """One row of an uploaded list and what became of it."""

    row: int
    state: Literal["registered", "responded", "quarantined", "test"]
    inquiry_id: UUID
    lead_id: UUID | None = None
    reason: str | None = None


@contract
class ReceiptReply:
    """What became of an inquiry. `unknown` means that the front desk has not seen it (yet)."""

    receipt_id: UUID
    state: Literal["unknown", "registered", "responded", "quarantined", "test", "list"]
    received_at: datetime | None = None
    inquiry_id: UUID | None = None
    lead_id: UUID | None = None
    reason: str | None = None
    detail: str | None = None
    rows: list[ReceiptRow]


RECEIPT = declare("capture", "receipt", ReceiptRequest, ReceiptReply)


@contract
class PageRequest:
    """A page of a list, newest first: up to `limit` entries before the time `before`."""

    limit: int = 50
    before: datetime | None = None


@contract
class QuarantineEntry:
    inquiry_id: UUID
    receipt_id: UUID
    received_at: datetime
    source: str
    channel: str
    reason: str
    detail: str


@contract
class QuarantineReply:
    entries: list[QuarantineEntry]


QUARANTINE = declare("capture", "quarantine", PageRequest, QuarantineReply)


@contract
class LedgerRequest:
    """Nothing to ask."""


@contract
class LedgerReply:
    """Counts by name in one room. What they must add up to is said where they are shown."""

    counts: dict[str, int]


CAPTURE_LEDGER = declare("capture", "ledger", LedgerRequest, LedgerReply)

# --- qualify ---------------------------------------------------------------------------------------------------------


@contract
class LeadRequest:
    lead_id: UUID


@contract
class ExplanationLine:
    rule: str
    group: str
    points: int
    because: str
    evidence: dict[str, str]


@contract
class ScoreReply:
    lead_id: UUID
    rank: str
    decision: str
    fit: int
    engagement: int
    score: int
    lines: list[ExplanationLine]
    #: Why this rank and this decision, one sentence each.
    because: list[str] = field(default_factory=list)
    rules_version: str
    scored_at: datetime


SCORE = declare("qualify", "score", LeadRequest, ScoreReply)

# --- router ----------------------------------------------------------------------------------------------------------


@contract
class LinkRequest:
    """A signed link, as it stands in an owner's message."""

    token: str


@contract
class LinkReply:
    """What the page behind a link shows before anything is done, and whether it can still be done."""

    lead_id: UUID
    #: accept, decline, contacted, appointment, quoted, won, lost, not_ready
    action: str
    owner: Owner
    person: Person
    status: str
    possible: bool
    #: Why not, when it is not possible.
    because: str | None = None
    #: Names of the fields that the page asks for: reason, amount, currency, lost_to, until, note.
    asks: list[str]


DESCRIBE_LINK = declare("router", "describe_link", LinkRequest, LinkReply)


@contract
class ActRequest:
    token: str
    fields: dict[str, str]


@contract
class ActReply:
    lead_id: UUID
    action: str
    status: str
    #: False when the same link had been used before: nothing happened twice.
    changed: bool


ACT = declare("router", "act", ActRequest, ActReply)


@contract
class AssignmentReply:
    """Who owns a lead now, since when, and until when they must do what."""

    lead_id: UUID
    assignment_id: UUID
    owner: Owner
    status: str
    clock: str
    due_at: datetime
    assigned_at: datetime


ASSIGNMENT = declare("router", "assignment", LeadRequest, AssignmentReply)
ROUTER_LEDGER = declare("router", "ledger", LedgerRequest, LedgerReply)

# --- nurture ---------------------------------------------------------------------------------------------------------

NURTURE_LEDGER = declare("nurture", "ledger", LedgerRequest, LedgerReply)

# --- fulfillment -----------------------------------------------------------------------------------------------------


@contract
class UnsubscribeReply:
    """What an unsubscribe link covers. `done` says whether the person is unsubscribed now."""

    channel: str
    done: bool
    #: The address with all but its first letter and domain hidden, to show on the page.
    masked_address: str | None = None


DESCRIBE_UNSUBSCRIBE = declare("fulfillment", "describe_unsubscribe", LinkRequest, UnsubscribeReply)
UNSUBSCRIBE = declare("fulfillment", "unsubscribe", LinkRequest, UnsubscribeReply)
FULFILLMENT_LEDGER = declare("fulfillment", "ledger", LedgerRequest, LedgerReply)

# --- analytics -------------------------------------------------------------------------------------------------------


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
    as_of: datetime


FUNNEL = declare("analytics", "funnel", FunnelRequest, FunnelReply)
ANALYTICS_LEDGER = declare("analytics", "ledger", LedgerRequest, LedgerReply)
