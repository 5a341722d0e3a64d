"""What other rooms tell nurture of a lead."""

from datetime import date, datetime, timedelta

from shared.contracts.capture import ConsentChanged, LeadRegistered
from shared.contracts.people import Bant
from shared.contracts.qualify import LeadQualified, LeadScored
from shared.contracts.router import LeadRecycled
from tests.builders import NOON


def scored(lead: LeadRegistered, decision: str = "not_ready", revision: int = 1, **over: object) -> LeadScored:
    values = {
        "lead_id": lead.lead_id, "person_id": lead.person_id, "revision": revision, "decision": decision,
        "fit": 15, "engagement": 5, "score": 20, "rank": "cold", "lines": [], "bant": Bant(),
        "rules_version": "r1", "scored_at": NOON + timedelta(minutes=revision),
    }  # fmt: skip
    return LeadScored(**(values | over))  # type: ignore[arg-type]


def qualified(lead: LeadRegistered, revision: int, at: datetime = NOON) -> LeadQualified:
    return LeadQualified(
        lead_id=lead.lead_id, person_id=lead.person_id, revision=revision, rank="hot", score=80, bant=Bant(),
        because=["budget"], rules_version="r1", qualified_at=at,
    )  # fmt: skip


def consent(lead: LeadRegistered, allowed: bool, at: datetime) -> ConsentChanged:
    return ConsentChanged(person_id=lead.person_id, channel="email", allowed=allowed, changed_at=at, origin="form")


def recycled(lead: LeadRegistered, at: datetime, until: date | None = None) -> LeadRecycled:
    return LeadRecycled(
        lead_id=lead.lead_id, person_id=lead.person_id, owner_id="dealer-ames", reason="budget frozen",
        until=until, recycled_at=at,
    )  # fmt: skip
