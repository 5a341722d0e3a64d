"""What was set aside, and its repair: look, put right, release, or confirm that it is junk."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class QuarantineRequest:
    """A page of the quarantine, newest first: up to `limit` entries after `cursor`, as the page before gave it."""

    limit: int = 50
    cursor: str | None = None
    #: Only what was received before this time.
    before: datetime | None = None
    reason: str | None = None
    source: str | None = None
    #: Of its receipt, in UTC.
    day: date | None = None
    #: What was confirmed to be junk instead of what waits.
    junk: bool = False


@contract
class QuarantineEntry:
    inquiry_id: UUID
    receipt_id: UUID
    received_at: datetime
    source: str
    channel: str
    reason: str
    detail: str
    #: Its row, in a list.
    row: int = 0
    #: As far as it was read: who it seems to be from.
    who: str = ""
    junk: bool = False


@contract
class QuarantineGroup:
    """How many wait for one reason from one source."""

    reason: str
    source: str
    number: int


@contract
class QuarantineReply:
    entries: list[QuarantineEntry]
    #: Leads to the next page; none on the last.
    next: str | None = None
    #: All that waits, whatever was filtered for.
    groups: list[QuarantineGroup]


QUARANTINE = declare("capture", "quarantine", QuarantineRequest, QuarantineReply)


@contract
class InspectRequest:
    inquiry_id: UUID


@contract
class RawBody:
    """What the sender sent, made safe to look at: the bytes themselves are kept as they came."""

    size: int
    content_type: str
    #: Its beginning as text, with what a screen cannot show made visible.
    text: str
    #: Its beginning, 16 bytes a line: offset, hex, characters.
    hex: str
    #: Whether `text` is all of it.
    whole: bool


@contract
class Correction:
    field: str
    value: str
    by: str
    at: datetime


@contract
class RepairEntry:
    """One thing that was done to it."""

    number: int
    #: released, refused (it did not pass), junked, unjunked
    action: str
    by: str
    at: datetime
    reason_before: str | None = None
    detail_before: str | None = None
    outcome_after: str
    reason_after: str | None = None
    corrections: dict[str, str]


@contract
class InspectReply:
    """Everything about one inquiry that is or was in quarantine."""

    inquiry_id: UUID
    receipt_id: UUID
    row: int
    outcome: str
    reason: str | None = None
    detail: str | None = None
    junk: bool
    lead_id: UUID | None = None
    source: str
    channel: str
    dialect: str
    received_at: datetime
    remote_address: str | None = None
    query: dict[str, str]
    headers: dict[str, str]
    raw: RawBody
    #: What the platform answered about it, where it had to be fetched.
    pulled: RawBody | None = None
    #: What was read, before it was normalised.
    parsed: dict[str, Any]
    #: Remarks on values that could not be used: field, problem, raw.
    notes: list[dict[str, Any]]
    #: What can be put right, by our names, with the value that counts now.
    fields: dict[str, str]
    corrections: list[Correction]
    repairs: list[RepairEntry]
    #: Why a release would leave it here, with the company's present mapping; none: it would pass.
    still: str | None = None
    still_detail: str | None = None


INSPECT = declare("capture", "inspect", InspectRequest, InspectReply)


@contract
class ReleaseRequest:
    """Has an inquiry read, judged and registered again, with the company's present mapping."""

    inquiry_id: UUID
    #: Who asks: the key, and the name given with it.
    by: str
    #: By our names (person.email, message, answer.budget, source, …): they win over what was sent, and are kept.
    corrections: dict[str, str]
    #: It was looked at and is no spam, whatever it looks like.
    trusted: bool = False


@contract
class ReleaseReply:
    """What became of it. `already`: it was not in quarantine any more, and nothing was done."""

    inquiry_id: UUID
    receipt_id: UUID
    outcome: str
    already: bool = False
    lead_id: UUID | None = None
    reason: str | None = None
    detail: str | None = None
    junk: bool = False


RELEASE = declare("capture", "release", ReleaseRequest, ReleaseReply)


@contract
class JunkRequest:
    """Marks an inquiry as junk, or (`junk` false) takes the mark away. It stays where it is."""

    inquiry_id: UUID
    by: str
    junk: bool = True


JUNK = declare("capture", "junk", JunkRequest, ReleaseReply)


@contract
class ReleaseManyRequest:
    """Releases all that wait and fit the filter, oldest first. A preview only counts how many would pass."""

    by: str
    preview: bool = False
    reason: str | None = None
    source: str | None = None
    day: date | None = None
    trusted: bool = False


@contract
class ReleaseRunReply:
    """How far a bulk release has come. The first batch is done at once, the rest as due work."""

    run_id: UUID
    preview: bool
    done: bool
    total: int
    handled: int
    #: By outcome; of a preview: `passes`, and `quarantined: <reason>` for what would stay.
    outcomes: dict[str, int]


RELEASE_MANY = declare("capture", "release_many", ReleaseManyRequest, ReleaseRunReply)


@contract
class ReleaseRunRequest:
    run_id: UUID


RELEASE_RUN = declare("capture", "release_run", ReleaseRunRequest, ReleaseRunReply)
