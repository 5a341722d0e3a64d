"""Leads by HTTP in other shapes than ours: ADF, STAR, and whatever a company's mapping makes; and what is answered."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from services.router.deliveries import posting
from services.router.models import DeliveryRow
from shared.contracts import router as published
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import lead_in, qualified
from tests.played_room import PlayedRoom

ADF = "- {adf: https://dms.hawkeye.example/adf, authorization: {env: DEALER_SECRET}}"
STAR = "- {star: https://dms.hawkeye.example/star}"
REST = """
- rest: https://dms.hawkeye.example/leads?kind=web
  headers: {X-Api-Key: {env: DEALER_SECRET}}
  fields:
    reference: lead_id
    customer.name: contact.name
    customer.zip: contact.address.postcode
    customer.note: {from: comments, longest: 40}
    source: {value: Leadbus}
    product: interest.products
    budget: {from: qualification.bant.budget, default: unknown}
    answer_here: links.accept
  id_at: data.id
"""
STAR_NAMES = {"s": "http://www.starstandard.org/STAR/5"}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALER_SECRET", "Bearer not-a-real-one")


def hand_over(router: PlayedRoom) -> Any:
    lead = lead_in("50010", products=["grain-dryer"])
    router.hear(lead, qualified(lead))
    perform(router)
    return lead


def row(router: PlayedRoom) -> dict[str, Any]:
    (one,) = [one for one in router.rows(DeliveryRow) if one["way"] != "email"]
    return one


def test_adf_is_posted_with_their_authorization(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer
) -> None:
    router = delivering_by(ADF)
    lead = hand_over(router)

    (posted,) = dealer.received
    assert posted.headers["authorization"] == "Bearer not-a-real-one"
    assert posted.headers["content-type"].startswith("application/x-adf+xml")
    assert etree.fromstring(posted.body).findtext("prospect/id") == str(lead.lead_id)
    assert row(router)["state"] == "delivered"


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ({"code": 200, "body": b'{"outcome": "success", "id": "L-77"}'}, "delivered", "200"),
        ({"code": 200, "body": b'{"outcome": "duplicate", "id": "L-77"}'}, "delivered", "200 (had it already)"),
        ({"code": 200, "body": b"<response><status>Accepted</status><id>L-77</id></response>"}, "delivered", "200"),
        ({"code": 200, "body": b'{"outcome": "failure", "reason": "no such store"}'}, "failed", "no such store"),
        ({"code": 200, "body": b"<r><Result>rejected</Result><reason>bad zip</reason></r>"}, "failed", "bad zip"),
        ({"code": 200, "body": b'{"outcome": "error", "reason": "database"}'}, "planned", "error: database"),
        ({"code": 422, "body": b'{"message": "zip is wrong"}'}, "failed", "422: zip is wrong"),
        (
            {"code": 200, "body": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"},
            "delivered",
            "200",
        ),
        ({"code": 200, "body": b"thank you"}, "delivered", "200"),
    ],
)
def test_the_body_of_an_answer_counts(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer, answer: dict[str, Any], state: str, told: str
) -> None:
    router = delivering_by(ADF)
    dealer.script = [answer]
    hand_over(router)

    assert (row(router)["state"], told in row(router)["answer"]) == (state, True)
    assert row(router)["far_id"] == ("L-77" if b"L-77" in answer["body"] else None)


def test_a_sales_lead_of_star_holds_the_whole_package(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer
) -> None:
    router = delivering_by(STAR)
    lead = hand_over(router)

    root = etree.fromstring(dealer.received[0].body)
    assert root.findtext(".//s:DocumentID", namespaces=STAR_NAMES) == str(lead.lead_id)
    assert root.findtext(".//s:SpecifiedPerson/s:FamilyName", namespaces=STAR_NAMES) == "Lee"
    assert root.findtext(".//s:CompleteNumber", namespaces=STAR_NAMES) == "+15155550142"
    assert "Budget: 60000" in str(root.findtext(".//s:LeadComments", namespaces=STAR_NAMES))
    assert root.findtext(".//s:ItemID", namespaces=STAR_NAMES) == "grain-dryer"


def test_a_confirmation_with_a_failure_is_a_refusal_and_the_lead_goes_by_email(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer, mail: MailServer
) -> None:
    router = delivering_by(STAR)
    said = b"<BODFailureMessage><ErrorProcessMessage>no dealer</ErrorProcessMessage></BODFailureMessage>"
    dealer.script = [{"code": 200, "body": b"<ConfirmBOD>%s</ConfirmBOD>" % said}]
    hand_over(router)
    perform(router)

    assert (row(router)["state"], row(router)["answer"]) == ("failed", "200, refused: no dealer")
    assert len(mail.to("sales@hawkeye-implement.example")) == 1


def test_a_mapping_makes_their_shape(delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer) -> None:
    router = delivering_by(REST)
    dealer.script = [{"code": 201, "body": b'{"data": {"id": 4711}}'}]
    lead = hand_over(router)

    (posted,) = dealer.received
    assert posted.path == "/dms.hawkeye.example/leads?kind=web"
    assert posted.headers["x-api-key"] == "Bearer not-a-real-one"
    body = json.loads(posted.body)
    assert body["reference"] == str(lead.lead_id)
    assert (body["customer"]["name"], body["customer"]["zip"]) == ("Ann Lee", "50010")
    assert len(body["customer"]["note"]) == 40
    assert (body["source"], body["product"], body["budget"]) == ("Leadbus", "grain-dryer", 60000)
    assert "/l/" in body["answer_here"]
    assert row(router)["far_id"] == "4711"


def test_a_conflict_means_that_they_have_it(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.4)
    router = delivering_by(REST)
    dealer.script = ["silence", {"code": 409, "body": b'{"data": {"id": 4711}}'}]
    hand_over(router)
    router.clock.forward(minutes=1)
    perform(router)

    assert len({posted.headers["idempotency-key"] for posted in dealer.received}) == 1
    assert (row(router)["state"], row(router)["far_id"]) == ("delivered", "4711")
    assert len(router.published(published.LeadDelivered)) == 1


@pytest.mark.parametrize("ways", [ADF, STAR, REST])
def test_no_way_follows_a_redirect(delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer, ways: str) -> None:
    router = delivering_by(ways)
    dealer.script = [{"code": 307, "Location": "/elsewhere"}]
    hand_over(router)

    assert len(dealer.received) == 1
    assert row(router)["answer"] == "307: redirects are not followed"
