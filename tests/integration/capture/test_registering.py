"""One inquiry after another through the real handler on a real database."""

from datetime import timedelta
from uuid import uuid4

from services.capture.models import ConsentStatement, Inquiry, Lead, Person, PersonKey, RawPayload
from services.capture.usecases.intake import ROWS_AT_ONCE
from shared.contracts.capture import (
    ConsentChanged,
    InquiryQuarantined,
    InquiryReceived,
    LeadRegistered,
    LeadResponded,
    PersonUpdated,
)
from shared.contracts.fulfillment import Unsubscribed
from shared.contracts.router import LeadLost, LeadRecycled, LeadWon
from tests.builders import NOON
from tests.integration.capture.desk import FrontDesk, form, only, partner, raw, sheet

ANN = {"your-name": "LEE, ANN", "your-email": "Ann.Lee@LeeFarms.example", "your-phone": "515-555-0142", "zip": "50010"}
DAY = 24 * 60


def test_a_form_post_becomes_a_lead_with_person_and_response(desk: FrontDesk) -> None:
    inquiry = form(ANN | {"product": "Grain Dryer", "how_many_acres": "1,200", "newsletter": "on"})
    desk.receive(inquiry)

    event = only(desk.published(LeadRegistered))
    assert (event.person.name, event.person.email) == ("Ann Lee", "ann.lee@leefarms.example")
    assert (event.person.phone, event.person.address.city, event.person.address.state) == ("+15155550142", "Ames", "IA")
    assert event.response.products == ["grain-dryer"]
    assert event.response.answers == {"acres": "1200"}
    assert event.previous is None
    assert desk.reply(inquiry).state == "registered"
    assert desk.reply(inquiry).lead_id == event.lead_id
    assert only(desk.published(InquiryReceived)).outcome == "registered"


def test_the_payload_is_kept_byte_for_byte(desk: FrontDesk) -> None:
    body = b'\xef\xbb\xbf{"mail": "a@b.example", "x": "\\u0000\xff"}\x00'
    desk.receive(raw(body, headers={"user-agent": "x\x00y"}))

    kept = only(desk.rows(RawPayload))
    assert kept["body"] == body
    assert kept["intake"]["headers"] == {"user-agent": "xy"}


def test_a_second_inquiry_joins_the_open_lead(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    desk.receive(form({"your-email": "ann.lee@leefarms.example", "message": "And a mower"}, minutes=29 * DAY))

    event = only(desk.published(LeadResponded))
    assert event.number == 2
    assert event.lead_id == only(desk.published(LeadRegistered)).lead_id
    assert event.person.phone == "+15155550142"
    assert only(desk.rows(Lead))["responses"] == 2


def test_past_the_window_a_new_lead_opens_and_knows_the_one_before(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    desk.receive(form(ANN, minutes=31 * DAY))

    first, second = desk.published(LeadRegistered)
    assert second.person_id == first.person_id
    assert second.previous.lead_id == first.lead_id
    assert (second.previous.resolution, second.previous.source) == ("open", "website-contact")


def test_after_a_win_the_next_inquiry_opens_a_new_lead(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    lead_id = only(desk.published(LeadRegistered)).lead_id
    desk.hear(LeadWon(lead_id=lead_id, owner_id="boone", won_at=NOON + timedelta(days=1)))
    desk.receive(form(ANN, minutes=2 * DAY))

    assert desk.published(LeadRegistered)[1].previous.resolution == "won"


def test_a_recycled_lead_is_joined_not_replaced(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    first = only(desk.published(LeadRegistered))
    desk.hear(
        LeadRecycled(
            lead_id=first.lead_id, person_id=first.person_id, owner_id="boone", reason="later", recycled_at=NOON
        )
    )
    desk.receive(form(ANN, minutes=2 * DAY))

    assert only(desk.published(LeadResponded)).lead_id == first.lead_id
    assert only(desk.rows(Lead))["resolution"] == "recycled"


def test_of_two_words_of_owners_the_newer_counts_whatever_comes_first(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    lead_id = only(desk.published(LeadRegistered)).lead_id
    desk.hear(LeadWon(lead_id=lead_id, owner_id="boone", won_at=NOON + timedelta(days=5)))
    desk.hear(LeadLost(lead_id=lead_id, owner_id="boone", reason="price", lost_at=NOON + timedelta(days=4)))

    assert only(desk.rows(Lead))["resolution"] == "won"


def test_a_resolution_that_comes_before_its_lead_is_kept(desk: FrontDesk) -> None:
    inquiry = form(ANN)
    desk.receive(inquiry)
    lead_id = desk.reply(inquiry).lead_id
    assert lead_id is not None
    with desk.uow.begin() as tx:
        for table in ("lead", "person_key", "submission_key", "inquiry", "person", "raw_inquiry", "inbox"):
            tx.session.connection().exec_driver_sql(f"TRUNCATE {table} CASCADE")
    desk.hear(LeadLost(lead_id=lead_id, owner_id="boone", reason="price", lost_at=NOON + timedelta(days=1)))
    desk.receive(inquiry)

    lead = only(desk.rows(Lead))
    assert (lead["id"], lead["resolution"], lead["responses"]) == (lead_id, "lost", 1)


def test_the_same_receipt_twice_is_one_inquiry(desk: FrontDesk) -> None:
    inquiry = form(ANN)
    desk.receive(inquiry, inquiry)
    desk.receive(inquiry)

    assert len(desk.rows(Inquiry)) == 1
    assert desk.ledger()["received"] == 1


def test_a_double_click_gets_its_own_receipt_and_no_second_response(desk: FrontDesk) -> None:
    first, second = form(ANN), form(ANN, minutes=4)
    desk.receive(first)
    desk.receive(second)

    assert desk.reply(second).inquiry_id == desk.reply(first).inquiry_id
    assert desk.reply(second).lead_id == desk.reply(first).lead_id
    assert len(desk.envelopes()) == 2
    assert desk.ledger()["duplicate"] == 1


def test_the_same_words_after_six_minutes_are_a_second_response(desk: FrontDesk) -> None:
    desk.receive(form(ANN), form(ANN, minutes=6))

    assert only(desk.published(LeadResponded)).number == 2


def test_a_partner_s_own_key_marks_a_second_copy_for_ever(desk: FrontDesk) -> None:
    fields = {"lead_ref": "A-77", "reader": {"name": "Ann Lee", "mail": "ann@leefarms.example"}}
    first, later = partner(fields), partner(fields | {"note": "resent"}, minutes=90 * DAY)
    desk.receive(first)
    desk.receive(later)

    assert desk.reply(later).inquiry_id == desk.reply(first).inquiry_id
    assert desk.published(LeadResponded) == []


def test_an_idempotency_key_header_marks_a_second_copy(desk: FrontDesk) -> None:
    fields = {"email": "ann@leefarms.example"}
    first = partner(fields, headers={"idempotency-key": "k1"})
    second = partner(fields, headers={"idempotency-key": "k1"}, minutes=60)
    desk.receive(first, second)

    assert desk.ledger()["duplicate"] == 1


def test_one_number_for_two_people_loses_nobody(desk: FrontDesk) -> None:
    desk.receive(
        partner({"lead_ref": "1", "email": "ann@leefarms.example"}),
        partner({"lead_ref": "1", "email": "bob@hill.example"}),
    )

    assert len(desk.published(LeadRegistered)) == 2


def test_two_inquiries_of_one_new_person_in_one_batch_find_each_other(desk: FrontDesk) -> None:
    desk.receive(form(ANN, minutes=1), form(ANN | {"message": "earlier"}))

    assert len(desk.rows(Person)) == 1
    assert only(desk.published(LeadRegistered)).response.message == "earlier"
    assert only(desk.published(LeadResponded)).response.message is None


def test_a_person_is_known_by_phone_and_family_name(desk: FrontDesk) -> None:
    desk.receive(form({"your-name": "Ann Lee", "your-phone": "515 555 0142", "your-email": "a@lee.example"}))
    desk.receive(form({"your-name": "A. Lee", "your-phone": "(515) 555-0142", "message": "call me"}))

    assert len(desk.rows(Person)) == 1


def test_two_people_of_one_family_and_phone_stay_two(desk: FrontDesk) -> None:
    ann = {"your-name": "Ann Lee", "your-phone": "515 555 0142"}
    tom = {"your-name": "Tom Lee", "your-phone": "515 555 0142"}
    desk.receive(form(ann), form(tom))
    desk.receive(form(tom | {"message": "me again"}, minutes=60), form(ann | {"message": "me too"}, minutes=61))

    assert sorted(row["given_name"] for row in desk.rows(Person)) == ["Ann", "Tom"]
    assert [event.person.given_name for event in desk.published(LeadResponded)] == ["Tom", "Ann"]


def test_a_person_is_known_by_name_and_postal_address(desk: FrontDesk) -> None:
    where = {"city": "Ames", "state": "Iowa", "zip": "50010"}
    desk.receive(form({"your-name": "Ann Lee", "address": "12 Main Street", **where, "your-email": "a@lee.example"}))
    desk.receive(form({"your-name": "LEE, ANN", "address": "12 MAIN ST", **where}))

    assert len(desk.rows(Person)) == 1


def test_a_name_learnt_early_and_a_phone_learnt_late_make_a_key_together(desk: FrontDesk) -> None:
    desk.receive(form({"your-name": "Ann Lee", "your-email": "a@lee.example"}))
    desk.receive(form({"your-phone": "515 555 0142", "your-email": "a@lee.example"}))
    desk.receive(form({"your-name": "Ann Lee", "your-phone": "515 555 0142", "message": "third"}))

    assert len(desk.rows(Person)) == 1


def test_a_good_value_is_not_overwritten_by_an_empty_or_worse_one(desk: FrontDesk) -> None:
    full = {"address": "12 Main St", "city": "Ames", "state": "IA", "zip": "50010", "your-company": "Lee Farms"}
    desk.receive(form(ANN | full))
    desk.receive(form({"your-email": "ann.lee@leefarms.example", "your-name": "A Lee", "your-phone": "12", "zip": "1"}))

    person = only(desk.rows(Person))
    assert (person["name"], person["phone"], person["company"]) == ("Ann Lee", "+15155550142", "Lee Farms")
    assert person["address"]["mailable"] is True
    assert desk.published(PersonUpdated) == []
    assert {note["field"] for note in desk.rows(Inquiry)[0]["notes"] + desk.rows(Inquiry)[1]["notes"]} == {
        "phone",
        "postcode",
    }


def test_what_is_new_is_told_with_a_growing_revision(desk: FrontDesk) -> None:
    desk.receive(form({"your-email": "a@lee.example"}))
    desk.receive(form({"your-email": "a@lee.example", "your-name": "Ann Lee"}, minutes=10))
    desk.receive(form({"your-email": "a@lee.example", "your-phone": "515 555 0142"}, minutes=20))

    assert [event.revision for event in desk.published(PersonUpdated)] == [2, 3]
    assert desk.published(PersonUpdated)[1].person.phone == "+15155550142"


def test_an_older_inquiry_fills_gaps_and_replaces_nothing(desk: FrontDesk) -> None:
    desk.receive(form({"your-email": "a@lee.example", "your-phone": "515 555 0142"}, minutes=60))
    desk.receive(form({"your-email": "a@lee.example", "your-phone": "515 555 0199", "your-company": "Lee Farms"}))

    person = only(desk.rows(Person))
    assert (person["phone"], person["company"]) == ("+15155550142", "Lee Farms")


def test_another_name_on_a_shared_mailbox_replaces_nothing(desk: FrontDesk) -> None:
    desk.receive(form({"your-email": "office@coop.example", "your-name": "Ann Lee", "your-phone": "515 555 0142"}))
    desk.receive(form({"your-email": "office@coop.example", "your-name": "Bob Hill", "your-phone": "515 555 0199"}))

    person = only(desk.rows(Person))
    assert (person["name"], person["phone"]) == ("Ann Lee", "+15155550142")
    assert len(desk.rows(Inquiry)) == 2


def test_consent_is_filed_per_channel_with_its_wording(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "yes", "may_we_call": "no"}))

    told = {event.channel: event.allowed for event in desk.published(ConsentChanged)}
    assert told == {"email": True, "phone": False}
    assert all("Prairie Line" in row["text"] for row in desk.rows(ConsentStatement))


def test_silence_about_consent_states_nothing(desk: FrontDesk) -> None:
    desk.receive(form(ANN))

    assert desk.published(ConsentChanged) == []


def test_an_unsubscribe_comes_home_and_is_told(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "yes"}))
    person_id = only(desk.rows(Person))["id"]
    desk.hear(Unsubscribed(person_id=person_id, channel="email", unsubscribed_at=NOON + timedelta(days=3)))

    last = desk.published(ConsentChanged)[-1]
    assert (last.person_id, last.channel, last.allowed) == (person_id, "email", False)
    assert len(desk.rows(ConsentStatement)) == 2


def test_a_test_submission_is_registered_and_goes_no_further(desk: FrontDesk) -> None:
    flagged = partner({"test_mode": True, "email": "a@b.example"})
    sent = partner({"email": "a@b.example"}, test=True)
    desk.receive(flagged, sent)

    assert {desk.reply(flagged).state, desk.reply(sent).state} == {"test"}
    assert desk.rows(Person) == []
    assert desk.rows(PersonKey) == []
    assert {envelope.type for envelope in desk.envelopes()} == {"inquiry_received"}


def test_nobody_to_answer_goes_to_quarantine_with_a_reason(desk: FrontDesk) -> None:
    inquiry = form({"your-name": "Ann Lee", "your-email": "ann at home", "message": "hello"})
    desk.receive(inquiry)

    reply = desk.reply(inquiry)
    assert (reply.state, reply.reason) == ("quarantined", "no_contact")
    assert "email" in (reply.detail or "")
    assert only(desk.published(InquiryQuarantined)).reason == "no_contact"
    assert only(desk.rows(Inquiry))["parsed"]["person"]["email"] == "ann at home"
    assert only(desk.quarantine()).inquiry_id == reply.inquiry_id


def test_an_unknown_source_goes_to_quarantine_readable(desk: FrontDesk) -> None:
    inquiry = partner({"email": "a@b.example"}, source="websit-contact")
    desk.receive(inquiry)

    assert desk.reply(inquiry).reason == "unknown_source"
    assert only(desk.rows(Inquiry))["parsed"]["person"] == {"email": "a@b.example"}


def test_a_filled_trap_is_spam(desk: FrontDesk) -> None:
    inquiry = form(ANN | {"fax_number": "1"})
    desk.receive(inquiry)

    assert desk.reply(inquiry).reason == "spam"


def test_a_receipt_never_seen_is_unknown(desk: FrontDesk) -> None:
    assert desk.reply(uuid4()).state == "unknown"


def test_every_row_of_a_list_has_its_verdict(desk: FrontDesk) -> None:
    rows = sheet(
        "Attendee Name,Email,Phone,Zip,Qualifier 1\n"
        "Ann Lee,ann@lee.example,5.155550142E+09,2139,Now\n"
        ",,,,\n"
        "Nobody,,,,\n"
        "Bob Hill,bob@hill.example,,,\n"
        "Ann Lee,ann@lee.example,5.155550142E+09,2139,Now\n"
    )
    desk.receive(rows)

    reply = desk.reply(rows)
    assert reply.state == "list"
    assert [(row.row, row.state) for row in reply.rows] == [
        (1, "registered"),
        (3, "quarantined"),
        (4, "registered"),
        (5, "registered"),
    ]
    assert reply.rows[3].inquiry_id == reply.rows[0].inquiry_id
    assert desk.ledger() | {"received": 4, "duplicate": 1} == desk.ledger()


def test_the_same_list_again_adds_nobody(desk: FrontDesk) -> None:
    text = "Name,Email\nAnn Lee,ann@lee.example\nBob Hill,bob@hill.example\n"
    desk.receive(sheet(text))
    desk.receive(sheet(text, minutes=60 * DAY))

    assert desk.ledger()["duplicate"] == 2
    assert len(desk.published(LeadRegistered)) == 2


def test_a_long_list_is_read_on_in_parts_and_the_ledger_balances_meanwhile(desk: FrontDesk) -> None:
    number = ROWS_AT_ONCE + 203
    rows = sheet("Name,Email\n" + "".join(f"Ann Lee,ann{n}@lee.example\n" for n in range(number)))
    desk.receive(rows)
    assert desk.ledger()["pending"] == 203
    desk.run_due()

    counts = desk.ledger()
    assert (counts["pending"], counts["registered"], counts["persons"]) == (0, number, number)
    assert len(desk.reply(rows).rows) == number


def test_quarantine_is_paged_newest_first(desk: FrontDesk) -> None:
    desk.receive(*(form({"your-name": f"N{n}"}, minutes=10 * n) for n in range(5)))

    first = desk.quarantine(limit=2)
    second = desk.quarantine(limit=2, before=first[-1].received_at)
    assert [entry.received_at for entry in first + second] == [NOON + timedelta(minutes=10 * n) for n in (4, 3, 2, 1)]
