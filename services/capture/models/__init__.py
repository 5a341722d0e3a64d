"""Tables of the front desk, one file per noun."""

from services.capture.models.campaigns import (
    Campaign,
    CampaignCode,
    CampaignCost,
    CampaignRegister,
    CampaignVersion,
    CodeSighting,
)
from services.capture.models.footsteps import Activity, ActivityBatch, Visitor
from services.capture.models.front_desk import (
    ConsentStatement,
    Inquiry,
    Lead,
    Person,
    PersonKey,
    RawPayload,
    SubmissionKey,
)
from services.capture.models.identity import CompanyKey, PersonBlock, PersonMerge, PersonReview, PersonValue
from services.capture.models.privacy import Erasure, ErasureReport, Suppression
from services.capture.models.pulls import PulledAnswer, ReleaseRun, Repair
from services.capture.models.referrals import Referral, ReferralCredit, ReferralPayment, ReferredLead
from services.capture.models.schema import Base

__all__ = [
    "Activity",
    "ActivityBatch",
    "Base",
    "Campaign",
    "CampaignCode",
    "CampaignCost",
    "CampaignRegister",
    "CampaignVersion",
    "CodeSighting",
    "CompanyKey",
    "ConsentStatement",
    "Erasure",
    "ErasureReport",
    "Inquiry",
    "Lead",
    "Person",
    "PersonBlock",
    "PersonKey",
    "PersonMerge",
    "PersonReview",
    "PersonValue",
    "PulledAnswer",
    "RawPayload",
    "Referral",
    "ReferralCredit",
    "ReferralPayment",
    "ReferredLead",
    "ReleaseRun",
    "Repair",
    "SubmissionKey",
    "Suppression",
    "Visitor",
]
