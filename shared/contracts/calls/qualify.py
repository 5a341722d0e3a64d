"""What qualification answers."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.prediction import Predicted


@contract
class LeadRequest:
    lead_id: UUID


@contract
class ExplanationLine:
    rule: str
    group: str
    points: int
    because: str
    evidence: dict[str, str]


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
    #: None without a model at work.
    prediction: Predicted | None = None


SCORE = declare("qualify", "score", LeadRequest, ScoreReply)
