"""What people and managers are promised about data: nothing lost, nothing kept that must go."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.capture.models import Person
from services.capture.usecases import balancing, consents, privacy
from shared.contracts import calls, fulfillment
from shared.contracts.capture import ConsentChanged
from tests.builders import NOON
from tests.integration.capture.desk import FrontDesk, form, only, partner, sheet

ANN = {"your-name": "Ann Lee", "your-email": "ann@leefarms.example", "your-phone": "515-555-0142", "zip": "50010"}
SECRET = "a secret of these tests, long enough"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_SECRET", SECRET)


def _person(desk: FrontDesk, email: str = ANN["your-email"]) -> UUID:
    found: UUID = only(row for row in desk.rows(Person) if row["email"] == email)["id"]
    return found


def _erase(desk: FrontDesk, person_id: UUID) -> calls.EraseReply:
    with desk.uow.begin() as tx:
        request = calls.EraseRequest(person_id=person_id, reason="letter of 2 March", by="front office")
        return privacy.erase(tx, request, secret=SECRET)


def _days(desk: FrontDesk, **asked: Any) -> calls.LedgerDaysReply:
    with desk.uow.begin() as tx:
        return balancing.days(tx.session, calls.LedgerDaysRequest(**asked))


@pytest.mark.requirement("CAP-1")
def test_every_inquiry_of_every_day_and_source_is_accounted_for_also_after_an_erasure(desk: FrontDesk) -> None:
    """G2: received = live + closed + quarantined + test + merged + erased + waiting."""
    desk.receive(
        form(ANN), form(ANN, minutes=2), form({"your-message": "no address"}), partner({"email": "b@x.example"})
    )
    desk.receive(sheet("Email\r\nc@x.example\r\nd@x.example\r\n", minutes=24 * 60))
    assert _days(desk).balance == 0

    _erase(desk, _person(desk))

    found = _days(desk)
    assert found.balance == 0
    assert {(line.day.day, line.source): (line.received, line.erased) for line in found.days} == {
        (2, "website-contact"): (3, 2),
        (2, "partner-agrimag"): (1, 0),
        (3, "farm-progress-list"): (2, 0),
    }


@pytest.mark.requirement("CAP-15")
def test_a_receipt_resolves_for_ever_and_says_that_its_inquiry_was_erased(desk: FrontDesk) -> None:
    """G7: the receipt outlives the data and tells nothing of the person."""
    sent = form(ANN | {"your-message": "call me"})
    desk.receive(sent)

    _erase(desk, _person(desk))

    told = desk.reply(sent)
    assert (told.state, told.detail) == ("erased", None)
    assert told.received_at == NOON


@pytest.mark.requirement("NUR-5")
def test_what_a_person_agreed_to_can_be_shown_word_by_word_with_its_proof(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "yes"}, remote_address="203.0.113.9", headers={"user-agent": "Firefox"}))

    with desk.uow.begin() as tx:
        found = consents.ledger(tx, _person(desk))

    statement = only(found.statements)
    assert statement.version == "website-2026-01"
    assert statement.text is not None
    assert "news and offers by email" in statement.text
    assert statement.proofs == {"ip": "203.0.113.9", "user_agent": "Firefox"}
    assert [(one.channel, one.purpose, one.allowed) for one in found.holds] == [("email", "marketing", True)]


@pytest.mark.requirement("NUR-5")
def test_a_withdrawal_holds_whatever_comes_late_and_survives_an_erasure(desk: FrontDesk) -> None:
    desk.receive(form(ANN | {"newsletter": "yes"}))
    who = _person(desk)
    later = NOON + timedelta(hours=1)
    desk.hear(fulfillment.Unsubscribed(person_id=who, channel="email", unsubscribed_at=later))
    # An older yes that was spooled arrives after it.
    desk.receive(form(ANN | {"newsletter": "yes", "your-message": "late"}, minutes=30))
    with desk.uow.begin() as tx:
        assert not only(consents.ledger(tx, who).holds).allowed

    _erase(desk, who)
    desk.receive(form(ANN, minutes=24 * 60))

    told = desk.published(ConsentChanged)[-1]
    assert (told.person_id, told.channel, told.allowed, told.changed_at) == (_person(desk), "email", False, later)
