"""How owners keep their leads up to date."""

from decimal import Decimal

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class OwnersRequest:
    """One calendar month, UTC, as YYYY-MM; the present one when left out."""

    month: str | None = None


@contract
class GoalProgress:
    """How far an owner came with one of the company's goals."""

    goal: str
    because: str
    measure: str
    #: A number; of the measures in_time and complete a share, 0 to 1.
    at_least: Decimal
    #: None where too little was to be done for a share to mean something.
    reached: Decimal | None = None
    met: bool
    reward: Decimal | None = None


@contract
class OwnerRecord:
    """One owner's duties that ended in the month, and how."""

    owner_id: str
    name: str
    duties: int
    in_time: int
    late: int
    missed: int
    #: Of all duties; None when there were none.
    share_in_time: float | None = None
    answers: int
    #: Of all answers, those that left nothing out that was asked.
    share_complete: float | None = None
    #: accept, contacted, quoted, won, … and how often.
    did: dict[str, int]
    goals: list[GoalProgress]
    #: Sum of the rewards of the goals that were met.
    earned: Decimal


@contract
class OwnersReply:
    month: str
    currency: str
    owners: list[OwnerRecord]


OWNERS = declare("analytics", "owners", OwnersRequest, OwnersReply)
