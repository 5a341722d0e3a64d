"""People: what is known and how it came, who may be one, merges and their undoing."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.capture import MatchReason
from shared.contracts.event import contract
from shared.contracts.people import Person


@contract
class ProfileRequest:
    person_id: UUID


@contract
class PersonFact:
    """One value, how it came and when."""

    field: str
    value: str
    #: given, keyed, overlaid, inferred
    kind: str
    source: str
    said_at: datetime
    inquiry_id: UUID | None = None
    #: Whether it is what holds now.
    holds: bool


@contract
class PersonRelation:
    """Somebody who belongs to the same household or firm, how sure that is (0 to 1) and why."""

    kind: Literal["household", "company"]
    person_id: UUID
    name: str | None = None
    confidence: float
    because: list[str]


@contract
class MergeEntry:
    """A merge that this person took part in."""

    merge_id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    automatic: bool
    confidence: float
    reasons: list[MatchReason]
    merged_at: datetime
    merged_by: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None


@contract
class PersonReply:
    """A person. `current_id` is another one's where this id was absorbed; everything else is that person's."""

    person_id: UUID
    current_id: UUID
    person: Person
    revision: int
    registered_at: datetime
    #: Newest first.
    facts: list[PersonFact]
    lead_ids: list[UUID]
    merges: list[MergeEntry]
    related: list[PersonRelation]


PERSON = declare("capture", "person", ProfileRequest, PersonReply)


@contract
class ReviewsRequest:
    """A page of open questions, the likeliest first: up to `limit` after `cursor`, as the page before gave it."""

    limit: int = 50
    cursor: str | None = None


@contract
class ReviewSide:
    """One of two who may be one."""

    person: Person
    registered_at: datetime
    inquiries: int
    last_inquiry_at: datetime | None = None
    sources: list[str]


@contract
class ReviewEntry:
    """Two people who may be one."""

    review_id: str
    probability: float
    reasons: list[MatchReason]
    #: What forbids to merge them without being asked.
    objection: str | None = None
    found_at: datetime
    one: ReviewSide
    other: ReviewSide


@contract
class ReviewsReply:
    entries: list[ReviewEntry]
    #: Leads to the next page; none on the last.
    next: str | None = None
    #: All that are open.
    open: int


REVIEWS = declare("capture", "reviews", ReviewsRequest, ReviewsReply)


@contract
class DecideReviewRequest:
    review_id: str
    decision: Literal["same", "different"]
    #: Who says so.
    by: str


@contract
class DecideReviewReply:
    review_id: str
    state: Literal["open", "same", "different"]
    #: The merge that followed.
    merge_id: UUID | None = None


DECIDE_REVIEW = declare("capture", "decide_review", DecideReviewRequest, DecideReviewReply)


@contract
class MergeRequest:
    person_id: UUID
    other_id: UUID
    by: str


@contract
class MergeReply:
    """`merge_id` is None where the two were one already."""

    survivor_id: UUID
    merge_id: UUID | None = None


MERGE = declare("capture", "merge", MergeRequest, MergeReply)


@contract
class UnmergeRequest:
    merge_id: UUID
    by: str


@contract
class UnmergeReply:
    merge_id: UUID
    absorbed_id: UUID
    #: Whom the absorbed one was part of last.
    survivor_id: UUID
    undone_at: datetime


UNMERGE = declare("capture", "unmerge", UnmergeRequest, UnmergeReply)


@contract
class OverlayRequest:
    """Values that the person did not say: from a list (`overlaid`), or concluded from something else (`inferred`).

    By our names: email, phone, company, job_title, website, language, street, street2, city, state, postcode, country;
    any other name is kept beside them. What the person said is never replaced.
    """

    person_id: UUID
    values: dict[str, str]
    #: Where they are from.
    origin: str
    kind: Literal["overlaid", "inferred"] = "overlaid"


@contract
class OverlayReply:
    person_id: UUID
    #: The particulars that are known by it now.
    learnt: list[str]
    #: Values that could not be used, and why.
    unusable: dict[str, str]


OVERLAY = declare("capture", "overlay", OverlayRequest, OverlayReply)
