"""Screening: the queues, a lead in hand, what was found; and the few questions of a reply form."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.calls.qualify import LeadRequest, ScoreReply
from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.people import Note


@contract
class ScreeningEntry:
    """One lead in a queue."""

    lead_id: UUID
    person_id: UUID
    screening_id: UUID
    round: int
    queue: str
    #: waiting, claimed, later (nobody was reached; it comes back at `not_before`), done
    state: str
    rule: str
    because: str
    priority: int
    potential_value: Decimal | None = None
    requested_at: datetime
    due_at: datetime
    overdue: bool
    not_before: datetime
    attempts: int
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    #: Of a screening that is done.
    outcome: str | None = None


@contract
class QueueState:
    """How one queue stands."""

    queue: str
    waiting: int
    claimed: int
    #: Nobody was reached; they come back.
    later: int
    overdue: int
    oldest_due_at: datetime | None = None


@contract
class QueuesRequest:
    """The queues, and up to `limit` open screenings, in the order in which they are handed out."""

    queue: Literal["manual", "telephone"] | None = None
    #: Only those that this screener has in hand.
    claimed_by: str | None = None
    limit: int = 50


@contract
class QueuesReply:
    queues: list[QueueState]
    entries: list[ScreeningEntry]


SCREENING_QUEUES = declare("qualify", "screening_queues", QueuesRequest, QueuesReply)


@contract
class ScriptQuestion:
    """A key question of a step, and the field that its answer goes to."""

    ask: str
    answer: str
    #: text, number, flag, date, list
    kind: str
    #: Where only these can be answered: the company's own words for them.
    choices: list[str] = field(default_factory=list)
    hint: str | None = None
    #: As it is known now, and from where.
    known: str | None = None
    origin: str | None = None


@contract
class ScriptObjection:
    """What prospects say against it at this step, and what to answer."""

    says: str
    reply: str


@contract
class ScriptStep:
    step: str
    say: str | None = None
    questions: list[ScriptQuestion]
    objections: list[ScriptObjection]


@contract
class ClaimRequest:
    """The next lead of a queue for this screener, or, with `lead_id`, that one."""

    by: str
    queue: Literal["manual", "telephone"] | None = None
    lead_id: UUID | None = None


@contract
class ScreeningReply:
    """A lead to screen. `claim` is the key of whoever has it in hand; nobody else is told it."""

    entry: ScreeningEntry
    claim: UUID | None = None
    script: list[ScriptStep]
    notes: list[Note]
    score: ScoreReply | None = None
    #: The newest message of the prospect.
    message: str | None = None
    products: list[str] = field(default_factory=list)


@contract
class ClaimReply:
    """None: the queue is empty, or all that waits is in other hands."""

    screening: ScreeningReply | None = None


CLAIM_SCREENING = declare("qualify", "claim_screening", ClaimRequest, ClaimReply)


@contract
class ScreeningRequest:
    """One lead's screening as it stands; with `by`, as that screener sees it."""

    lead_id: UUID
    by: str | None = None


SCREENING = declare("qualify", "screening", ScreeningRequest, ScreeningReply)


@contract
class ReleaseScreeningRequest:
    """Puts a lead back. With `claim` by whoever has it in hand; without, by a supervisor, whoever has it."""

    lead_id: UUID
    by: str
    claim: UUID | None = None


SCREENING_RELEASE = declare("qualify", "release_screening", ReleaseScreeningRequest, ScreeningReply)


@contract
class ReportRequest:
    """What a screener found. The same claim reports once: a second report changes nothing."""

    lead_id: UUID
    claim: UUID
    by: str
    outcome: Literal["qualified", "not_now", "unqualified", "unreachable", "wrong_number"]
    note: str = ""
    #: As the prospect said it, by the company's names.
    answers: dict[str, str] = field(default_factory=dict)
    #: With `not_now`: from when on they want to hear from us.
    until: date | None = None


@contract
class ReportReply:
    """What became of it: the screening as it stands, and the lead's score with it."""

    entry: ScreeningEntry
    #: False: this claim had reported before.
    changed: bool
    score: ScoreReply | None = None


REPORT_SCREENING = declare("qualify", "report_screening", ReportRequest, ReportReply)


@contract
class ReplyQuestion:
    """A question of a reply form."""

    answer: str
    ask: str
    #: text, number, date, choice, flag
    kind: str
    #: Value and wording of each choice.
    choices: dict[str, str] = field(default_factory=dict)


@contract
class ReplyFormRequest:
    """What to ask the prospect of a lead who follows a link in a piece."""

    lead_id: UUID
    language: str | None = None


@contract
class ReplyFormReply:
    """Few questions, chosen by what is missing; none where the lead is not known any more."""

    title: str
    intro: str
    button: str
    thanks: str
    message: str
    questions: list[ReplyQuestion]


REPLY_FORM = declare("qualify", "reply_form", ReplyFormRequest, ReplyFormReply)

__all__ = [
    "CLAIM_SCREENING", "REPLY_FORM", "REPORT_SCREENING", "SCREENING", "SCREENING_QUEUES", "SCREENING_RELEASE",
    "ClaimReply", "ClaimRequest", "LeadRequest", "QueueState", "QueuesReply", "QueuesRequest",
    "ReleaseScreeningRequest", "ReplyFormReply", "ReplyFormRequest", "ReplyQuestion", "ReportReply", "ReportRequest",
    "ScreeningEntry", "ScreeningReply", "ScreeningRequest", "ScriptObjection", "ScriptQuestion", "ScriptStep",
]  # fmt: skip
