"""Leads into Salesforce and HubSpot, against strict fakes of what they document, errors included."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from deploy.demo.crms import FakeHubSpot, FakeSalesforce
from services.router.deliveries import posting
from services.router.models import DeliveryChannel, DeliveryRow, Lead, OwnerWord
from shared.contracts import router as published
from shared.database.plumbing import DUE, EFFECT
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import lead_in, qualified, responded
from tests.played_room import PlayedRoom

SALESFORCE = """
- salesforce: https://dealer.my.salesforce.com
  client: leadbus
  secret: {env: DEALER_SECRET}
  fields: {Product__c: interest.products}
"""
HUBSPOT = """
- hubspot: https://api.hubapi.com
  secret: {env: DEALER_SECRET}
  fields: {product_interest: interest.products, lifecyclestage: {value: lead}}
"""


@pytest.fixture
def salesforce(monkeypatch: pytest.MonkeyPatch, dealer: DealerServer) -> FakeSalesforce:
    monkeypatch.setenv("DEALER_SECRET", "not a real secret")
    fake = FakeSalesforce()
    dealer.sides["dealer.my.salesforce.com"] = fake.answer
    return fake


@pytest.fixture
def hubspot(monkeypatch: pytest.MonkeyPatch, dealer: DealerServer) -> FakeHubSpot:
    monkeypatch.setenv("DEALER_SECRET", "pat-not-a-real-token")
    fake = FakeHubSpot()
    dealer.sides["api.hubapi.com"] = fake.answer
    return fake


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for an answer."""
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.4)


def hand_over(router: PlayedRoom, **over: Any) -> Any:
    lead = lead_in("50010", products=["grain-dryer"], **over)
    router.hear(lead, qualified(lead))
    perform(router)
    return lead


def row(router: PlayedRoom, way: str = "") -> dict[str, Any]:
    (one,) = [one for one in router.rows(DeliveryRow) if way in ("", one["way"])]
    return one


def later(router: PlayedRoom, **span: float) -> None:
    router.clock.forward(**span)
    perform(router)


# --- Salesforce ------------------------------------------------------------------------------------------------------


def test_a_lead_is_upserted_by_our_id_with_everything_known(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce
) -> None:
    router = delivering_by(SALESFORCE)
    lead = hand_over(router)

    ((number, record),) = salesforce.leads.items()
    assert record["Leadbus_Id__c"] == str(lead.lead_id)
    assert (record["LastName"], record["Rating"], record["Product__c"]) == ("Lee", "Hot", "grain-dryer")
    assert "Budget: 60000" in record["Description"]
    assert (row(router)["state"], row(router)["far_id"]) == ("delivered", number)
    assert [event.delivery for event in router.published(published.LeadDelivered)] == ["salesforce"]


def test_a_further_response_changes_the_same_record_and_not_what_the_rep_corrected(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce
) -> None:
    router = delivering_by(SALESFORCE)
    lead = hand_over(router)
    (record,) = salesforce.leads.values()
    record |= {"Phone": "+15155550199", "Status": "Working - Contacted"}
    router.hear(responded(lead, message="Please hurry", products=["feed-mixer"]))
    perform(router)

    (record,) = salesforce.leads.values()
    assert (record["Phone"], record["Status"]) == ("+15155550199", "Working - Contacted")
    assert record["Product__c"] == "grain-dryer, feed-mixer"


def test_one_sign_in_serves_many_leads_and_an_expired_session_is_renewed(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce
) -> None:
    router = delivering_by(SALESFORCE)
    hand_over(router)
    hand_over(router)
    assert salesforce.logins == 1

    salesforce.sessions.clear()
    hand_over(router)
    assert (salesforce.logins, len(salesforce.leads)) == (2, 3)


def test_a_sign_in_that_fails_for_a_while_is_tried_again(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce, dealer: DealerServer
) -> None:
    router = delivering_by(SALESFORCE)
    dealer.script = [{"code": 503, "body": b"<html>maintenance</html>"}]
    hand_over(router)
    assert (row(router)["state"], "503" in row(router)["answer"]) == ("planned", True)

    later(router, minutes=1)
    assert row(router)["state"] == "delivered"


def test_a_time_out_after_they_accepted_leaves_one_record(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce, dealer: DealerServer, quick: None
) -> None:
    router = delivering_by(SALESFORCE)
    dealer.script = ["side", "swallow"]
    hand_over(router)
    assert (len(salesforce.leads), row(router)["state"]) == (1, "planned")

    later(router, minutes=1)
    assert (len(salesforce.leads), row(router)["state"], row(router)["attempts"]) == (1, "delivered", 2)


def test_a_person_whom_they_know_is_linked_not_doubled_and_the_owner_is_told_by_email(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce, mail: MailServer
) -> None:
    router = delivering_by(SALESFORCE)
    known = "00Q000000000077AAA"
    salesforce.leads[known] = {"LastName": "Lee", "Company": "Lee Farms", "Phone": "theirs"}
    salesforce.duplicates["ann@leefarms.example"] = known
    lead = hand_over(router, person={"email": "ann@leefarms.example"})
    perform(router)

    assert salesforce.leads == {known: {**salesforce.leads[known], "Leadbus_Id__c": str(lead.lead_id)}}
    assert salesforce.leads[known]["Phone"] == "theirs"
    assert row(router, "salesforce")["far_id"] == known
    assert row(router, "salesforce")["answer"].startswith("DUPLICATES_DETECTED")
    assert len(mail.to("sales@hawkeye-implement.example")) == 1


def test_a_used_up_day_is_waited_for_and_is_no_failure(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce, mail: MailServer
) -> None:
    router = delivering_by(SALESFORCE)
    salesforce.limit_reached = True
    hand_over(router)
    (channel,) = router.rows(DeliveryChannel)
    assert (channel["failures"], channel["not_before"]) == (0, router.clock.now() + timedelta(hours=1))

    salesforce.limit_reached = False
    later(router, hours=1)
    assert row(router)["state"] == "delivered"
    assert mail.received == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret": "another"}, "invalid_client"),
        ({"external_id": "Other__c"}, "NOT_FOUND"),
        ({"custom": frozenset()}, "INVALID_FIELD"),
    ],
)
def test_what_does_not_fit_is_told_at_once_by_email(
    delivering_by: Callable[[str], PlayedRoom],
    salesforce: FakeSalesforce,
    mail: MailServer,
    change: dict[str, Any],
    said: str,
) -> None:
    router = delivering_by(SALESFORCE)
    for name, value in change.items():
        setattr(salesforce, name, value)
    hand_over(router)
    perform(router)

    assert said in row(router, "salesforce")["answer"]
    assert row(router, "salesforce")["state"] == "failed"
    assert len(mail.to("sales@hawkeye-implement.example")) == 1
    assert [one["failures"] for one in router.rows(DeliveryChannel)] == [1]


# --- HubSpot ---------------------------------------------------------------------------------------------------------


def test_a_contact_is_upserted_by_email(delivering_by: Callable[[str], PlayedRoom], hubspot: FakeHubSpot) -> None:
    router = delivering_by(HUBSPOT)
    hand_over(router, person={"email": "ann@leehub.example"})

    ((number, contact),) = hubspot.contacts.items()
    assert (contact["email"], contact["lastname"]) == ("ann@leehub.example", "Lee")
    assert (contact["product_interest"], contact["lifecyclestage"]) == ("grain-dryer", "lead")
    assert (row(router)["state"], row(router)["far_id"]) == ("delivered", number)


def test_a_time_out_after_hubspot_accepted_leaves_one_contact(
    delivering_by: Callable[[str], PlayedRoom], hubspot: FakeHubSpot, dealer: DealerServer, quick: None
) -> None:
    router = delivering_by(HUBSPOT)
    dealer.script = ["swallow"]
    hand_over(router, person={"email": "ann@leehub.example"})
    later(router, minutes=1)

    assert (len(hubspot.contacts), row(router)["state"], row(router)["answer"]) == (1, "delivered", "known before")


def test_who_has_no_email_is_looked_for_by_phone_before_being_created(
    delivering_by: Callable[[str], PlayedRoom], hubspot: FakeHubSpot, dealer: DealerServer, quick: None
) -> None:
    router = delivering_by(HUBSPOT)
    dealer.script = ["side", "swallow"]
    hand_over(router, person={"email": None, "phone": "+15155550142"})
    later(router, minutes=1)

    assert [one["phone"] for one in hubspot.contacts.values()] == ["+15155550142"]
    assert row(router)["state"] == "delivered"


def test_an_address_that_is_somebodys_second_one_is_delivered_and_told_by_email(
    delivering_by: Callable[[str], PlayedRoom], hubspot: FakeHubSpot, mail: MailServer
) -> None:
    router = delivering_by(HUBSPOT)
    hubspot.second_addresses["ann@leehub.example"] = "777"
    hand_over(router, person={"email": "ann@leehub.example"})
    perform(router)

    assert (row(router, "hubspot")["state"], row(router, "hubspot")["far_id"]) == ("delivered", "777")
    assert len(mail.to("sales@hawkeye-implement.example")) == 1


def test_a_rate_limit_is_waited_for(delivering_by: Callable[[str], PlayedRoom], hubspot: FakeHubSpot) -> None:
    router = delivering_by(HUBSPOT)
    hubspot.limited, hubspot.retry_after = 1, "90"
    hand_over(router, person={"email": "ann@leehub.example"})
    assert [one["next_attempt_at"] for one in router.rows(EFFECT)] == [router.clock.now() + timedelta(seconds=90)]

    later(router, seconds=90)
    assert row(router)["state"] == "delivered"


@pytest.mark.parametrize(("token", "said"), [("wrong", "401 INVALID_AUTHENTICATION"), ("", "nothing is kept in")])
def test_a_token_that_does_not_open_is_told(
    delivering_by: Callable[[str], PlayedRoom],
    hubspot: FakeHubSpot,
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    said: str,
) -> None:
    router = delivering_by(HUBSPOT)
    monkeypatch.setenv("DEALER_SECRET", token)
    hand_over(router)

    assert said in router.rows(DeliveryChannel)[0]["because"]


# --- what they tell back ---------------------------------------------------------------------------------------------

TELLS_BACK = """
  status:
    Working - Contacted: contacted
    converted: appointment
    won: won
    lost: {action: lost, reason: lost in their CRM}
"""


def asked(router: PlayedRoom) -> str:
    """A quarter of an hour later: what is known of the lead then."""
    router.clock.forward(minutes=15)
    router.run_due()
    perform(router)
    (lead,) = router.rows(Lead)
    return str(lead["status"])


def test_what_salesforce_says_moves_the_lead_up_to_the_sale(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce
) -> None:
    router = delivering_by(SALESFORCE.rstrip() + TELLS_BACK)
    hand_over(router)
    (record,) = salesforce.leads.values()
    assert asked(router) == "assigned"

    record["Status"] = "Working - Contacted"
    assert asked(router) == "contacted"
    record |= {"IsConverted": True, "ConvertedOpportunity": {"Amount": None, "IsClosed": False, "IsWon": False}}
    assert asked(router) == "appointment"
    record["ConvertedOpportunity"] = {"Amount": 48000.0, "IsClosed": True, "IsWon": True}
    assert asked(router) == "won"

    (won,) = router.published(published.LeadWon)
    assert won.amount == 48000
    assert [word["via"] for word in router.rows(OwnerWord)] == ["crm"] * 3
    assert [row for row in router.rows(EFFECT) if row["kind"] == "owner_crm_status"] == []
    assert asked(router) == "won"
    assert [row for row in router.rows(DUE) if row["kind"] == "crm_pull"] == []


def test_what_was_said_already_is_not_said_again(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce, dealer: DealerServer
) -> None:
    router = delivering_by(SALESFORCE.rstrip() + TELLS_BACK)
    hand_over(router)
    (record,) = salesforce.leads.values()
    record["Status"] = "Working - Contacted"
    questions = len(dealer.received)
    for _ in range(3):
        asked(router)

    assert len(dealer.received) == questions + 3
    assert len(router.rows(OwnerWord)) == 1


def test_what_hubspot_says_moves_the_lead(delivering_by: Callable[[str], PlayedRoom], hubspot: FakeHubSpot) -> None:
    router = delivering_by(HUBSPOT.rstrip() + "\n  status: {CONNECTED: contacted, customer: won}\n")
    hand_over(router, person={"email": "ann@leehub.example"})
    (contact,) = hubspot.contacts.values()
    contact["hs_lead_status"] = "CONNECTED"
    assert asked(router) == "contacted"
    contact |= {"lifecyclestage": "customer", "recent_deal_amount": "12500"}
    assert asked(router) == "won"


def test_a_word_that_cannot_be_is_kept_and_harms_nothing(
    delivering_by: Callable[[str], PlayedRoom], salesforce: FakeSalesforce
) -> None:
    router = delivering_by(SALESFORCE.rstrip() + "\n  status: {Dropped: {action: decline, reason: not for us}}\n")
    hand_over(router)
    (record,) = salesforce.leads.values()
    record["Status"] = "Unheard of"
    assert asked(router) == "assigned"
    assert row(router)["far_status"] == "Unheard of"
