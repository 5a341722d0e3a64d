"""Events that qualification hears, with only what a test is about."""

from datetime import date, datetime
from typing import Any

from shared.contracts.capture import LeadRegistered, LeadResponded, PersonUpdated
from shared.contracts.people import Person
from shared.contracts.router import LeadLost, LeadRecycled, LeadWon
from tests.builders import response

#: Answers that make the builders' person ready for sales under the example company's rules.
READY = {"budget": "60000", "role": "owner", "timing": "3m", "interest": "quote", "industry": "crop"}
#: Answers of somebody who only looks around.
VAGUE = {"role": "employee", "timing": "6m", "interest": "literature"}


def responded(lead: LeadRegistered, number: int = 2, person: Person | None = None, **over: Any) -> LeadResponded:
    """The lead inquired again."""
    return LeadResponded(
        lead_id=lead.lead_id,
        person_id=lead.person_id,
        person=person or lead.person,
        response=response(**over),
        number=number,
    )


def updated(lead: LeadRegistered, revision: int, person: Person) -> PersonUpdated:
    """The front desk learned something of the lead's person."""
    return PersonUpdated(person_id=lead.person_id, person=person, revision=revision)


def recycled(lead: LeadRegistered, at: datetime, until: date | None = None) -> LeadRecycled:
    """Sales gave the lead back."""
    return LeadRecycled(
        lead_id=lead.lead_id,
        person_id=lead.person_id,
        owner_id="hawkeye",
        reason="not ready",
        until=until,
        recycled_at=at,
    )


def won(lead: LeadRegistered, at: datetime) -> LeadWon:
    """The lead became a sale."""
    return LeadWon(lead_id=lead.lead_id, owner_id="hawkeye", won_at=at)


def lost(lead: LeadRegistered, at: datetime) -> LeadLost:
    """The lead was lost."""
    return LeadLost(lead_id=lead.lead_id, owner_id="hawkeye", reason="price", lost_at=at)
