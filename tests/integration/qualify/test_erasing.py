"""An erasure waits for what is being handled, and what is handled after it brings nobody back."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from services.qualify.models import Base, Person, Profile, Score, Screening
from services.qualify.usecases import profiles
from shared.contracts.capture import LeadRegistered, PersonErased, PersonUpdated
from shared.contracts.qualify import LeadScored, PersonDataErased
from shared.database.plumbing import EFFECT, OUTBOX, TOMBSTONE
from tests.builders import NOON, lead_registered, person, response
from tests.integration.qualify.screened import WORTH_A_CALL, Office
from tests.played_room import PlayedRoom


def erased(told: LeadRegistered) -> PersonErased:
    return PersonErased(
        erasure_id=uuid.uuid5(told.lead_id, "erasure"),
        person_ids=[told.person_id],
        lead_ids=[told.lead_id],
        inquiry_ids=[told.response.inquiry_id],
        erased_at=NOON,
    )


def is_empty(room: PlayedRoom) -> bool:
    return not any(room.rows(model) for model in (Person, Profile, Score))


def test_an_erasure_waits_for_the_batch_that_is_being_handled(
    qualification: PlayedRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lead_registered()
    at_work, go_on = threading.Event(), threading.Event()
    original: Callable[..., None] = profiles._add_response

    def slowly(*arguments: Any) -> None:
        at_work.set()
        assert go_on.wait(20)
        original(*arguments)

    monkeypatch.setattr(profiles, "_add_response", slowly)
    first = threading.Thread(target=qualification.hear, args=(told,))
    second = threading.Thread(target=qualification.hear, args=(erased(told),))
    first.start()
    assert at_work.wait(20)
    second.start()
    second.join(0.5)
    waited = second.is_alive()
    go_on.set()
    first.join(20)
    second.join(20)

    assert waited
    assert is_empty(qualification)
    assert len(qualification.published(PersonDataErased)) == 1


@pytest.mark.parametrize("order", ["before", "after", "with", "long after"])
def test_in_whatever_order_nothing_is_left(qualification: PlayedRoom, order: str) -> None:
    told = lead_registered()
    later = PersonUpdated(person_id=told.person_id, person=person(person_id=told.person_id), revision=2)
    match order:
        case "before":
            qualification.hear(erased(told))
            qualification.hear(told, later)
        case "after":
            qualification.hear(told, later)
            qualification.hear(erased(told))
        case "with":
            qualification.hear(told, erased(told), later)
        case _:
            qualification.hear(told)
            qualification.hear(erased(told))
            qualification.hear(later)

    assert is_empty(qualification)
    assert len(qualification.rows(TOMBSTONE)) == 3


def test_what_waits_to_be_published_is_blanked_and_still_published(qualification: PlayedRoom) -> None:
    told = lead_registered()
    qualification.hear(told)
    before = len(qualification.rows(OUTBOX))
    assert b"60000" in b"".join(bytes(row["body"]) for row in qualification.rows(OUTBOX))

    qualification.hear(erased(told))

    assert len(qualification.rows(OUTBOX)) == before + 1
    assert b"60000" not in b"".join(bytes(row["body"]) for row in qualification.rows(OUTBOX))
    assert qualification.published(LeadScored)[0].lead_id == told.lead_id


def test_others_keep_everything(qualification: PlayedRoom) -> None:
    told, other = lead_registered(), lead_registered()
    qualification.hear(told, other)
    qualification.hear(erased(told))

    assert [row["lead_id"] for row in qualification.rows(Profile)] == [other.lead_id]
    assert qualification.rows(EFFECT) == []


def test_what_screeners_noted_goes_with_the_person(qualification: PlayedRoom) -> None:
    office = Office(qualification)
    lead = lead_registered(person=person(), response=response(answers=WORTH_A_CALL))
    qualification.hear(lead)
    office.take()
    office.report(lead.lead_id, "unreachable", note="a voice that nobody else has")

    qualification.hear(erased(lead))

    assert qualification.rows(Screening) == []
    assert "a voice that nobody else has" not in str(qualification.tables(Base.metadata))
    qualification.clock.forward(days=2)
    qualification.run_due()
