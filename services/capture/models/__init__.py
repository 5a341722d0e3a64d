"""Tables of the front desk, one file per noun."""

from services.capture.models.front_desk import (
    ConsentStatement,
    Inquiry,
    Lead,
    Person,
    PersonKey,
    RawPayload,
    SubmissionKey,
)
from services.capture.models.pulls import PulledAnswer, ReleaseRun, Repair
from services.capture.models.schema import Base

__all__ = [
    "Base",
    "ConsentStatement",
    "Inquiry",
    "Lead",
    "Person",
    "PersonKey",
    "PulledAnswer",
    "RawPayload",
    "ReleaseRun",
    "Repair",
    "SubmissionKey",
]
