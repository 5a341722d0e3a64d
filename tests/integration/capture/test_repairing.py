"""What was set aside is looked at, put right and released; or it stays, marked."""

import contextlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.capture.domain import corrections
from services.capture.models import Inquiry, RawPayload, Repair
from services.capture.present import Present
from services.capture.rpc.repair import RepairCalls
from services.capture.usecases import repairing
from shared.contracts.calls import (
    ReleaseReply,
    ReleaseRequest,
)
from shared.contracts.capture import InquiryQuarantined, InquiryReceived, InquiryReleased, LeadRegistered
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction
from tests.builders import NOON
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on, form, only, partner, raw, sheet
from tests.integration.capture.repairs import BY, Operator

NOBODY = {"your-name": "Ann Lee", "your-message": "Please call me about the GD 500"}


@pytest.fixture
def operator(desk: FrontDesk) -> Operator:
    return Operator(desk)


def test_an_inquiry_that_was_put_right_is_registered_as_if_it_had_come_so(desk: FrontDesk, operator: Operator) -> None:
    sent = form(NOBODY)
    desk.receive(sent)
    aside = only(desk.quarantine())
    desk.clock.forward(days=2)

    reply = operator.release(aside.inquiry_id, person__email="Ann@LeeFarms.example ")

    assert (reply.outcome, reply.already) == ("registered", False)
    lead = only(desk.published(LeadRegistered))
    assert (lead.person.email, lead.person.given_name) == ("ann@leefarms.example", "Ann")
    assert (lead.response.inquiry_id, lead.response.received_at) == (aside.inquiry_id, NOON)
    assert lead.response.message == NOBODY["your-message"]
    assert only(desk.published(InquiryReceived)).outcome == "registered"
    released = only(desk.published(InquiryReleased))
    assert (released.reason_before, released.released_by, released.lead_id) == ("no_contact", BY, lead.lead_id)
    assert desk.reply(sent).state == "registered"
    assert desk.quarantine() == []
    assert desk.ledger() | {"received": 1, "registered": 1, "quarantined": 0} == desk.ledger()


def test_what_was_given_wins_and_says_who_gave_it_when(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY | {"your-email": "ann at lee", "how_many_acres": "500"}))
    aside = only(desk.quarantine())
    reply = operator.release(
        aside.inquiry_id,
        person__email="ann@lee.example",
        answer__acres="700",
        product="dryer",
        person__full_name="Ann Li",
    )

    event = only(desk.published(LeadRegistered))
    assert reply.outcome == "registered"
    assert (event.person.family_name, event.response.answers["acres"]) == ("Li", "700")
    assert event.response.products == ["grain-dryer"]
    seen = operator.inspect(aside.inquiry_id)
    assert {one.field: (one.value, one.by, one.at) for one in seen.corrections}["answer.acres"] == ("700", BY, NOON)
    assert (only(seen.repairs).action, only(seen.repairs).reason_before) == ("released", "no_contact")


def test_what_does_not_pass_stays_with_what_was_given_so_far(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())

    first = operator.release(aside.inquiry_id, person__phone="12")
    assert (first.outcome, first.reason) == ("quarantined", "no_contact")
    assert [repair["action"] for repair in desk.rows(Repair)] == ["refused"]
    second = operator.release(aside.inquiry_id, person__email="ann@lee.example")

    assert second.outcome == "registered"
    assert len(desk.published(InquiryQuarantined)) == 1
    assert {row["number"]: row["action"] for row in desk.rows(Repair)} == {1: "refused", 2: "released"}
    assert desk.ledger()["quarantined"] == 0


def test_the_second_operator_is_told_what_became_of_it(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())
    first = operator.release(aside.inquiry_id, person__email="ann@lee.example")
    second = operator.release(aside.inquiry_id, person__email="ann@other.example", by="Otto")

    assert (second.outcome, second.already, second.lead_id) == ("registered", True, first.lead_id)
    assert len(desk.published(LeadRegistered)) == 1
    assert len(desk.rows(Repair)) == 1


def test_two_operators_at_once_release_it_once(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())
    replies: list[ReleaseReply] = []
    both = threading.Barrier(2)

    def release() -> None:
        both.wait(10)
        replies.append(operator.release(aside.inquiry_id, person__email="ann@lee.example"))

    threads = [threading.Thread(target=release) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(reply.already for reply in replies) == [False, True]
    assert len(desk.published(LeadRegistered)) == len(desk.published(InquiryReleased)) == 1
    assert desk.ledger()["registered"] == 1


def test_a_release_that_crosses_another_of_the_same_person_is_done_again(desk: FrontDesk) -> None:
    desk.receive(form(NOBODY), form(NOBODY | {"your-company": "Lee Farms"}))
    one, other = desk.quarantine()
    # Nobody's own domain: of a company both would wait for the one who names it first.
    said = {"person.email": "ann.lee@gmail.com"}
    crossed: list[int] = []

    class Crossing(RepairCalls):
        """The first attempt finds, at its end, that somebody else was faster."""

        @property
        def runtime(self) -> Any:
            return self

        company = COMPANY

        @contextlib.contextmanager
        def begin(self) -> Iterator[Transaction]:
            with desk.uow.begin() as tx:
                yield tx
                if not crossed:
                    crossed.append(1)
                    Operator(desk).release(other.inquiry_id, person__email="ann.lee@gmail.com")

    reply = Crossing().release(inquiry_id=str(one.inquiry_id), by=BY, corrections=said, trusted=False)

    assert crossed
    assert reply["outcome"] == "responded"
    assert desk.ledger() | {"registered": 1, "responded": 1, "persons": 1, "quarantined": 0} == desk.ledger()


def test_a_crash_in_the_middle_leaves_it_where_it_was(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())
    request = ReleaseRequest(inquiry_id=aside.inquiry_id, by=BY, corrections={"person.email": "ann@lee.example"})
    with contextlib.suppress(KeyboardInterrupt), desk.uow.begin() as tx:
        repairing.release(tx, request, operator.present.company(tx))
        tx.flush()
        raise KeyboardInterrupt

    assert only(desk.quarantine()).reason == "no_contact"
    assert desk.rows(Repair) == []
    assert operator.release(aside.inquiry_id, person__email="ann@lee.example").outcome == "registered"


def test_spam_is_released_when_a_person_says_that_it_is_none(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY | {"your-email": "ann@lee.example", "fax_number": "autofilled"}))
    aside = only(desk.quarantine())
    assert aside.reason == "spam"

    assert operator.release(aside.inquiry_id).outcome == "quarantined"
    assert operator.release(aside.inquiry_id, trusted=True).outcome == "registered"
    assert [row["trusted"] for row in sorted(desk.rows(Repair), key=lambda row: row["number"])] == [False, True]


def test_junk_stays_and_may_come_back(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())
    assert operator.junk(aside.inquiry_id).junk
    assert operator.junk(aside.inquiry_id).already

    assert desk.quarantine() == []
    assert only(operator.page(junk=True).entries).inquiry_id == aside.inquiry_id
    assert len(desk.rows(RawPayload)) == desk.ledger()["quarantined"] == 1
    assert not operator.junk(aside.inquiry_id, junk=False).junk
    assert only(desk.quarantine()).inquiry_id == aside.inquiry_id
    operator.junk(aside.inquiry_id)
    assert operator.release(aside.inquiry_id, person__email="ann@lee.example").outcome == "registered"


def test_an_inquiry_of_an_unknown_source_is_released_as_that_of_a_known_one(
    desk: FrontDesk, operator: Operator
) -> None:
    sent = form({"your-name": "Ann Lee", "your-email": "ann@lee.example"}, source="old-website")
    desk.receive(sent)
    aside = only(desk.quarantine())
    assert aside.reason == "unknown_source"

    assert operator.release(aside.inquiry_id, person__phone="515-555-0142").reason == "unknown_source"
    assert operator.release(aside.inquiry_id, source="website-contact").outcome == "registered"
    assert only(desk.published(LeadRegistered)).response.source == "website-contact"


def test_what_no_reader_can_read_is_typed_in(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(raw(b"\x00\xff{{{ ann@lee.example \x1b[31m", content_type="application/json"))
    aside = only(desk.quarantine())
    seen = operator.inspect(aside.inquiry_id)
    assert "\x00" not in seen.raw.text
    assert "\x1b" not in seen.raw.text
    assert "ann@lee.example" in seen.raw.text
    assert seen.raw.hex.startswith("000000  00 ff 7b 7b 7b")
    assert seen.still == "unreadable"

    assert operator.release(aside.inquiry_id, person__email="ann@lee.example").outcome == "registered"


def test_a_body_that_turns_out_to_be_a_list_becomes_all_its_rows(desk: FrontDesk, operator: Operator) -> None:
    rows = "Name,Email\n" + "".join(f"Ann{n} Lee,ann{n}@lee.example\n" for n in range(700))
    sent = raw(rows.encode(), source="partner-agrimag", dialect="json", content_type="text/plain")
    desk.receive(sent)
    aside = only(desk.quarantine())

    assert operator.release(aside.inquiry_id, dialect="csv").outcome == "registered"
    desk.run_due()

    assert desk.ledger() | {"received": 700, "registered": 700, "pending": 0} == desk.ledger()
    assert {row.state for row in desk.reply(sent).rows} == {"registered"}
    assert len(desk.published(LeadRegistered)) == 700


def test_a_row_of_a_list_is_released_alone(desk: FrontDesk, operator: Operator) -> None:
    sent = sheet("Attendee Name,Email\nAnn Lee,ann@lee.example\nBob Ray,\nCy Fox,cy@fox.example\n")
    desk.receive(sent)
    aside = only(desk.quarantine())
    assert (aside.row, aside.who) == (2, "Bob Ray")
    operator.release(aside.inquiry_id, person__email="bob@ray.example")

    assert [row.state for row in desk.reply(sent).rows] == ["registered"] * 3
    assert len({row["id"] for row in desk.rows(Inquiry)}) == 3


def test_corrections_that_cannot_be_are_refused_by_name(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())
    with pytest.raises(ContractViolation) as refused:
        operator.release(aside.inquiry_id, person__emial="ann@lee.example")
    assert "person.email" in str(refused.value.fields["corrections.person.emial"])
    with pytest.raises(ContractViolation):
        operator.release(aside.inquiry_id, consent__email="yes")
    with pytest.raises(NotFound):
        operator.release(uuid4())
    assert desk.rows(Repair) == []


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "x\x00y\x1b[31m",
        "\ud800",
        "\u202egnp.exe",
        "=HYPERLINK(1)",
        "z" * 20_000,
        "<script>",
        "\n\r\t",
        "9" * 400,
    ],
)
def test_whatever_is_given_ends_as_a_lead_or_stays(desk: FrontDesk, operator: Operator, value: str) -> None:
    desk.receive(form(NOBODY))
    aside = only(desk.quarantine())
    with desk.uow.begin() as tx:
        names = [name for name in corrections.fields(operator.present.company(tx)) if name not in corrections.READING]
    given = dict.fromkeys(names, value)
    request = ReleaseRequest(inquiry_id=aside.inquiry_id, by=f"Olga {value}"[:300], corrections=given, trusted=True)
    with desk.uow.begin() as tx:
        reply = repairing.release(tx, request, operator.present.company(tx))
    assert reply.outcome in ("registered", "quarantined")
    operator.page(reason=value[:300], source=value[:300])
    operator.inspect(aside.inquiry_id)
    assert operator.release(aside.inquiry_id, person__email="ann@lee.example", trusted=True).outcome == "registered"
    desk.ledger()


def test_pages_do_not_slip_when_new_ones_come_in(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(*(form(NOBODY | {"your-company": f"Farm {n}"}) for n in range(7)))
    first = operator.page(limit=3)
    desk.receive(form(NOBODY, minutes=60))
    second = operator.page(limit=3, cursor=first.next)
    third = operator.page(limit=3, cursor=second.next)

    seen = [entry.inquiry_id for page in (first, second, third) for entry in page.entries]
    assert len(seen) == len(set(seen)) == 7
    assert third.next is None
    with pytest.raises(ContractViolation):
        operator.page(cursor="nonsense")


def test_the_list_is_filtered_by_reason_source_and_day(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(
        form(NOBODY),
        form(NOBODY | {"fax_number": "x"}, minutes=24 * 60),
        partner({"reader": {"name": "Cy Fox"}}),
    )
    assert len(operator.page(reason="no_contact").entries) == 2
    assert only(operator.page(source="partner-agrimag").entries).who == "Cy Fox"
    assert only(operator.page(day=NOON.date(), source="website-contact").entries).reason == "no_contact"
    assert {(group.reason, group.source, group.number) for group in operator.page(limit=1).groups} == {
        ("no_contact", "website-contact", 1), ("spam", "website-contact", 1), ("no_contact", "partner-agrimag", 1),
    }  # fmt: skip


def _mapped(folder: Path) -> Path:
    shutil.copytree(COMPANY, folder)
    return folder


def test_a_mapping_is_put_right_and_all_that_it_spoiled_is_released(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    folder = _mapped(tmp_path / "company")
    desk = desk_on(room_database("capture"), folder)
    operator = Operator(desk, folder)
    # The partner renamed its field: nobody can be reached any more.
    desk.receive(*(partner({"Leser": {"Netzpost": f"ann{n}@lee.example"}, "n": n}) for n in range(230)))
    desk.receive(partner({"reader": {"name": "No Body"}}))
    assert desk.ledger()["quarantined"] == 231

    assert operator.release_many(preview=True, source="partner-agrimag").outcomes == {"quarantined: no_contact": 100}
    desk.run_due()
    text = (folder / "sources.yml").read_text()
    (folder / "sources.yml").write_text(
        text.replace("reader.mail: person", "Leser.Netzpost: person.email\n      reader.mail: person")
    )
    preview = operator.release_many(preview=True, reason="no_contact")
    assert (preview.total, preview.handled, preview.done) == (231, 100, False)
    assert desk.ledger()["quarantined"] == 231

    run = operator.release_many(reason="no_contact")
    assert (run.total, run.handled, sum(run.outcomes.values())) == (231, 100, 100)
    # Due work asks for the register of the folder that the room was made with.
    desk.run_due()
    with desk.uow.begin() as tx:
        assert repairing.run_of(tx, preview.run_id).outcomes == {"passes": 230, "quarantined: no_contact": 1}
        done = repairing.run_of(tx, run.run_id)
    assert (done.done, done.handled, done.outcomes) == (True, 231, {"registered": 230, "quarantined": 1})
    assert desk.ledger() | {"registered": 230, "quarantined": 1} == desk.ledger()
    assert {row["run_id"] for row in desk.rows(Repair)} == {run.run_id}
    desk.engine.dispose()


def test_a_mapping_that_cannot_be_loaded_changes_nothing(desk: FrontDesk, tmp_path: Path) -> None:
    folder = _mapped(tmp_path / "company")
    present = Present(folder)
    with desk.uow.begin() as tx:
        before = present.company(tx)
        (folder / "sources.yml").write_text("sources: [")
        assert present.company(tx) is before


def test_a_released_copy_of_what_came_otherwise_is_that_one(desk: FrontDesk, operator: Operator) -> None:
    copy = {"your-name": "Ann Lee", "your-email": "ann@lee.example"}
    desk.receive(form({"your-name": "Ann Lee"}))
    desk.receive(form(copy, minutes=2))
    aside = only(desk.quarantine())
    reply = operator.release(aside.inquiry_id, person__email="ann@lee.example")

    assert reply.outcome in ("duplicate", "responded")
    assert len(desk.published(LeadRegistered)) == 1
    desk.ledger()


def test_events_of_a_second_quarantine_are_new_ones(desk: FrontDesk, operator: Operator) -> None:
    desk.receive(partner({"reader": {"name": "Ann"}, "json": json.dumps([1])}))
    aside = only(desk.quarantine())
    assert desk.envelopes(InquiryQuarantined)[0].data.repairs == 0
    assert operator.release(aside.inquiry_id).outcome == "quarantined"
    assert len(desk.envelopes(InquiryQuarantined)) == 1
