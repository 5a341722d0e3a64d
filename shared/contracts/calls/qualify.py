"""What qualification answers."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.prediction import Predicted


@contract
class LeadRequest:
    lead_id: UUID


@contract
class ScoreRequest:
    lead_id: UUID
    #: The moment that is asked about; now when left out.
    as_of: datetime | None = None


@contract
class ExplanationLine:
    rule: str
    group: str
    points: int
    because: str
    evidence: dict[str, str]
    #: When the newest of it was said or done; None where it is merely known.
    at: datetime | None = None


@contract
class Question:
    """An answer that nobody has given yet, what the best one would be worth, and the rank with it alone."""

    answer: str
    best: str
    points: int
    rank: str


@contract
class SupposedFact:
    fact: str
    value: str
    #: None where nobody has said it yet.
    instead_of: str | None = None


@contract
class Flip:
    """A change of one fact or two that gives another decision."""

    changes: list[SupposedFact]
    decision: str
    rank: str
    score: int


@contract
class StageMove:
    stage: str
    at: datetime
    because: str


@contract
class BantAnswer:
    """One of budget, authority, need, timing: its value, and who said it when."""

    bar: str
    value: str | None = None
    met: bool = False
    #: inquiry, screening, enrichment, …
    via: str | None = None
    by: str | None = None
    inquiry_id: UUID | None = None
    at: datetime | None = None


@contract
class BuyingGroup:
    """The others of the same company: how many people, what they score by themselves, what part they have."""

    people: int
    score: int
    roles: list[str]


@contract
class ScorePoint:
    """What was said of the lead from this moment on."""

    at: datetime
    score: int
    rank: str


@contract
class ScoreReply:
    lead_id: UUID
    rank: str
    decision: str
    fit: int
    engagement: int
    score: int
    lines: list[ExplanationLine]
    #: Why this rank and this decision, one sentence each.
    because: list[str] = field(default_factory=list)
    rules_version: str
    scored_at: datetime
    #: The moment that the answer is about.
    as_of: datetime | None = None
    #: rising, steady, falling: against a week and a month before.
    trend: str | None = None
    week_ago: int | None = None
    month_ago: int | None = None
    #: suspect, inquiry, mql, sal, sql, customer; and the way there, oldest first.
    stage: str | None = None
    moves: list[StageMove] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    #: Which of the company's definitions of sales-ready counts, and who works the lead next.
    process: str | None = None
    worked_by: str | None = None
    potential_value: Decimal | None = None
    bant: list[BantAnswer] = field(default_factory=list)
    #: None where nobody else of the company is known.
    group: BuyingGroup | None = None
    #: The rank above, and the points that it takes; None at the top and for classes of their own.
    next_rank: str | None = None
    points_to_next: int | None = None
    missing: list[Question] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)
    #: The newest last.
    published: list[ScorePoint] = field(default_factory=list)
    #: When the passing of time alone may change the standing next.
    changes_at: datetime | None = None
    #: None without a model at work.
    prediction: Predicted | None = None


SCORE = declare("qualify", "score", ScoreRequest, ScoreReply)
