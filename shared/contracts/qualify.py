"""What qualification publishes."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.contracts.event import Event, event
from shared.contracts.people import Bant, Decision, Note, Party, Rank, ScoreLine, Stage, Trend
from shared.contracts.prediction import Predicted
from shared.contracts.privacy import DataErased


@event("qualify", "lead_scored")
class LeadScored(Event):
    """The score, rank or decision of a lead was worked out anew. `revision` grows per lead; a lower one is stale."""

    lead_id: UUID
    person_id: UUID
    revision: int
    fit: int
    engagement: int
    #: Always fit + engagement, and always the sum of the lines' points.
    score: int
    rank: Rank
    previous_rank: Rank | None = None
    decision: Decision
    lines: list[ScoreLine]
    #: Why this rank and this decision, one sentence each.
    because: list[str] = field(default_factory=list)
    bant: Bant
    rules_version: str
    scored_at: datetime
    #: Whether it moves into the buying cycle or out of it, against a week and a month ago.
    trend: Trend | None = None
    #: Named parts of the market that the lead belongs to.
    segments: list[str] = field(default_factory=list)
    #: Which of the company's definitions of sales-ready counts for it.
    process: str = "sales"
    #: Who works the lead next, as the company says of this class and process.
    worked_by: Party | None = None
    potential_value: Decimal | None = None
    #: None without a model at work.
    prediction: Predicted | None = None


@event("qualify", "lead_qualified")
class LeadQualified(Event):
    """The lead met the threshold agreed by marketing and sales (MQL). Published once per crossing."""

    lead_id: UUID
    person_id: UUID
    revision: int
    rank: Rank
    score: int
    bant: Bant
    potential_value: Decimal | None = None
    #: The definition that it met, and who works it: sales, or a call centre.
    process: str = "sales"
    worked_by: Party = "sales"
    segments: list[str] = field(default_factory=list)
    #: The parts of the company's strategy (growth markets, margins) that concern it.
    overlays: list[str] = field(default_factory=list)
    #: In the company's own word, whoever said it and however they wrote it.
    industry: str | None = None
    because: list[str]
    #: What screeners noted of the lead, oldest first.
    notes: list[Note] = field(default_factory=list)
    rules_version: str
    qualified_at: datetime


@event("qualify", "stage_changed")
class StageChanged(Event):
    """The lead came to another stage: forward, or back by an explicit rule. The highest `revision` holds."""

    lead_id: UUID
    person_id: UUID
    revision: int
    stage: Stage
    previous: Stage | None = None
    #: The rule that moved it, in plain words.
    because: str
    rules_version: str
    #: When what moved it happened.
    moved_at: datetime


@event("qualify", "lead_disqualified")
class LeadDisqualified(Event):
    """The lead is unqualified or junk by an explicit rule. It stays on record and keeps an owner."""

    lead_id: UUID
    person_id: UUID
    revision: int
    rank: Rank
    because: list[str]
    rules_version: str
    disqualified_at: datetime


@event("qualify", "rules_published")
class RulesPublished(Event):
    """From now on a share of the leads is judged by these rules. `number` counts publications without a gap."""

    number: int
    version: str
    #: SHA-256 of the text that was approved.
    digest: str
    #: What everybody was under before; what a revert takes back.
    previous_version: str | None = None
    #: first: as found at the first start; publish; revert: what stood before stands again.
    kind: str
    #: Percent of the leads.
    share: int
    by: str
    #: Who agreed to this text, by party.
    approved_by: dict[str, str]
    #: What differs from what was live, in plain words.
    changes: list[str] = field(default_factory=list)
    published_at: datetime


@event("qualify", "prediction_activated")
class PredictionActivated(Event):
    """From now on this model predicts; none does where `version` is None. `number` counts without a gap."""

    number: int
    version: str | None = None
    previous_version: str | None = None
    by: str
    activated_at: datetime


@event("qualify", "prediction_drifted")
class PredictionDrifted(Event):
    """A week's leads are others than those that the model learnt from, or end otherwise than it said."""

    version: str
    #: The Monday of the week.
    week: date
    #: One sentence each.
    alarms: list[str]
    #: Population stability index of the facts that have moved too far.
    inputs: dict[str, float]
    #: Sales among the leads that closed, as predicted and as they came; none where too few closed.
    predicted: float | None = None
    won: int | None = None
    noticed_at: datetime


@event("qualify", "person_data_erased")
class PersonDataErased(DataErased):
    """Profiles, scores and answers of a person are gone."""
