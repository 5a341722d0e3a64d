"""Every way in, from the door to the lead: campaigns, cards, calls, downloads, and one set of contacts for all."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from prometheus_client import REGISTRY

from gateway.entrypoints import load
from services.capture.models import Inquiry
from shared.contracts.capture import (
    ActivityRecorded,
    CampaignChanged,
    CampaignCostRecorded,
    InquiryAttributed,
    InquiryReceived,
    LeadRegistered,
)
from tests.acceptance.capture.counter import Counter
from tests.integration.capture.desk import COMPANY, FrontDesk, form, only, raw
from tests.integration.capture.steps import inquiry, page, steps

ANN = {"last_name": "Lee", "email": "ann@leefarms.example"}


def _call(desk: FrontDesk, source: str, **fields: str) -> None:
    body = json.dumps(fields).encode()
    desk.receive(raw(body, dialect="keyed", source=source, content_type="application/json"))


# --- campaigns -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("CAP-4", "CAP-8", "CAP-16")
def test_a_card_leads_to_its_landing_page_and_the_lead_to_its_campaign(counter: Counter) -> None:
    """What is printed on the card is what a person types: the way from there to the campaign needs nobody."""
    card = counter.page("/entry-points/cards/mower-mailing/MM26A", headers=counter.key("read"))
    printed = re.search(r"leads\.prairieline\.example(/c/\w+)", card)
    assert printed is not None
    counter.fill_in(printed[1], **ANN, catalogue="zero-turn-mower")
    counter.work()

    response = only(counter.desk.published(LeadRegistered)).response
    assert response.campaign == "mower-mailing"
    assert response.attribution == {"utm_campaign": "MM26A", "utm_source": "code"}


@pytest.mark.requirement("CAP-11", "CAP-16")
def test_a_campaign_of_a_kind_nobody_foresaw_is_registered_at_run_time_with_its_costs_and_counts(
    counter: Counter,
) -> None:
    manager = counter.key("manage")
    new = {
        "campaign_id": "hayride-2026", "name": "Hayride with the county fair", "medium": "hayride", "currency": "USD",
        "starts_on": "2026-03-01", "expected_responses": 40, "expected_leads": 10, "codes": ["HAY26"],
        "audience": "Families in Story County", "offer": "A ride for every answer", "by": "Pat",
    }  # fmt: skip
    assert counter.client.post("/v1/campaigns", json=new, headers=manager).status_code == 201
    for number, (amount, kind, purpose) in enumerate(
        (("1200.10", "print", "generation"), ("300", "staff", "management"), ("-200.05", "print", "generation"))
    ):
        cost = {"spent_on": "2026-03-02", "amount": amount, "kind": kind, "purpose": purpose}
        headers = manager | {"Idempotency-Key": f"invoice {number}"}
        for _ in range(2):
            path = "/v1/campaigns/hayride-2026/costs"
            assert counter.client.post(path, json=cost, headers=headers).status_code == 201
    counter.fill_in("/c/HAY26", **ANN, catalogue="compact-tractor")
    counter.work()

    entry = counter.client.get("/v1/campaigns/hayride-2026", headers=manager).json["campaign"]
    assert (entry["medium_label"], entry["responses"], entry["leads"], entry["changed_by"]) == (
        "Hayride", 1, 1, "Pat (key k0)",
    )  # fmt: skip
    assert entry["costs"] == [{"currency": "USD", "generation": "1000.05", "management": "300.00", "total": "1300.05"}]
    told = [event for event in counter.desk.published(CampaignChanged) if event.campaign == "hayride-2026"]
    assert only(told).codes == ["HAY26"]
    costs = [event for event in counter.desk.published(CampaignCostRecorded) if event.campaign == "hayride-2026"]
    assert sum(event.amount for event in costs) == Decimal("1300.05")
    shown = counter.page("/campaigns", headers=manager)
    assert "1 of 40 expected" in shown
    assert "1,300.05 USD" in shown


@pytest.mark.requirement("CAP-8", "CAP-16")
def test_a_code_that_nobody_had_registered_is_credited_once_somebody_does(counter: Counter) -> None:
    counter.fill_in("/c/BARN7", **ANN, catalogue="compact-tractor")
    counter.work()
    manager = counter.key("manage")
    seen = only(counter.client.get("/v1/codes/unknown", headers=manager).json["codes"])
    assert (seen["code"], seen["inquiries"], seen["sources"]) == ("BARN7", 1, ["website-catalogue"])
    assert "BARN7" in counter.page("/campaigns", headers=manager)

    body = {"codes": ["BARN7"]}
    assert counter.client.post("/v1/campaigns/spring-field-days/codes", json=body, headers=manager).status_code == 201
    counter.work()

    event = only(counter.desk.published(InquiryAttributed))
    assert (event.campaign, event.previous_campaign, event.opened) == ("spring-field-days", "website", True)
    assert only(counter.desk.rows(Inquiry))["attribution"]["utm_campaign"] == "BARN7", "what came stays as it came"
    assert counter.client.get("/v1/codes/unknown", headers=manager).json["codes"] == []


# --- one point of entry ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CAP-13", "CAP-14")
def test_one_address_one_number_one_mailbox_one_post_box_and_all_lead_to_one_funnel(counter: Counter) -> None:
    """Whatever somebody does with the published contacts, a lead of theirs is registered."""
    published = load(COMPANY).published
    assert published is not None
    shown = counter.page("/entry-points", headers=counter.key("read"))
    for contact in (published.phone, published.email, published.lines[-1], f"/forms/{published.form}"):
        assert contact in shown

    office = counter.key("intake")
    counter.fill_in(f"/forms/{published.form}", last_name="Web", email="web@a.example", catalogue="grain-dryer")
    for source, name in ((published.phone_source, "Phone"), (published.lines_source, "Post")):
        body = {"last_name": name, "phone": f"515 555 01{len(name)}2"}
        assert counter.client.post(f"/v1/keyed/{source}", json=body, headers=office).status_code == 202
    counter.work()
    mail = f"From: Mail Er <mail@b.example>\r\nTo: {published.email}\r\nSubject: Dryer\r\n\r\nPlease send a price.\r\n"
    source = load(COMPANY).mail.source_of(published.email)
    assert source is not None
    counter.desk.receive(raw(mail.encode(), dialect="email", source=source, content_type="message/rfc822"))

    leads = counter.desk.published(LeadRegistered)
    assert {lead.response.source for lead in leads} == {
        load(COMPANY).forms[published.form].source, published.phone_source, published.lines_source, source,
    }  # fmt: skip
    assert len(leads) == 4


@pytest.mark.requirement("CAP-14")
def test_what_is_published_and_leads_nowhere_does_not_start() -> None:
    """A printed address that nobody reads is found before it is printed."""
    import yaml

    from gateway.entrypoints import parse_entrypoints
    from shared.company_file import CompanyError

    document = yaml.safe_load((COMPANY / "entrypoints.yml").read_text())
    document["published"]["email"]["address"] = "sales@elsewhere.example"
    with pytest.raises(CompanyError, match="would be lost"):
        parse_entrypoints(document, "entrypoints.yml", COMPANY)


# --- calls, downloads, time ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CAP-6")
@pytest.mark.parametrize(
    ("said", "product"),
    [
        ({"disposition": "outbound, interested", "campaign": "MM26B", "product": "zero turn"}, "zero-turn-mower"),
        ({"disposition": "service call", "talked_about": "Belt worn, asks for a new mixer", "product": "FM 320"},
         "feed-mixer"),
    ],
)  # fmt: skip
def test_a_telemarketing_call_out_and_a_service_call_in_are_inquiries(
    desk: FrontDesk, said: dict[str, str], product: str
) -> None:
    _call(desk, "contact-centre", call_id="c-1", caller_name="Ann Lee", ani="515 555 0142", agent="Lou", **said)

    response = only(desk.published(LeadRegistered)).response
    assert (response.channel, response.medium, response.products) == ("phone", "phone", [product])
    assert response.attribution["disposition"] == said["disposition"]
    assert response.campaign == ("mower-mailing" if "campaign" in said else None)


@pytest.mark.requirement("CAP-10")
def test_a_paper_that_is_downloaded_here_or_elsewhere_belongs_to_the_lead(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The paper behind a form is an inquiry; what was fetched before, on our site, is in its history."""
    monkeypatch.setenv("LEADBUS_SECRET", "a secret of at least thirty-two characters")
    visitor = "visitor-of-ann-0001"
    desk.receive(steps(visitor, page("/papers/drying-costs.pdf")))
    desk.receive(inquiry(visitor, minutes=5))

    assert only(desk.published(ActivityRecorded)).lead_id == only(desk.published(LeadRegistered)).lead_id
    elsewhere = {"reader": {"mail": "bob@hill.example"}, "requests": "literature", "issue": "gs-dryers-2026"}
    desk.receive(raw(json.dumps(elsewhere).encode(), content_type="application/json"))
    second = desk.published(LeadRegistered)[1].response
    assert (second.source, second.campaign, second.answers["interest"]) == (
        "partner-agrimag", "google-search-dryers", "literature",
    )  # fmt: skip


@pytest.mark.requirement("CAP-22")
def test_how_long_registration_took_is_told_with_every_inquiry_and_measured(desk: FrontDesk) -> None:
    def measured() -> tuple[float, float]:
        name, labels = "leadbus_registration_seconds", {"channel": "form"}
        found = [REGISTRY.get_sample_value(f"{name}_{part}", labels) or 0.0 for part in ("count", "sum")]
        return found[0], found[1]

    before = measured()
    sent = form({"your-name": "Ann Lee", "your-email": "ann@leefarms.example"})
    desk.clock.forward(seconds=2)
    desk.receive(sent)

    event = only(desk.published(InquiryReceived))
    assert event.registered_at - event.received_at == timedelta(seconds=2)
    after = measured()
    assert (after[0] - before[0], after[1] - before[1]) == (1, 2.0)
