"""What is said of leads other than by an owner's link: decisions about returns, words of programs and lists, mail."""

from dataclasses import field
from datetime import datetime
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


@contract
class SayRequest:
    """An owner's word on a lead, by a program: a quotation tool, a CRM, a cash desk."""

    lead_id: UUID
    #: As in a link: accept, contacted, appointment, quoted, won, lost, not_ready, decline, wrong_territory, return,
    #: blocked, pause_me, correct.
    status: str
    #: What that asks for: amount, currency, reason, lost_to, until, at, evidence, note, to.
    fields: dict[str, str] = field(default_factory=dict)
    #: Whose word it is; whoever has the lead now, when left out.
    owner_id: str | None = None
    said_at: datetime | None = None
    #: The same key is the same word, however often it is sent.
    key: str | None = None
    #: Who sends it: the id of an API key.
    by: str


@contract
class SayReply:
    lead_id: UUID
    status: str
    #: False when it had been said before.
    changed: bool
    because: str | None = None


SAY = declare("router", "say", SayRequest, SayReply)


@contract
class WorksheetRequest:
    """The open leads of an owner as a table to fill in."""

    owner_id: str


@contract
class WorksheetReply:
    owner_id: str
    leads: int
    #: CSV in UTF-8.
    csv: str


WORKSHEET = declare("router", "worksheet", WorksheetRequest, WorksheetReply)


@contract
class FilledSheetRequest:
    """A worksheet that was filled in."""

    owner_id: str
    csv: str
    by: str


@contract
class RowVerdict:
    """What became of one row."""

    row: int
    lead: str
    #: changed; repeated: it was known; empty: nothing was filled in; refused
    outcome: str
    status: str | None = None
    because: str | None = None


@contract
class FilledSheetReply:
    rows: list[RowVerdict]


FILLED_SHEET = declare("router", "filled_sheet", FilledSheetRequest, FilledSheetReply)


@contract
class RepliesRequest:
    """Mail of owners that somebody has to look at."""


@contract
class WaitingReply:
    receipt_id: UUID
    received_at: datetime
    lead_id: UUID | None = None
    owner_id: str | None = None
    sender: str | None = None
    subject: str | None = None
    text: str | None = None
    #: asked_back, refused, stranger, automatic (a bounce), unknown
    outcome: str
    because: str | None = None


@contract
class RepliesReply:
    replies: list[WaitingReply]


WAITING_REPLIES = declare("router", "waiting_replies", RepliesRequest, RepliesReply)


@contract
class SettleReplyRequest:
    """Somebody has dealt with a mail. Raises NotFound."""

    receipt_id: UUID
    by: str


@contract
class SettleReplyReply:
    settled: bool


SETTLE_REPLY = declare("router", "settle_reply", SettleReplyRequest, SettleReplyReply)


@contract
class BlockersRequest:
    """What keeps owners from going on."""


@contract
class Blocker:
    """One reason of one owner, and how many of their open leads it holds up now."""

    owner_id: str
    owner_name: str
    reason: str
    leads: int
    lead_ids: list[UUID]


@contract
class BlockersReply:
    blockers: list[Blocker]


BLOCKERS = declare("router", "blockers", BlockersRequest, BlockersReply)
