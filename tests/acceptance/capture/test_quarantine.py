"""What the front desk promises of inquiries that it could not register at once."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.capture.models import RawPayload
from shared.contracts.capture import InquiryReceived, InquiryReleased, LeadRegistered
from tests.builders import NOON
from tests.integration.capture import hostile
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on, form, only, partner
from tests.integration.capture.repairs import Operator


@pytest.fixture
def operator(desk: FrontDesk) -> Operator:
    return Operator(desk)


@pytest.mark.requirement("CAP-1")
def test_whatever_was_set_aside_can_be_seen_and_becomes_a_lead_when_somebody_says_who_it_is(
    desk: FrontDesk, operator: Operator
) -> None:
    # Large ones are read twice more here; that they end in quarantine is shown elsewhere.
    desk.receive(*(inquiry for _, inquiry in hostile.inquiries() if len(inquiry.body) < 50_000))
    before = desk.ledger()
    aside = desk.quarantine(limit=200)
    assert len(aside) == before["quarantined"] > 10

    for number, entry in enumerate(aside):
        seen = operator.inspect(entry.inquiry_id)
        assert seen.raw.size > 0 or seen.reason == "empty"
        said = {"person__email": f"saved{number}@farm.example", "source": "website-contact"}
        reply = operator.release(entry.inquiry_id, trusted=True, **said)
        assert reply.outcome in ("registered", "responded", "duplicate"), (reply, seen.raw.text[:200])

    after = desk.ledger()
    assert (after["quarantined"], after["received"]) == (0, before["received"])
    assert len(desk.rows(RawPayload)) == before["receipts"]


@pytest.mark.requirement("CAP-15")
def test_a_released_inquiry_keeps_its_identifier_and_the_time_it_was_received(
    desk: FrontDesk, operator: Operator
) -> None:
    sent = form({"your-name": "Ann Lee"})
    desk.receive(sent)
    first = desk.reply(sent)
    desk.clock.forward(days=3)
    assert first.inquiry_id is not None
    operator.release(first.inquiry_id, person__email="ann@lee.example")

    now = desk.reply(sent)
    assert (now.inquiry_id, now.receipt_id, now.received_at) == (first.inquiry_id, first.receipt_id, NOON)
    event = only(desk.published(InquiryReceived))
    assert (event.received_at, event.registered_at) == (NOON, NOON + timedelta(days=3))
    assert only(desk.published(LeadRegistered)).response.received_at == NOON


@pytest.mark.requirement("CAP-20")
def test_garbage_is_put_right_by_hand_and_every_value_says_by_whom(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form({"your-name": "<script>x</script>", "your-email": "ann@@lee", "your-message": "A dryer?"}))
    aside = only(desk.quarantine())
    assert aside.reason == "hostile"
    reply = operator.release(aside.inquiry_id, person__full_name="Ann Lee", person__email="ann@lee.example")

    assert reply.outcome == "registered"
    person = only(desk.published(LeadRegistered)).person
    assert (person.name, person.email) == ("Ann Lee", "ann@lee.example")
    assert {one.by for one in operator.inspect(aside.inquiry_id).corrections} == {"Olga (ops)"}


@pytest.mark.requirement("CAP-20")
def test_nothing_is_deleted_on_suspicion(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form({"your-name": "Ann Lee", "your-email": "ann@lee.example", "fax_number": "filled"}))
    aside = only(desk.quarantine())
    operator.junk(aside.inquiry_id)
    desk.clock.forward(days=700)
    desk.run_due()

    assert operator.release(aside.inquiry_id, trusted=True).outcome == "registered"
    assert only(desk.published(InquiryReleased)).reason_before == "spam"


@pytest.mark.requirement("CAP-19")
def test_a_mapping_that_was_put_right_frees_all_that_it_had_spoiled(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    folder = tmp_path / "company"
    shutil.copytree(COMPANY, folder)
    desk = desk_on(room_database("capture"), folder)
    operator = Operator(desk, folder)
    desk.receive(*(partner({"Leser": {"Netzpost": f"ann{n}@lee.example"}, "n": n}) for n in range(30)))
    assert operator.release_many(preview=True).outcomes == {"quarantined: no_contact": 30}

    sources = folder / "sources.yml"
    sources.write_text(
        sources.read_text().replace("reader.mail: person", "Leser.Netzpost: person.email\n      reader.mail: person")
    )
    assert operator.release_many(preview=True).outcomes == {"passes": 30}
    assert desk.ledger()["quarantined"] == 30
    assert operator.release_many().outcomes == {"registered": 30}
    assert desk.ledger() | {"quarantined": 0, "registered": 30} == desk.ledger()
    desk.engine.dispose()
