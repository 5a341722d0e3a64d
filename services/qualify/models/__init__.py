"""Tables of qualification, one file per noun: what was heard, and what was said of it."""

from services.qualify.models.activities import Activity, BuyingGroup
from services.qualify.models.enrichment import EnrichmentAnswer
from services.qualify.models.prediction import PredictionActivation, PredictionModel, PredictionWeek
from services.qualify.models.profiles import Person, Profile
from services.qualify.models.rules import (
    Backtest,
    LeadOwner,
    Reassessment,
    RuleApproval,
    RulePublication,
    RuleSet,
)
from services.qualify.models.schema import Base
from services.qualify.models.scores import Score
from services.qualify.models.screening import Screening

__all__ = [
    "Activity",
    "Backtest",
    "Base",
    "BuyingGroup",
    "EnrichmentAnswer",
    "LeadOwner",
    "Person",
    "PredictionActivation",
    "PredictionModel",
    "PredictionWeek",
    "Profile",
    "Reassessment",
    "RuleApproval",
    "RulePublication",
    "RuleSet",
    "Score",
    "Screening",
]
