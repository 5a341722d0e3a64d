"""What the front desk promises, on a real database, with the example company's own sources."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.capture.models import Inquiry, Person, RawPayload
from shared.contracts.capture import InquiryQuarantined, InquiryReceived, LeadRegistered, LeadResponded
from shared.contracts.router import LeadLost
from tests.builders import NOON
from tests.integration.capture import hostile
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on, form, only, partner, raw, sheet

ANN = {"your-name": "Ann Lee", "your-email": "ann@leefarms.example", "your-phone": "515-555-0142", "zip": "50010"}
DAY = 24 * 60

ADF = b"""<?ADF VERSION "1.0"?><?xml version="1.0"?><adf><prospect><id sequence=1 source="AutoBase">77</id>
<vehicle><make>Prairie Line</make><model>PL 40</model></vehicle><customer><contact><name part="full">LEE, ANN</name>
<email>Ann@LeeFarms.example</email><phone>(515) 555-0142</phone><address><postalcode>50010</postalcode></address>
</contact></customer></prospect></adf>"""
GOOGLE = json.dumps(
    {
        "lead_id": "g-1",
        "user_column_data": [
            {"column_id": "FULL_NAME", "string_value": "ann lee"},
            {"column_id": "EMAIL", "string_value": "ann@leefarms.example "},
            {"column_id": "PHONE_NUMBER", "string_value": "+1 515 555 0142"},
            {"column_id": "POSTAL_CODE", "string_value": "50010"},
        ],
    }
).encode()


def _five_ways_to_say_the_same() -> list[Any]:
    return [
        form(ANN),
        partner({"reader": {"name": "ANN LEE", "mail": "ANN@leefarms.example", "tel": "5155550142"}, "zip": "50010"}),
        raw(ADF, dialect="adf", source="autobase"),
        raw(GOOGLE, dialect="google_ads", source="google-ads-dryers"),
        sheet("Attendee Name;E-Mail;Mobile;ZIP Code\nLee, Ann;ann@leefarms.example;5.155550142E+09;50010\n"),
    ]


@pytest.mark.requirement("CAP-1")
def test_no_inquiry_is_lost_whatever_it_is_made_of(desk: FrontDesk) -> None:
    sent = [inquiry for name, inquiry in hostile.inquiries() if "5 MB" not in name]
    desk.receive(*sent, *_five_ways_to_say_the_same())

    assert len(desk.rows(RawPayload)) == len(sent) + 5
    assert all(desk.reply(inquiry).state != "unknown" for inquiry in sent)
    assert desk.ledger()["receipts"] == len(sent) + 5


@pytest.mark.requirement("CAP-3")
def test_a_contact_form_becomes_a_lead(desk: FrontDesk) -> None:
    inquiry = form(ANN | {"message": "What does the GD 500 cost?"})
    desk.receive(inquiry)

    assert desk.reply(inquiry).state == "registered"
    assert only(desk.published(LeadRegistered)).response.message == "What does the GD 500 cost?"


@pytest.mark.requirement("CAP-4")
def test_a_landing_page_s_response_is_credited_to_its_campaign(desk: FrontDesk) -> None:
    desk.receive(
        form(
            {"last_name": "Lee", "email": "ann@leefarms.example", "catalogue": "grain-dryer"},
            source="website-catalogue",
            query={"utm_campaign": "field-days", "utm_source": "poster"},
        )
    )

    response = only(desk.published(LeadRegistered)).response
    assert response.campaign == "spring-field-days"
    assert response.attribution["utm_source"] == "poster"


@pytest.mark.requirement("CAP-7")
def test_every_row_of_a_trade_show_list_is_answered_for(desk: FrontDesk) -> None:
    rows = sheet("Name,Email,Qualifier 1,Scanned By\nAnn Lee,ann@leefarms.example,ASAP,Joe\nNo Body,,,Joe\n")
    desk.receive(rows)

    assert [(row.row, row.state, row.reason) for row in desk.reply(rows).rows] == [
        (1, "registered", None),
        (2, "quarantined", "no_contact"),
    ]
    response = only(desk.published(LeadRegistered)).response
    assert (response.campaign, response.medium) == ("farm-progress-show", "trade_show")
    assert response.answers["timing"] == "now"


@pytest.mark.requirement("CAP-8")
def test_a_reply_card_keyed_in_becomes_a_lead_of_its_mailing(desk: FrontDesk) -> None:
    card = {"card_code": "mm26b", "card_number": "000123", "name": "Ann Lee", "street": "12 Main St", "zip": "50010"}
    desk.receive(partner(card, source="keyed-cards"))

    event = only(desk.published(LeadRegistered))
    assert (event.response.campaign, event.response.products) == ("mower-mailing", ["zero-turn-mower"])
    assert event.person.address is not None
    assert event.person.address.mailable


@pytest.mark.requirement("CAP-11")
def test_a_channel_of_the_user_s_own_needs_an_entry_and_no_code(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    folder = tmp_path / "company"
    shutil.copytree(COMPANY, folder)
    with (folder / "sources.yml").open("a") as register:
        register.write(
            "\n  blog-quiz:\n    name: Quiz of the blog\n    channel: quiz\n    medium: social\n    dialect: json\n"
            "    fields: {nick: person.full_name, post: person.email, hectares_or_so: answer.acres}\n"
        )
    desk = desk_on(room_database("capture"), folder)
    desk.receive(partner({"nick": "Ann Lee", "post": "a@lee.example", "hectares_or_so": "500"}, source="blog-quiz"))

    response = only(desk.published(LeadRegistered)).response
    assert (response.channel, response.medium, response.answers) == ("quiz", "social", {"acres": "500"})
    desk.engine.dispose()


@pytest.mark.requirement("CAP-15")
def test_every_inquiry_is_registered_with_an_id_on_receipt(desk: FrontDesk) -> None:
    good, bad = form(ANN), form({"your-name": "Nobody"})
    desk.receive(good, bad)

    received, quarantined = only(desk.published(InquiryReceived)), only(desk.published(InquiryQuarantined))
    assert received.receipt_id == good.intake.receipt_id
    assert quarantined.receipt_id == bad.intake.receipt_id
    assert {row["id"] for row in desk.rows(Inquiry)} == {received.inquiry_id, quarantined.inquiry_id}
    assert received.lead_id is not None


@pytest.mark.requirement("CAP-16")
def test_source_tactic_and_time_are_on_every_lead_and_stay_as_they_came(desk: FrontDesk) -> None:
    desk.receive(form(ANN, query={"utm_source": "bing", "utm_campaign": "dryers_search", "gclid": "x"}))
    before = only(desk.rows(Inquiry))
    desk.receive(form(ANN | {"message": "again"}, query={"utm_source": "news"}, minutes=60))

    response = only(desk.published(LeadRegistered)).response
    assert (response.source, response.medium, response.campaign) == ("website-contact", "web", "google-search-dryers")
    assert response.received_at == NOON
    assert response.attribution == {"utm_source": "bing", "utm_campaign": "dryers_search", "gclid": "x"}
    assert only(desk.published(LeadResponded)).response.attribution == {"utm_source": "news"}
    assert before in desk.rows(Inquiry)


@pytest.mark.requirement("CAP-17")
def test_qualifying_answers_come_in_the_company_s_own_terms_from_every_source(desk: FrontDesk) -> None:
    desk.receive(
        form({"your-email": "a@a.example", "budget": "$50k", "purchase_timeframe": "ASAP", "role": "farmer"}),
        partner(
            {"email": "b@b.example", "budget_usd": 50000.0, "buying_horizon": "immediately", "job_function": "CEO"}
        ),
        sheet('Name,Email,Budget,Qualifier 1,Role\nC,c@c.example,"50,000",this month,President\n'),
    )

    answers = [event.response.answers for event in desk.published(LeadRegistered)]
    assert answers == [{"budget": "50000", "timing": "now", "role": "owner"}] * 3


@pytest.mark.requirement("CAP-18")
def test_the_product_that_was_meant_is_found(desk: FrontDesk) -> None:
    desk.receive(
        form({"your-email": "a@a.example", "product": "zero turn"}),
        raw(ADF, dialect="adf", source="autobase"),
        raw(GOOGLE, dialect="google_ads", source="google-ads-dryers"),
    )

    told = [*desk.published(LeadRegistered), *desk.published(LeadResponded)]
    found = sorted(event.response.products for event in told)
    assert found == [["compact-tractor"], ["grain-dryer"], ["zero-turn-mower"]]


@pytest.mark.requirement("CAP-19", "DUP-5")
def test_five_ways_to_say_the_same_are_one_person_and_five_responses(desk: FrontDesk) -> None:
    desk.receive(*_five_ways_to_say_the_same())

    person = only(desk.rows(Person))
    assert (person["name"], person["email"], person["phone"]) == ("Ann Lee", "ann@leefarms.example", "+15155550142")
    assert person["address"]["city"] == "Ames"
    assert len(desk.published(LeadRegistered)) == 1
    assert sorted(event.number for event in desk.published(LeadResponded)) == [2, 3, 4, 5]


@pytest.mark.requirement("CAP-20")
def test_input_is_checked_value_by_value_and_nothing_is_thrown_away(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"your-phone": "call the barn", "zip": "99999", "purchase_timeframe": "when it rains"}))

    inquiry = only(desk.rows(Inquiry))
    assert inquiry["outcome"] == "registered"
    assert {note["field"]: note["raw"] for note in inquiry["notes"]} == {
        "phone": "call the barn",
        "postcode": "99999",
        "timing": "when it rains",
    }
    assert inquiry["answers"]["timing"] == "when it rains"
    assert only(desk.rows(Person))["phone"] is None


@pytest.mark.requirement("CAP-21")
def test_completeness_is_measured_on_every_inquiry(desk: FrontDesk) -> None:
    desk.receive(form({"your-email": "a@a.example"}))
    asked = ANN | {"your-company": "Lee Farms", "product": "mower", "budget": "9000", "role": "owner"}
    desk.receive(form(asked | {"need": "mow", "timing": "now"}, minutes=1))

    assert [event.completeness for event in desk.published(InquiryReceived)] == [0.111, 1.0]


@pytest.mark.requirement("DUP-1")
def test_a_new_lead_carries_the_one_before_and_how_it_was_resolved(desk: FrontDesk) -> None:
    desk.receive(form(ANN, query={"utm_campaign": "SFD26"}))
    before = only(desk.published(LeadRegistered))
    desk.hear(
        LeadLost(
            lead_id=before.lead_id,
            owner_id="boone",
            lost_to="Greenline",
            reason="price",
            lost_at=NOON + timedelta(days=9),
        )
    )
    desk.receive(form(ANN | {"message": "Two years later"}, minutes=730 * DAY))

    previous = desk.published(LeadRegistered)[1].previous
    assert (previous.lead_id, previous.resolution, previous.campaign) == (before.lead_id, "lost", "spring-field-days")


@pytest.mark.requirement("DUP-2")
def test_all_campaigns_of_a_person_are_on_one_record(desk: FrontDesk) -> None:
    desk.receive(form(ANN, query={"utm_campaign": "SFD26"}))
    desk.receive(sheet("Name,Email\nAnn Lee,ann@leefarms.example\n", minutes=200 * DAY))
    desk.receive(raw(GOOGLE, dialect="google_ads", source="google-ads-dryers", minutes=201 * DAY))

    person = only(desk.rows(Person))
    campaigns = [row["campaign"] for row in desk.rows(Inquiry) if row["person_id"] == person["id"]]
    assert sorted(campaigns) == ["farm-progress-show", "google-search-dryers", "spring-field-days"]
