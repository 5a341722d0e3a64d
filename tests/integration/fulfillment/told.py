"""What other rooms tell fulfillment of a lead."""

import uuid
from datetime import datetime
from typing import Any

from shared.contracts.capture import ConsentChanged, LeadRegistered, LeadResponded
from shared.contracts.nurture import StepDue
from shared.contracts.people import Bant, Owner
from shared.contracts.qualify import LeadDisqualified, LeadQualified, LeadScored
from shared.contracts.router import LeadAssigned
from tests.builders import NOON, response

MARKETING = Owner(owner_id="marketing", kind="marketing", name="Prairie Line Customer Team")
DEALER = Owner(
    owner_id="heartland-ag", kind="dealer", name="Heartland Ag & Turf", email="sales@heartland.example",
    phone="+16415550188",
)  # fmt: skip


def scored(lead: LeadRegistered, rank: str = "cold", decision: str = "not_ready", revision: int = 1) -> LeadScored:
    values: dict[str, Any] = {
        "lead_id": lead.lead_id, "person_id": lead.person_id, "revision": revision, "decision": decision,
        "fit": 15, "engagement": 5, "score": 20, "rank": rank, "lines": [], "bant": Bant(),
        "rules_version": "r1", "scored_at": NOON,
    }  # fmt: skip
    return LeadScored(**values)


def qualified(lead: LeadRegistered, rank: str = "hot", revision: int = 1) -> LeadQualified:
    values: dict[str, Any] = {
        "lead_id": lead.lead_id, "person_id": lead.person_id, "revision": revision, "rank": rank, "score": 80,
        "bant": Bant(), "because": ["budget"], "rules_version": "r1", "qualified_at": NOON,
    }  # fmt: skip
    return LeadQualified(**values)


def disqualified(lead: LeadRegistered, rank: str = "junk", revision: int = 1) -> LeadDisqualified:
    values: dict[str, Any] = {
        "lead_id": lead.lead_id, "person_id": lead.person_id, "revision": revision, "rank": rank,
        "because": ["test address"], "rules_version": "r1", "disqualified_at": NOON,
    }  # fmt: skip
    return LeadDisqualified(**values)


def assigned(lead: LeadRegistered, owner: Owner = DEALER, revision: int = 1) -> LeadAssigned:
    return LeadAssigned(
        lead_id=lead.lead_id, person_id=lead.person_id, assignment_id=uuid.uuid4(), revision=revision, owner=owner,
        occasion="qualified", explanation=[], clock="accept", due_at=NOON, rules_version="r1", assigned_at=NOON,
    )  # fmt: skip


def responded(lead: LeadRegistered, number: int = 2, **over: Any) -> LeadResponded:
    return LeadResponded(
        lead_id=lead.lead_id, person_id=lead.person_id, person=over.pop("person", lead.person),
        response=response(**over), number=number,
    )  # fmt: skip


def step(lead: LeadRegistered, piece: str = "nurture-1-guide", **over: Any) -> StepDue:
    values: dict[str, Any] = {
        "enrolment_id": uuid.uuid5(lead.lead_id, "enrolment"), "lead_id": lead.lead_id, "person_id": lead.person_id,
        "person": lead.person, "programme": "not-ready-yet", "step": "guide", "piece": piece, "channel": "email",
        "occasion": f"{lead.lead_id}/guide", "due_at": NOON,
    }  # fmt: skip
    return StepDue(**(values | over))


def consent(lead: LeadRegistered, allowed: bool, at: datetime, channel: str = "email") -> ConsentChanged:
    return ConsentChanged(
        person_id=lead.person_id,
        channel=channel,
        allowed=allowed,
        changed_at=at,
        origin="call",  # type: ignore[arg-type]
    )
