"""Giving leads to somebody else by hand."""

from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class ReassignRequest:
    """Up to 200 leads. Raises NotFound for an owner that nobody knows, ContractViolation without a reason."""

    lead_ids: list[UUID]
    #: The owner's id; the next candidate of each lead when left out.
    to: str | None = None
    #: Who moves them, and why: both stay on record.
    by: str
    because: str


@contract
class ReassignVerdict:
    """What became of one lead."""

    lead_id: UUID
    #: False: it stays where it is, for the reason in `because`.
    done: bool
    owner_id: str | None = None
    owner_name: str | None = None
    because: str


@contract
class ReassignReply:
    verdicts: list[ReassignVerdict]


REASSIGN = declare("router", "reassign", ReassignRequest, ReassignReply)
