"""Consent, erasure and the ledger by day at the front desk, on a real database."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from services.capture import service
from services.capture.domain.consent import ConsentRules
from services.capture.models import ConsentStatement, Inquiry, Lead, Person, RawPayload, Suppression
from services.capture.usecases import balancing, consents, privacy
from services.capture.usecases.intake import ROWS_AT_ONCE
from shared.contracts import calls, fulfillment, qualify
from shared.contracts.capture import ConsentChanged, PersonErased
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.contracts.router import LeadWon
from shared.database.plumbing import EFFECT, FAILED_MESSAGE
from shared.messaging import failures
from shared.messaging.failures import RetryPolicy
from tests.builders import NOON
from tests.integration.capture.desk import FrontDesk, as_message, desk_on, form, only, partner, raw, sheet

ANN = {"your-name": "Ann Lee", "your-email": "ann@leefarms.example", "your-phone": "515-555-0142", "zip": "50010"}
SECRET = "a secret of these tests, long enough"


@pytest.fixture
def desk(room_database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The front desk, with the installation's secret."""
    monkeypatch.setenv("LEADBUS_SECRET", SECRET)
    played = desk_on(room_database("capture"))
    yield played
    played.engine.dispose()


def erase(desk: FrontDesk, person_id: UUID) -> calls.EraseReply:
    with desk.uow.begin() as tx:
        request = calls.EraseRequest(person_id=person_id, reason="asked by letter", by="front office")
        return privacy.erase(tx, request, secret=SECRET)


def certificate(desk: FrontDesk, erasure_id: UUID) -> calls.CertificateReply:
    with desk.uow.begin() as tx:
        return privacy.certificate(tx, erasure_id)


def days(desk: FrontDesk, **asked: Any) -> calls.LedgerDaysReply:
    with desk.uow.begin() as tx:
        return balancing.days(tx.session, calls.LedgerDaysRequest(**asked))


def ledger(desk: FrontDesk, person_id: UUID) -> calls.ConsentReply:
    with desk.uow.begin() as tx:
        return consents.ledger(tx, person_id)


def record(desk: FrontDesk, person_id: UUID, **over: Any) -> calls.ConsentReply:
    told: dict[str, Any] = {"channel": "email", "allowed": False, "origin": "phone call"}
    with desk.uow.begin() as tx:
        request = calls.RecordConsentRequest(person_id=person_id, **(told | over))
        rules = ConsentRules(purposes={"marketing": "", "sales_contact": ""})
        return consents.record(tx, request, rules)


def person_id(desk: FrontDesk) -> UUID:
    found: UUID = only(desk.rows(Person))["id"]
    return found


# --- consent ---------------------------------------------------------------------------------------------------------


def test_a_statement_keeps_wording_version_and_what_the_browser_told(desk: FrontDesk) -> None:
    told = {"user-agent": "Firefox", "referer": "https://www.prairieline.example/contact"}
    desk.receive(form(ANN | {"newsletter": "yes"}, headers=told, remote_address="203.0.113.9"))

    statement = only(ledger(desk, person_id(desk)).statements)
    assert (statement.channel, statement.purpose, statement.allowed) == ("email", "marketing", True)
    assert (statement.version, statement.at) == ("website-2026-01", NOON)
    assert statement.text is not None
    assert statement.text.startswith("Yes, Prairie Line may send me news")
    assert statement.proofs == {"ip": "203.0.113.9", "user_agent": "Firefox", "url": told["referer"]}


def test_certificates_are_kept_with_the_statement_and_an_unknown_wording_as_it_was_given(desk: FrontDesk) -> None:
    desk.receive(
        partner(
            {
                "email": "ann@leefarms.example", "permission": {"email": "yes", "text": "Sure, mail me"},
                "xxTrustedFormCertUrl": "https://cert.trustedform.com/0a1b", "universal_leadid": "D3F-1",
            },
            key_id="agrimag", remote_address="192.0.2.1",
        )
    )  # fmt: skip

    statement = only(ledger(desk, person_id(desk)).statements)
    assert (statement.text, statement.version) == ("Sure, mail me", None)
    # The address is that of the partner's server: no proof of anything.
    assert statement.proofs == {"trustedform": "https://cert.trustedform.com/0a1b", "jornaya": "D3F-1"}
    assert only(desk.published(ConsentChanged)).proofs == statement.proofs


def test_what_holds_is_the_newest_word_per_channel_and_purpose(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "yes"}))
    who = person_id(desk)
    record(desk, who, at=NOON - timedelta(days=1))
    holds = record(desk, who, channel="phone", purpose="sales_contact", allowed=True, text="read to her").holds

    assert {(one.channel, one.purpose): one.allowed for one in holds} == {
        ("email", "marketing"): True,
        ("phone", "sales_contact"): True,
    }
    desk.hear(fulfillment.Unsubscribed(person_id=who, channel="email", unsubscribed_at=NOON + timedelta(minutes=1)))
    assert {one.channel: one.allowed for one in ledger(desk, who).holds} == {"email": False, "phone": True}
    assert len(ledger(desk, who).statements) == 4


def test_what_was_said_elsewhere_must_be_about_a_known_purpose_and_in_the_past(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    who = person_id(desk)

    with pytest.raises(ContractViolation, match="purpose"):
        record(desk, who, purpose="marketting")
    with pytest.raises(ContractViolation, match="future"):
        record(desk, who, at=NOON + timedelta(days=1))
    with pytest.raises(NotFound):
        record(desk, uuid4())


# --- erasure ---------------------------------------------------------------------------------------------------------


def test_an_erased_inquiry_is_still_counted_and_its_receipt_still_resolves(desk: FrontDesk) -> None:
    first, again, other = form(ANN), form(ANN, minutes=1), form({"your-email": "bob@x.example"}, minutes=2)
    desk.receive(first, again, other)
    who = next(row["id"] for row in desk.rows(Person) if row["email"] == "ann@leefarms.example")

    erased = erase(desk, who)

    assert erased.begun
    assert desk.reply(first).state == desk.reply(again).state == "erased"
    assert desk.reply(other).state == "registered"
    counts = desk.ledger()
    assert (counts["erased"], counts["registered"], counts["persons"]) == (2, 1, 1)
    assert only([row for row in desk.rows(Lead) if row["person_id"] == who])["resolution"] == "erased"
    told = only(desk.published(PersonErased))
    assert (told.person_ids, len(told.inquiry_ids), len(told.lead_ids)) == ([who], 2, 1)


def test_asked_twice_it_is_one_erasure_and_a_stranger_is_not_found(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    who = person_id(desk)

    first, second = erase(desk, who), erase(desk, who)

    assert (first.erasure_id, second.begun) == (second.erasure_id, False)
    assert len(desk.published(PersonErased)) == 1
    with pytest.raises(NotFound):
        erase(desk, uuid4())


def test_who_comes_back_is_somebody_new(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    before = person_id(desk)
    erase(desk, before)

    desk.receive(form(ANN, minutes=60))

    assert person_id(desk) != before
    assert [row["outcome"] for row in desk.rows(Inquiry)].count("registered") == 1


def test_who_had_refused_is_remembered_by_a_hash_and_not_written_to_when_they_come_back(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    record(desk, person_id(desk), channel="email", allowed=False)
    erase(desk, person_id(desk))
    kept = only(desk.rows(Suppression))
    assert "ann" not in str(kept).lower()
    assert list(kept["refused"]) == ["email/marketing"]

    desk.receive(form(ANN, minutes=60))

    back = only(ledger(desk, person_id(desk)).holds)
    assert (back.channel, back.allowed) == ("email", False)
    # A yes given anew is newer than the old refusal.
    desk.receive(form(ANN | {"newsletter": "yes"}, minutes=120))
    assert only(ledger(desk, person_id(desk)).holds).allowed


def test_what_lies_in_quarantine_goes_by_exact_address_and_nothing_else(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    mine = form({"your-email": "Ann@LeeFarms.example", "fax_number": "1"})
    by_phone = form({"your-phone": "(515) 555-0142", "fax_number": "1"})
    unread = raw(b'{"email": "ann@leefarms.example"', content_type="application/json")
    others = form({"your-email": "joann@leefarms.example", "fax_number": "1", "your-message": "ann@leefarms.example"})
    desk.receive(mine, by_phone, unread, others)
    assert {desk.reply(one).state for one in (mine, by_phone, unread, others)} == {"quarantined"}

    erase(desk, person_id(desk))

    assert [desk.reply(one).state for one in (mine, by_phone, unread)] == ["erased"] * 3
    assert desk.reply(others).state == "quarantined"
    bodies = {row["receipt_id"]: bytes(row["body"]) for row in desk.rows(RawPayload)}
    assert bodies[unread.intake.receipt_id] == b""
    assert bodies[others.intake.receipt_id] == others.body


def test_of_a_list_exactly_the_persons_row_is_blanked(desk: FrontDesk) -> None:
    text = "First Name,Last Name,Email,Zip\r\nBob,Ray,bob@x.example,50010\r\nAnn,Lee,ann@lee.example,50010\r\n"
    upload = sheet(text + "Cy,Ray,cy@x.example,50010\r\n")
    desk.receive(upload)
    who = next(row["id"] for row in desk.rows(Person) if row["email"] == "ann@lee.example")

    erase(desk, who)

    (body,) = (bytes(row["body"]) for row in desk.rows(RawPayload))
    assert body == upload.body.replace(b"Ann,Lee,ann@lee.example,50010", b"***,***,***************,*****")
    assert [row.state for row in desk.reply(upload).rows] == ["registered", "erased", "registered"]


def test_while_a_list_with_the_person_is_being_read_nothing_is_erased(desk: FrontDesk) -> None:
    rows = "".join(f"P{n},Ray,p{n}@x.example,50010\r\n" for n in range(ROWS_AT_ONCE + 100))
    desk.receive(sheet("First Name,Last Name,Email,Zip\r\n" + rows))
    who = next(row["id"] for row in desk.rows(Person) if row["email"] == "p3@x.example")

    with pytest.raises(NotAllowed):
        erase(desk, who)
    desk.run_due()
    assert erase(desk, who).begun


def test_what_comes_late_of_an_erased_person_changes_nothing(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "yes"}))
    who, lead = person_id(desk), only(desk.rows(Lead))["id"]
    erase(desk, who)

    desk.hear(
        LeadWon(lead_id=lead, owner_id="dealer-ames", won_at=NOON),
        fulfillment.Unsubscribed(person_id=who, lead_id=lead, channel="email", unsubscribed_at=NOON),
    )

    assert only(desk.rows(Lead))["resolution"] == "erased"
    assert desk.rows(ConsentStatement) == []


def test_the_certificate_waits_for_every_room_and_a_day_later_is_overdue(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    erased = erase(desk, person_id(desk))
    assert certificate(desk, erased.erasure_id).state == "running"
    desk.clock.forward(days=1, seconds=1)
    assert certificate(desk, erased.erasure_id).state == "overdue"
    with desk.uow.begin() as tx:
        assert privacy.erasures(tx, 10).overdue == 1

    words = {"erasure_id": erased.erasure_id, "removed": {"profile": 1}, "kept": {"x": "y"}, "erased_at": NOON}
    sold = {"passed_on": [calls.PassedOn(to="dealer-ames", by="email", what="lead")]}
    for declared in service.WORDS_OF_ERASURE:
        assert certificate(desk, erased.erasure_id).state == "overdue"
        desk.hear(declared(**words, **(sold if declared.room == "router" else {})))

    found = certificate(desk, erased.erasure_id)
    assert found.state == "complete"
    assert [one.to for one in found.passed_on] == ["dealer-ames"]
    assert {one.room: one.removed for one in found.rooms}[qualify.PersonDataErased.room] == {"profile": 1}
    with desk.uow.begin() as tx:
        assert (privacy.erasures(tx, 10).overdue, privacy.erasures(tx, 10).erasures[0].waits_for) == (0, [])


# --- the ledger by day -----------------------------------------------------------------------------------------------


def test_every_day_and_source_balances(desk: FrontDesk) -> None:
    ann, twin = form(ANN), form(ANN, minutes=1)
    desk.receive(ann, twin, form({"your-email": "t@x.example"}, test=True), form({"your-message": "no address"}))
    desk.receive(partner({"email": "bob@x.example"}, minutes=24 * 60))
    desk.receive(sheet("Email\r\n" + "".join(f"p{n}@x.example\r\n" for n in range(ROWS_AT_ONCE + 100))))
    won = next(row["id"] for row in desk.rows(Lead) if row["source"] == "partner-agrimag")
    desk.hear(LeadWon(lead_id=won, owner_id="dealer-ames", won_at=NOON))

    found = days(desk)
    lines = {(line.day.isoformat(), line.source): line for line in found.days}
    assert found.balance == 0
    website = lines["2026-03-02", "website-contact"]
    assert (website.received, website.live, website.merged, website.test, website.quarantined) == (4, 1, 1, 1, 1)
    partners = lines["2026-03-03", "partner-agrimag"]
    assert (partners.received, partners.closed) == (1, 1)
    listed = lines["2026-03-02", "farm-progress-list"]
    assert (listed.received, listed.live, listed.waiting) == (ROWS_AT_ONCE + 100, ROWS_AT_ONCE, 100)

    erase(desk, next(row["id"] for row in desk.rows(Person) if row["email"] == "ann@leefarms.example"))
    (website,) = days(desk, source="website-contact", until=(NOON + timedelta(days=1)).date()).days
    assert (website.received, website.erased, website.live, website.balance) == (4, 2, 0, 0)


def test_a_lost_inquiry_shows_in_the_balance_of_its_day(desk: FrontDesk) -> None:
    desk.receive(form(ANN), partner({"email": "bob@x.example"}, minutes=24 * 60))
    with desk.uow.begin() as tx:
        for row in tx.session.query(Inquiry).filter(Inquiry.source == "partner-agrimag"):
            row.outcome = "gone"

    found = days(desk)

    assert found.balance == 1
    assert {line.source: line.balance for line in found.days} == {"website-contact": 0, "partner-agrimag": 1}


def test_what_could_not_be_handled_is_blanked_too(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    mine, others = form(ANN, headers={"user-agent": "Firefox of Ann"}), form({"your-email": "bob@x.example"})
    for failing in (mine, others):
        message = as_message(failing)
        error = ValueError("your-email: ann@leefarms.example")
        failures.record(desk.uow, message, failing.intake.receipt_id, "intake", error, RetryPolicy(waits=()))

    erase(desk, person_id(desk))

    kept = {row["id"]: row for row in desk.rows(FAILED_MESSAGE)}
    blanked = kept[mine.intake.receipt_id]
    assert (bytes(blanked["body"]), blanked["error"]) == (b"", "ValueError")
    assert "Ann" not in str(blanked["headers"])
    assert bytes(kept[others.intake.receipt_id]["body"]) == others.body


def test_what_is_fetched_this_moment_holds_the_erasure_up(desk: FrontDesk) -> None:
    desk.receive(form(ANN))
    who, lead = person_id(desk), only(desk.rows(Lead))["id"]
    with desk.uow.begin() as tx:
        tx.plan("pull", "pull:1", {"lead_id": str(lead)})
    with desk.engine.begin() as connection:
        connection.execute(update(EFFECT).values(state="claimed"))

    with pytest.raises(NotAllowed, match="Try again"):
        erase(desk, who)

    assert only(desk.rows(Person))["id"] == who
    with desk.engine.begin() as connection:
        connection.execute(update(EFFECT).values(state="planned"))
    assert erase(desk, who).begun
    assert only(desk.rows(EFFECT))["state"] == "failed"
