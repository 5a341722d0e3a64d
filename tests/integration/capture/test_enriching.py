"""What qualification found out fills gaps, says who found it, and wins over nothing that was said."""

import uuid
from typing import Any

import pytest

from services.capture.models import Person, PersonValue
from shared.contracts.capture import LeadRegistered, PersonUpdated
from shared.contracts.enrichment import EnrichedValue, ProfileEnriched
from tests.builders import NOON
from tests.integration.capture.desk import FrontDesk, form


def enriched(lead: LeadRegistered, kind: Any = "inferred", **values: str) -> ProfileEnriched:
    """A provider found these values."""
    return ProfileEnriched(
        person_id=lead.person_id,
        lead_id=lead.lead_id,
        values=[
            EnrichedValue(field=name, value=value, provider="mail-domain", confidence=0.8, kind=kind, at=NOON)
            for name, value in values.items()
        ],
        enriched_at=NOON,
    )


def known(desk: FrontDesk, **fields: str) -> LeadRegistered:
    desk.receive(form({"your-name": "Ann Lee", "your-email": "ann@lee.example", "your-message": "dryers?", **fields}))
    [lead] = desk.published(LeadRegistered)
    return lead


@pytest.mark.requirement("ENR-1", "ENR-3", "ENR-4")
def test_a_gap_is_filled_and_marked_with_how_and_by_whom(desk: FrontDesk) -> None:
    lead = known(desk)
    desk.hear(enriched(lead, company="Lee Farms", website="https://lee.example"))

    [person] = desk.rows(Person)
    assert (person["company"], person["website"]) == ("Lee Farms", "https://lee.example")
    assert person["said_by"]["company"].startswith("inferred:")
    assert [row["source"] for row in desk.rows(PersonValue) if row["kind"] == "inferred"] == ["enrichment: mail-domain"]
    assert desk.published(PersonUpdated)[-1].person.company == "Lee Farms"


@pytest.mark.requirement("ENR-4")
def test_what_the_person_said_stands(desk: FrontDesk) -> None:
    lead = known(desk, **{"your-company": "Lee & Sons"})
    desk.hear(enriched(lead, "overlaid", company="LEE FARMS LLC", job_title="Owner"))

    [person] = desk.rows(Person)
    assert (person["company"], person["job_title"]) == ("Lee & Sons", "Owner")


def test_heard_twice_it_counts_once(desk: FrontDesk) -> None:
    lead = known(desk)
    event = enriched(lead, company="Lee Farms")
    desk.hear(event)
    desk.hear(event)

    assert len([row for row in desk.rows(PersonValue) if row["kind"] == "inferred"]) == 1
    assert len(desk.published(PersonUpdated)) == 1


def test_of_somebody_unknown_nothing_is_kept(desk: FrontDesk) -> None:
    lead = known(desk)
    stranger = ProfileEnriched(
        **{**vars(enriched(lead, company="Lee Farms")), "person_id": uuid.uuid4()}  # vars: frozen and flat
    )
    desk.hear(stranger)

    assert [row["company"] for row in desk.rows(Person)] == [None]
