"""What the front desk answers about footsteps."""

from datetime import datetime
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class FootstepsRequest:
    """A page of what a person did, newest first: up to `limit` steps before the time `before`."""

    person_id: UUID
    limit: int = 50
    before: datetime | None = None


@contract
class Footstep:
    """One activity of a person."""

    activity_id: UUID
    at: datetime
    kind: str
    what: str
    title: str | None = None
    site: str
    url: str | None = None
    campaign: str | None = None
    source: str | None = None
    tactic: str | None = None
    details: dict[str, str]
    lead_id: UUID | None = None
    verdict: str
    #: Why it is not taken for a person's, in words.
    reasons: list[str]
    anonymous_before: bool


@contract
class FootstepCount:
    kind: str
    #: Done by a person, as far as is known; the rest counts for nothing.
    human: int
    suspect: int
    bot: int


@contract
class TouchReply:
    """What brought the person: marks of the address, referrer, landing page."""

    at: datetime
    touch: dict[str, str]


@contract
class FootstepsReply:
    """What a person did, before and after we knew them."""

    person_id: UUID
    first_touch: TouchReply | None = None
    last_touch: TouchReply | None = None
    #: The pages that were seen first.
    first_pages: list[Footstep]
    counts: list[FootstepCount]
    #: This page of the steps, newest first; `next_before` asks for the next.
    steps: list[Footstep]
    next_before: datetime | None = None


FOOTSTEPS = declare("capture", "footsteps", FootstepsRequest, FootstepsReply)


@contract
class ActivityReceiptRequest:
    receipt_id: UUID


@contract
class RefusedActivity:
    #: From 0, in the order of the body.
    place: int
    problem: str


@contract
class ActivityReceiptReply:
    """What became of a body of activities: received = stored + duplicate + refused. Not `known` yet: ask again."""

    receipt_id: UUID
    known: bool
    received: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    problems: list[RefusedActivity]
    source: str | None = None


ACTIVITY_RECEIPT = declare("capture", "activity_receipt", ActivityReceiptRequest, ActivityReceiptReply)


@contract
class JudgeAgainRequest:
    """Everything received from `since` on."""

    since: datetime


@contract
class JudgeAgainReply:
    """It begins at once, and goes on by itself."""

    since: datetime
    begun_at: datetime


JUDGE_ACTIVITIES_AGAIN = declare("capture", "judge_activities_again", JudgeAgainRequest, JudgeAgainReply)
