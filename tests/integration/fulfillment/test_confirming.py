"""Double opt-in: the message that asks whether a box was meant goes out once, and marketing waits for its answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.fulfillment.models import Piece
from shared.contracts.capture import ConfirmationRequested, LeadRegistered
from shared.contracts.people import Consent
from shared.contracts.signed_ids import confirmation_tokens
from tests.builders import NOON, lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import consent, step
from tests.unit.fulfillment.builders import LINKS

STATEMENT = UUID(int=77)
TEXT = "Yes, Prairie Line may send me news and offers by email. (2026-01)"


def a_lead() -> LeadRegistered:
    """As the front desk tells of one whose yes waits."""
    return lead_registered(response=response(consent=Consent(email=None)))


def asked(lead: LeadRegistered, **over: Any) -> ConfirmationRequested:
    values: dict[str, Any] = {
        "statement_id": STATEMENT, "inquiry_id": lead.response.inquiry_id, "lead_id": lead.lead_id,
        "person_id": lead.person_id, "person": lead.person, "channel": "email", "purpose": "marketing",
        "text": TEXT, "version": "website-2026-01", "requested_at": NOON, "expires_at": NOON + timedelta(days=7),
    }  # fmt: skip
    return ConfirmationRequested(**(values | over))


def of_piece(house: House, piece: str = "confirm-consent") -> dict[str, Any]:
    [row] = [row for row in house.rows(Piece) if row["piece"] == piece]
    return row


@pytest.mark.parametrize("first", ["question", "lead"])
def test_one_message_asks_with_a_link_that_the_front_desk_reads(house: House, sink: MailSink, first: str) -> None:
    lead = a_lead()
    events = [asked(lead), lead] if first == "question" else [lead, asked(lead)]
    for event in (*events, asked(lead)):
        house.hear(event)
    house.send()

    [mail] = [one for one in sink.messages if "confirm" in str(one["Subject"]).lower()]
    plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    address = next(line for line in plain.splitlines() if "/confirm/" in line)
    assert address.startswith("https://go.prairieline.example/confirm/")
    found = confirmation_tokens(LINKS.secret).read(address.rpartition("/")[2])
    assert found == (STATEMENT, NOON + timedelta(days=7))
    assert TEXT in " ".join(plain.split())
    assert "List-Unsubscribe" not in mail, "there is nothing to leave yet"
    assert address in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_words_that_are_not_the_companys_own_are_not_mailed(house: House, sink: MailSink) -> None:
    house.hear(asked(a_lead(), text="Buy now at http://evil.example", version=None))
    house.send()

    [mail] = sink.messages
    assert "evil.example" not in mail.as_string()


def test_marketing_waits_for_the_answer(house: House, sink: MailSink) -> None:
    lead = a_lead()
    house.hear(lead, asked(lead), step(lead))
    house.send()
    row = of_piece(house, "nurture-1-guide")
    assert (row["state"], row["reason"]) == ("suppressed", "the person was asked to confirm, and has not")

    house.hear(consent(lead, allowed=True, at=NOON + timedelta(minutes=5)))
    house.hear(step(lead, occasion="the next one"))
    house.send()
    states = {one["occasion"]: one["state"] for one in house.rows(Piece) if one["piece"] == "nurture-1-guide"}
    assert states["the next one"] == "sent"


def test_answers_to_what_was_asked_do_not_wait(house: House) -> None:
    lead = a_lead()
    house.hear(lead, asked(lead))
    house.send()

    assert house.states()["acknowledgement"] == "sent"


def test_whoever_agreed_before_is_not_asked_again(house: House, sink: MailSink) -> None:
    lead = a_lead()
    house.hear(consent(lead, allowed=True, at=NOON - timedelta(days=1)), asked(lead))
    house.send()

    assert (of_piece(house)["state"], sink.messages) == ("suppressed", [])


def test_what_cannot_be_confirmed_any_more_is_not_asked(house: House, sink: MailSink) -> None:
    house.hear(asked(a_lead(), expires_at=NOON + timedelta(hours=1)))
    house.clock.forward(hours=2)
    house.send()

    assert of_piece(house)["state"] != "sent"
    assert sink.messages == []


def test_nobody_is_asked_who_has_no_address(house: House) -> None:
    lead = a_lead()
    house.hear(asked(lead, person=person(person_id=lead.person_id, email=None), statement_id=uuid4(), channel="phone"))

    assert house.rows(Piece) == []
