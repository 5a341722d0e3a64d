"""What is said of leads other than by an owner's link: decisions about returns."""

from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.people import Owner


@contract
class DecisionRequest:
    """A manager's signed link."""

    token: str


@contract
class DecisionReply:
    """What the page behind a manager's link shows."""

    lead_id: UUID
    owner: Owner
    #: What the link does: takes the lead back, or leaves it.
    accepted: bool
    reason: str
    evidence: str | None = None
    possible: bool
    because: str | None = None


DESCRIBE_DECISION = declare("router", "describe_decision", DecisionRequest, DecisionReply)


@contract
class DecideRequest:
    token: str
    note: str = ""


@contract
class DecideReply:
    lead_id: UUID
    #: accepted, refused
    state: str
    #: False when it had been decided before.
    changed: bool


DECIDE = declare("router", "decide", DecideRequest, DecideReply)
