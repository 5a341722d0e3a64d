"""What the router answers."""

from datetime import datetime
from uuid import UUID

from shared.contracts.calls.capture import LedgerReply, LedgerRequest
from shared.contracts.calls.qualify import LeadRequest
from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.people import Owner, Person


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
