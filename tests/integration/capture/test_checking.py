"""What the front desk says before an inquiry is sent, and what comes of what the gateway suspects."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.capture import company as companies
from services.capture.models import Person, RawPayload
from services.capture.usecases import checking
from shared.contracts.calls import CheckReply, CheckRequest
from shared.contracts.capture import InquiryQuarantined, LeadRegistered
from shared.contracts.errors import ContractViolation, NotFound
from shared.contracts.intake import QUEUE
from shared.messaging.inbox import IntakeHearing, handle_batch
from shared.messaging.retry import retry_waiting
from shared.room import RawInquiry
from tests.builders import NOON
from tests.integration.capture.desk import COMPANY, FrontDesk, as_message, form, only, partner

REGISTER = companies.load(COMPANY)
ANN = {"email": "ann@leefarms.example", "name": "Ann Lee", "phone": "515-555-0142", "zip": "50010"}


def checked(body: bytes, *, source: str = "partner-agrimag", dialect: str = "json") -> CheckReply:
    request = CheckRequest(
        source=source, dialect=dialect, content_type="application/json", body=base64.b64encode(body).decode()
    )
    return checking.check(request, REGISTER, NOON)


def test_an_inquiry_is_judged_before_it_is_sent() -> None:
    good = checked(json.dumps(ANN).encode())
    bad = checked(b'{"zip": "50010"}')

    assert (good.acceptable, good.state) == (True, "registered")
    assert "budget" in good.missing
    assert "email" not in good.missing
    assert (bad.acceptable, bad.state, bad.reason) == (False, "quarantined", "no_contact")
    assert "email" in bad.missing


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff\x00", b'{"email": "\\ud800"}'])
def test_whatever_is_asked_gets_an_answer(body: bytes) -> None:
    assert checked(body).state in ("quarantined", "registered")


def test_a_source_that_nobody_knows_would_be_set_aside() -> None:
    assert checked(json.dumps(ANN).encode(), source="nobody").reason == "unknown_source"


def test_what_is_no_base64_is_the_callers_mistake() -> None:
    with pytest.raises(ContractViolation):
        checking.check(CheckRequest(source="a", dialect="json", content_type="", body="ü"), REGISTER, NOON)


def test_every_source_has_a_specification() -> None:
    for source in checking.sources(REGISTER).sources:
        spec = checking.specification(source.id, REGISTER)
        names = {field.name for field in spec.fields}
        assert spec.entry == source
        assert set(REGISTER.sources[source.id].written) - names <= {
            name for name, target in REGISTER.sources[source.id].written.items() if target in ("ignore", "test", "trap")
        }
        assert "timing" in names or any(field.target == "answer.timing" for field in spec.fields)
    with pytest.raises(NotFound):
        checking.specification("nobody", REGISTER)


def test_choices_are_told() -> None:
    spec = checking.specification("partner-agrimag", REGISTER)

    assert "3m" in only(field for field in spec.fields if field.name == "buying_horizon").choices


@pytest.mark.requirement("CAP-20")
def test_what_a_time_trap_caught_is_set_aside_whole_and_no_person_comes_of_it(desk: FrontDesk) -> None:
    caught = form({"your-name": "Ann Lee", "your-email": "ann@leefarms.example"}, suspicion="sent 0 seconds after")
    desk.receive(caught)

    assert (desk.reply(caught).state, desk.reply(caught).reason) == ("quarantined", "spam")
    assert only(desk.published(InquiryQuarantined)).reason == "spam"
    assert desk.rows(Person) == []
    assert only(desk.rows(RawPayload))["body"] == caught.body


@pytest.mark.requirement("CAP-1")
def test_copies_that_come_at_the_same_moment_give_one_lead(desk: FrontDesk) -> None:
    copies = [partner(ANN | {"lead_ref": "7"}) for _ in range(8)]

    def receive(one: RawInquiry) -> None:
        handle_batch(IntakeHearing(desk.room), desk.uow, [as_message(one)], desk.policy)

    with ThreadPoolExecutor(8) as desks:
        list(desks.map(receive, copies))
    # Whoever lost the race finds the winner when its message is tried again, as it is after some seconds.
    desk.clock.forward(hours=1)
    while retry_waiting({QUEUE: IntakeHearing(desk.room)}, desk.uow, desk.policy):
        pass

    replies = [desk.reply(one) for one in copies]
    assert len(desk.published(LeadRegistered)) == 1
    assert len({reply.lead_id for reply in replies}) == 1
    assert len({reply.inquiry_id for reply in replies}) == 1, "every receipt tells of the same inquiry"
    assert (desk.ledger()["registered"], desk.ledger()["duplicate"]) == (1, 7)
