"""What the router answers."""

from dataclasses import field
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
    #: accept, contacted, appointment, quoted, won, lost, not_ready, decline, wrong_territory, return, blocked,
    #: pause_me, correct
    action: str
    owner: Owner
    person: Person
    status: str
    possible: bool
    #: Why not, when it is not possible.
    because: str | None = None
    #: Names of the fields that the page asks for: reason, amount, currency, lost_to, until, at, evidence, to, note.
    asks: list[str]
    #: Those of them that must be filled in.
    required: list[str] = field(default_factory=list)
    #: Reasons to choose from; other ones may be written too.
    choices: list[str] = field(default_factory=list)


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
    #: Until when it waits for its owner to open; None where somebody is or was there.
    held_until: datetime | None = None
    #: Ids of those who work on it beside the owner.
    shared_with: list[str] = field(default_factory=list)


ASSIGNMENT = declare("router", "assignment", LeadRequest, AssignmentReply)
ROUTER_LEDGER = declare("router", "ledger", LedgerRequest, LedgerReply)
