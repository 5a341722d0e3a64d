"""Answers that come back through a piece join the lead of whoever it was sent to, by a signed word."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from services.capture.models import Lead, Person
from shared.contracts.capture import InquiryReceived, LeadRegistered, LeadResponded
from shared.contracts.clicks import ClickTokens, reply_tokens
from shared.contracts.router import LeadWon
from tests.builders import NOON
from tests.integration.capture.desk import FrontDesk, desk_on, form

SECRET = "a secret of at least thirty-two characters"


@pytest.fixture
def desk(room_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[FrontDesk]:
    """The front desk that knows the key of the links."""
    monkeypatch.setenv("LEADBUS_SECRET", SECRET)
    played = desk_on(room_database("capture"))
    yield played
    played.engine.dispose()


def known(desk: FrontDesk) -> LeadRegistered:
    """Somebody who inquired."""
    desk.receive(form({"your-name": "Ann Lee", "your-email": "ann@lee.example", "your-message": "dryers?"}))
    [lead] = desk.published(LeadRegistered)
    return lead


def token(person_id: uuid.UUID) -> str:
    return reply_tokens(SECRET).make(person_id, uuid.uuid4(), NOON)


def test_answers_join_the_open_lead_however_old_it_is(desk: FrontDesk) -> None:
    lead = known(desk)
    later = 60 * 24 * 200

    desk.receive(
        form({"lb_reply": token(lead.person_id), "timing": "now", "budget": "$60k"}, source="reply-form", minutes=later)
    )

    [told] = desk.published(LeadResponded)
    assert (told.lead_id, told.person_id, told.number) == (lead.lead_id, lead.person_id, 2)
    assert (told.response.source, told.response.medium) == ("reply-form", "reply")
    assert told.response.answers == {"timing": "now", "budget": "60000"}
    assert told.person.email == "ann@lee.example"
    desk.ledger()


def test_answers_of_two_people_that_say_the_same_are_two_inquiries(desk: FrontDesk) -> None:
    ann = known(desk)
    desk.receive(form({"your-name": "Bo Ray", "your-email": "bo@ray.example", "your-message": "mowers?"}))
    bo = desk.published(LeadRegistered)[1]
    answers = {"timing": "3m"}

    desk.receive(
        form({"lb_reply": token(ann.person_id), **answers}, source="reply-form", minutes=10),
        form({"lb_reply": token(bo.person_id), **answers}, source="reply-form", minutes=10),
    )

    assert {told.lead_id for told in desk.published(LeadResponded)} == {ann.lead_id, bo.lead_id}


def test_a_second_press_of_the_button_is_the_same_inquiry(desk: FrontDesk) -> None:
    lead = known(desk)
    said = {"lb_reply": token(lead.person_id), "timing": "now"}

    desk.receive(form(said, source="reply-form", minutes=10), form(said, source="reply-form", minutes=11))

    assert len(desk.published(LeadResponded)) == 1
    assert desk.ledger()["duplicate"] == 1


def test_after_a_sale_an_answer_opens_the_next_lead(desk: FrontDesk) -> None:
    lead = known(desk)
    desk.hear(LeadWon(lead_id=lead.lead_id, owner_id="hawkeye", won_at=NOON + timedelta(hours=1)))

    desk.receive(form({"lb_reply": token(lead.person_id), "timing": "12m"}, source="reply-form", minutes=600))

    again = desk.published(LeadRegistered)[1]
    assert again.person_id == lead.person_id
    assert again.previous is not None
    assert again.previous.lead_id == lead.lead_id


@pytest.mark.parametrize(
    "word",
    [
        "nonsense",
        ClickTokens(SECRET).make(uuid.UUID(int=1), uuid.UUID(int=2), NOON),
        reply_tokens("another secret of thirty-two characters!").make(uuid.UUID(int=1), uuid.UUID(int=2), NOON),
        reply_tokens(SECRET).make(uuid.UUID(int=1), uuid.UUID(int=2), NOON),
    ],
    ids=["nonsense", "made for a click", "made with another key", "of nobody"],
)
def test_a_word_that_is_not_ours_or_of_nobody_is_set_aside(desk: FrontDesk, word: str) -> None:
    desk.receive(form({"lb_reply": word, "timing": "now"}, source="reply-form"))

    assert desk.rows(Lead) == []
    assert desk.rows(Person) == []
    assert [entry.reason for entry in desk.quarantine()] == ["no_contact"]
    assert desk.published(InquiryReceived) == []
    desk.ledger()
