"""An owner is silent: the prospect is asked once whether they bought, if we may write to them at all."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.fulfillment.models import Piece
from shared.contracts.capture import LeadRegistered
from shared.contracts.people import Consent
from shared.contracts.router import PurchaseAsked
from shared.contracts.signed_ids import purchase_tokens
from tests.builders import NOON, address, lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import consent
from tests.unit.fulfillment.builders import LINKS


def asked(lead: LeadRegistered, **over: Any) -> PurchaseAsked:
    values: dict[str, Any] = {
        "lead_id": lead.lead_id, "person_id": lead.person_id, "assignment_id": UUID(int=5), "owner_id": "hawkeye",
        "owner_name": "Hawkeye Implement", "products": ["grain-dryer"], "silent_since": NOON - timedelta(days=21),
        "asked_at": NOON, "expires_at": NOON + timedelta(days=21),
    }  # fmt: skip
    return PurchaseAsked(**(values | over))


def question(house: House) -> dict[str, Any]:
    [row] = [row for row in house.rows(Piece) if row["piece"] == "did-you-buy"]
    return row


@pytest.mark.parametrize("first", ["question", "lead"])
def test_the_prospect_is_asked_once_with_a_link_that_the_router_reads(house: House, sink: MailSink, first: str) -> None:
    lead = lead_registered()
    events = [asked(lead), lead] if first == "question" else [lead, asked(lead)]
    for event in (*events, asked(lead)):
        house.hear(event)
    house.send()

    [mail] = [one for one in sink.messages if "looking for" in str(one["Subject"])]
    plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(line for line in plain.splitlines() if "/bought/" in line)
    assert purchase_tokens(LINKS.secret).read(link.rpartition("/")[2]) == (lead.lead_id, NOON + timedelta(days=21))
    assert "grain dryers" in plain
    assert "Hawkeye Implement" in " ".join(plain.split())
    assert "List-Unsubscribe" in mail


def test_who_does_not_want_mail_is_not_asked(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, consent(lead, allowed=False, at=NOON), asked(lead))
    house.send()

    assert question(house)["state"] == "suppressed"


def test_where_the_law_demands_a_yes_nobody_is_asked_without_one(house: House, sink: MailSink) -> None:
    german = person(address=address(country="DE", state=None, postcode="80331"))
    lead = lead_registered(person=german, response=response(consent=Consent(email=None)))
    house.hear(lead, asked(lead))
    house.send()

    assert question(house)["reason"] == "DE demands consent, and none was given"


def test_a_question_that_comes_too_late_is_not_put(house: House, sink: MailSink) -> None:
    house.hear(asked(lead_registered(), expires_at=NOON + timedelta(hours=1)))
    house.clock.forward(hours=2)
    house.send()

    assert question(house)["state"] != "sent"
    assert sink.messages == []
