"""Every way to an owner carries the whole lead package, and nothing of it is lost on a way that fails."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from deploy.demo.crms import FakeHubSpot, FakeSalesforce
from services.router.models import Lead
from shared.contracts import fulfillment
from shared.contracts import router as published
from shared.contracts.people import Note, PreviousResponse
from tests.builders import NOON
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import lead_in, qualified
from tests.played_room import PlayedRoom

KEY = "whsec_c7NbmBXZY+mAN0j9llQJFDiOvZpn3VSS"
WAYS = {
    "webhook": f"- {{webhook: https://leads.hawkeye-implement.example/x, secret: {KEY}}}",
    "email": "- {email: leads@hawkeye-implement.example}",
    "adf": "- {adf: https://leads.hawkeye-implement.example/adf}",
    "star": "- {star: https://leads.hawkeye-implement.example/star}",
    "rest": "- {rest: https://leads.hawkeye-implement.example/api, fields: {who: contact.name, phone: contact.phone,"
    " mail: contact.email, all: comments}}",
    "salesforce": "- {salesforce: https://dealer.my.salesforce.com, client: leadbus, secret: {env: DEALER_SECRET}}",
    "hubspot": "- {hubspot: https://api.hubapi.com, secret: {env: DEALER_SECRET}}",
    "digest": "- {csv: 'mailto:leads@hawkeye-implement.example', every: hour}",
}
#: What RTE-8 asks for, each as it must be read over there.
PACKAGE = {
    "a: phone": "+15155550142",
    "a: email": "ann.lee@leefarms.example",
    "a: website": "https://leefarms.example",
    "b: initiative": "dryer-campaign",
    "c: fulfilment": "welcome-pack",
    "c: and its date": "2026-03-02",
    "d: qualification": "new dryer",
    "d: answers": "60000",
    "e: phone notes": "wants a visit before harvest",
    "f: previous response": "mower-mailing",
    "f: and how it was resolved": "lost to Acme",
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALER_SECRET", "not a real secret")


def complete_lead(router: PlayedRoom) -> Any:
    """A lead of which everything is known."""
    previous = PreviousResponse(
        lead_id=lead_in().lead_id,
        registered_at=NOON,
        campaign="mower-mailing",
        source="cards",
        resolution="lost to Acme",
    )
    lead = lead_in("50010", person={"website": "https://leefarms.example"}, previous=previous)
    lead = replace(lead, response=replace(lead.response, campaign="dryer-campaign"))
    sent = fulfillment.PrintJobSent(
        piece_id=lead.lead_id, key="k", job_id="j", lead_id=lead.lead_id, person_id=lead.person_id,
        piece="welcome-pack", occasion="registered", items=["dryer-catalogue"], pages=2, sent_at=NOON,
    )  # fmt: skip
    note = Note(note_id=lead.lead_id, by="Olga", at=NOON, outcome="qualified", text="wants a visit before harvest")
    router.hear(lead, sent, qualified(lead, notes=[note]))
    perform(router)
    router.clock.forward(hours=1)
    router.run_due()
    perform(router)
    return lead


def told(way: str, dealer: DealerServer, mail: MailServer, crms: dict[str, Any]) -> str:
    """Everything that arrived, as text."""
    if way == "email":
        (message,) = mail.to("leads@hawkeye-implement.example")
        return str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    if way == "digest":
        (message,) = mail.to("leads@hawkeye-implement.example")
        (attached,) = message.iter_attachments()
        (row,) = csv.DictReader(io.StringIO(attached.get_payload(decode=True).decode("utf-8-sig")))  # type: ignore[union-attr]
        return "\n".join(row.values())
    if way in crms:
        records = crms[way].leads if way == "salesforce" else crms[way].contacts
        ((_, record),) = records.items()
        return "\n".join(map(str, record.values()))
    (posted,) = dealer.received
    if way in ("adf", "star"):
        return "\n".join(str(text) for text in etree.fromstring(posted.body).itertext())
    return json.dumps(json.loads(posted.body), ensure_ascii=False)


@pytest.mark.requirement("RTE-8", "RTE-2", "RTE-11")
@pytest.mark.parametrize("way", WAYS)
def test_every_way_carries_the_whole_package(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer, mail: MailServer, way: str
) -> None:
    crms = {"salesforce": FakeSalesforce(), "hubspot": FakeHubSpot(token="not a real secret")}
    dealer.sides |= {"dealer.my.salesforce.com": crms["salesforce"].answer, "api.hubapi.com": crms["hubspot"].answer}
    router = delivering_by(WAYS[way])
    lead = complete_lead(router)

    arrived = told(way, dealer, mail, crms)
    missing = {name for name, text in PACKAGE.items() if text not in arrived}
    assert missing == set()
    (delivered,) = router.published(published.LeadDelivered)
    assert (delivered.lead_id, delivered.delivery) == (lead.lead_id, way)


@pytest.mark.requirement("RTE-11", "FBK-1", "SYS-4")
def test_what_their_crm_says_of_a_lead_is_known_here_without_anybody_typing_it(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer
) -> None:
    crm = FakeSalesforce()
    dealer.sides["dealer.my.salesforce.com"] = crm.answer
    ways = WAYS["salesforce"].removesuffix("}") + ", status: {won: won}}"
    router = delivering_by(ways)
    complete_lead(router)
    (record,) = crm.leads.values()
    record["ConvertedOpportunity"] = {"Amount": 48_000.0, "IsClosed": True, "IsWon": True}
    router.clock.forward(minutes=15)
    router.run_due()
    perform(router)

    assert [row["status"] for row in router.rows(Lead)] == ["won"]
    assert [event.amount for event in router.published(published.LeadWon)] == [48_000]


@pytest.mark.requirement("RTE-5", "RTE-8")
@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("email", "digest")])
def test_a_lead_waits_for_no_broken_system(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer, mail: MailServer, way: str
) -> None:
    dealer.script = [503] * 50
    router = delivering_by(WAYS[way])
    lead = lead_in("50010")
    router.hear(lead, qualified(lead))
    for _ in range(6):
        perform(router)
        router.clock.forward(minutes=1)

    (message,) = mail.to("sales@hawkeye-implement.example")
    assert "+15155550142" in str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
