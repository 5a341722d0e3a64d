"""People of one company count for each other, for as long as they are there."""

import uuid
from collections.abc import Callable
from uuid import UUID

import pytest

from services.qualify.models import BuyingGroup
from shared.contracts.capture import LeadRegistered, PersonErased
from shared.contracts.event import Event
from shared.contracts.qualify import LeadScored
from tests.builders import NOON, lead_registered, merged, person, response
from tests.integration.qualify.told import READY, VAGUE, updated, won
from tests.played_room import PlayedRoom

FIRM, OTHER = UUID(int=71), UUID(int=72)


def lead(**over: UUID) -> LeadRegistered:
    return lead_registered(person=person(company_id=FIRM, **over), response=response(answers=READY))


def sees_others(room: PlayedRoom, of: LeadRegistered) -> bool:
    """Whether the others of its company count for the lead."""
    last = [told for told in room.published(LeadScored) if told.lead_id == of.lead_id][-1]
    return "buying-group" in {line.rule for line in last.lines}


def erased(gone: LeadRegistered) -> Event:
    return PersonErased(
        erasure_id=uuid.uuid5(gone.lead_id, "erasure"), person_ids=[gone.person_id], lead_ids=[gone.lead_id],
        inquiry_ids=[gone.response.inquiry_id], erased_at=NOON,
    )  # fmt: skip


def moved(gone: LeadRegistered) -> Event:
    return updated(gone, 2, person(person_id=gone.person_id, company_id=OTHER))


@pytest.mark.requirement("QUA-14")
@pytest.mark.parametrize("leaves", [erased, moved, lambda gone: won(gone, NOON)], ids=["erased", "moved", "won"])
def test_who_leaves_counts_for_nobody_any_more(
    qualification: PlayedRoom, leaves: Callable[[LeadRegistered], Event]
) -> None:
    stays, goes = lead(), lead()
    qualification.hear(stays, goes)
    qualification.run_due()
    assert sees_others(qualification, stays)

    qualification.hear(leaves(goes))
    qualification.run_due()

    assert not sees_others(qualification, stays)
    groups = {row["company_id"]: row["members"] for row in qualification.rows(BuyingGroup)}
    assert list(groups[FIRM]) == [str(stays.lead_id)]


@pytest.mark.requirement("QUA-14")
def test_nobody_is_their_own_colleague(qualification: PlayedRoom) -> None:
    first = lead()
    second = lead(person_id=first.person_id)
    qualification.hear(first, second)
    qualification.run_due()

    assert not sees_others(qualification, first)
    assert not sees_others(qualification, second)


@pytest.mark.requirement("QUA-14")
def test_two_who_are_one_count_for_nobody(qualification: PlayedRoom) -> None:
    one, other = lead(), lead_registered(person=person(company_id=FIRM), response=response(answers=VAGUE))
    qualification.hear(one, other)
    qualification.run_due()
    assert sees_others(qualification, other)

    qualification.hear(merged(one.person, other.person, [other.lead_id], 2))
    qualification.run_due()

    assert not sees_others(qualification, other)
