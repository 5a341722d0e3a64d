"""Every channel ends at the front desk: the golden bodies, and people who come by several of them."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from services.capture.models import Inquiry, Person, RawPayload
from shared.contracts.capture import LeadRegistered, LeadResponded
from shared.room import RawInquiry
from tests.integration.capture.desk import FrontDesk, only, raw, sheet

GOLDEN = Path(__file__).parents[2] / "golden"
FORM = "application/x-www-form-urlencoded"
SOURCE_OF = {
    "adf": "autobase", "contact_form_7": "parts-shop-cf7", "csv": "farm-progress-list", "email": "info-mailbox",
    "form": "website-contact", "google_ads": "google-ads-dryers", "gravity_forms": "dealer-site-gravity",
    "hubspot": "hubspot-landing-pages", "hubspot_legacy": "hubspot-old-forms", "json": "partner-agrimag",
    "keyed": "keyed-cards", "linkedin": "linkedin-municipal", "meta": "meta-mowers", "salesforce": "web-to-lead",
    "typeform": "typeform-field-days", "vendor": "leadprosper-landscapers",
}  # fmt: skip


def golden(path: Path, **over: Any) -> RawInquiry:
    """A golden body as its sender would send it."""
    request = json.loads(path.with_name(f"{path.name.partition('.')[0]}.expected.json").read_text())["request"]
    values = {"dialect": path.parent.name, "source": SOURCE_OF[path.parent.name], **request, **over}
    return raw(path.read_bytes(), **values)


def bodies(kind: str = "") -> list[Path]:
    """All golden bodies that senders send; answers that are fetched are none of them."""
    found = sorted(GOLDEN.glob(f"*/{kind}*"))
    return [one for one in found if not one.name.startswith("answer") and not one.name.endswith(".expected.json")]


@pytest.mark.requirement("CAP-1", "CAP-20")
def test_good_ugly_or_hostile_every_body_is_kept_and_answered_for(desk: FrontDesk) -> None:
    sent = [golden(path) for path in bodies()]
    desk.receive(*sent)
    while desk.run_due():
        pass

    assert {row["body"] for row in desk.rows(RawPayload)} == {inquiry.body for inquiry in sent}
    assert all(desk.reply(inquiry).state != "unknown" for inquiry in sent)
    assert desk.ledger()["receipts"] == len(sent)


@pytest.mark.requirement("CAP-11", "CAP-13", "CAP-23")
def test_every_sender_s_own_shape_becomes_a_response_without_anybody_s_help(desk: FrontDesk) -> None:
    sent = [golden(path) for path in bodies("good") if path.parent.name not in ("meta", "linkedin")]
    desk.receive(*sent)

    assert {inquiry.intake.dialect for inquiry in sent} == set(SOURCE_OF) - {"meta", "linkedin"}
    assert {row["outcome"] for row in desk.rows(Inquiry)} == {"registered", "responded"}


@pytest.mark.requirement("CAP-5")
def test_calls_of_the_contact_centre_tell_which_number_rang_and_who_took_them(desk: FrontDesk) -> None:
    desk.receive(golden(GOLDEN / "keyed" / "good_calls.json"))
    first, second = sorted(desk.rows(Inquiry), key=lambda row: row["row"])

    assert first["attribution"]["called_number"] == "+18005550100"
    assert first["attribution"]["keyed_by"] == second["attribution"]["keyed_by"] == "Lou"
    assert second["consent"]["post"] is False


@pytest.mark.requirement("CAP-9", "CAP-12")
def test_what_an_employee_enters_names_the_employee(desk: FrontDesk) -> None:
    body = json.dumps({"name": "Ann Lee", "phone": "515 555 0142", "notes": "wants a mower", "keyed_by": "Dana Price"})
    desk.receive(raw(body.encode(), dialect="keyed", source="employee-entry", content_type="application/json"))

    assert only(desk.rows(Inquiry))["attribution"]["keyed_by"] == "Dana Price"
    assert only(desk.published(LeadRegistered)).lead_id


@pytest.mark.requirement("CAP-7")
def test_the_same_list_again_changes_nothing(desk: FrontDesk) -> None:
    path = GOLDEN / "csv" / "good_workbook.xlsx"
    desk.receive(golden(path))
    leads, people = len(desk.published(LeadRegistered)), len(desk.rows(Person))
    again = golden(path, minutes=24 * 60)
    desk.receive(again)

    assert (len(desk.published(LeadRegistered)), len(desk.rows(Person))) == (leads, people) == (3, 3)
    assert not desk.published(LeadResponded)
    assert all(row.repeated and row.lead_id for row in desk.reply(again).rows)


@pytest.mark.requirement("CAP-7")
def test_a_corrected_list_of_a_show_brings_only_what_is_new(desk: FrontDesk) -> None:
    desk.receive(sheet("Name,Email,Badge\nAnn Lee,ann@lee.example,B1\n"))
    desk.receive(sheet("Name,Email,Badge\nAnn Lee,ann@lee.example,B1\nBo Berg,bo@berg.example,B2\n", minutes=600))

    assert len(desk.published(LeadRegistered)) == 2
    assert not desk.published(LeadResponded)


@pytest.mark.requirement("CAP-7")
def test_a_second_note_on_one_badge_is_a_response_of_its_own(desk: FrontDesk) -> None:
    rows = "Ann,ann@lee.example,B1,two dryers\nAnn,ann@lee.example,B1,and a mixer\n"
    desk.receive(sheet(f"Name,Email,Badge,Notes\n{rows}"))

    assert len(desk.published(LeadRegistered)) == 1
    assert only(desk.published(LeadResponded)).response.message == "and a mixer"


@pytest.mark.requirement("CAP-11")
def test_a_letter_becomes_a_lead_and_an_absence_notice_does_not(desk: FrontDesk) -> None:
    letter, absence = golden(GOLDEN / "email" / "good_letter.eml"), golden(GOLDEN / "email" / "ugly_absence.eml")
    desk.receive(letter, absence)

    assert desk.reply(letter).state == "registered"
    assert (desk.reply(absence).state, desk.reply(absence).reason) == ("quarantined", "automatic_mail")


@pytest.mark.requirement("CAP-16")
def test_where_a_visit_came_from_is_read_out_of_the_page_s_address(desk: FrontDesk) -> None:
    desk.receive(golden(GOLDEN / "hubspot" / "good.json"))
    found = only(desk.rows(Inquiry))

    assert found["attribution"]["gclid"] == "Cj0a"
    assert found["campaign"] == "spring-field-days"


@pytest.mark.requirement("CAP-2")
def test_a_vendor_s_test_leaves_no_lead(desk: FrontDesk) -> None:
    sent = golden(GOLDEN / "vendor" / "ugly_test.json")
    desk.receive(sent)

    assert desk.reply(sent).state == "test"
    assert not desk.rows(Person)


@pytest.mark.requirement("CAP-15")
def test_a_platform_s_own_number_makes_two_deliveries_one(desk: FrontDesk) -> None:
    path = GOLDEN / "typeform" / "good.json"
    desk.receive(golden(path, receipt_id=uuid.uuid4()))
    desk.receive(golden(path, receipt_id=uuid.uuid4(), minutes=90))

    assert len(desk.published(LeadRegistered)) == 1
    assert not desk.published(LeadResponded)
