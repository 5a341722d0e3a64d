"""What owners are promised when they close the loop, and what managers get from it: over real sockets both ways."""

import asyncio
import re
import smtplib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest

from gateway.entrypoints import parse_entrypoints
from gateway.intakes import Outcome
from gateway.mail.smtp import Listener
from services.analytics.domain.sentences import sentence
from services.router.models import OwnerReply, OwnerRow, OwnerWord
from services.router.usecases import looking_after, replying, reporting
from services.router.usecases.answering import Desk
from shared.contracts import calls, schema
from shared.contracts import router as published
from shared.contracts.intake import Intake
from shared.room import RawInquiry
from tests.integration.router.receivers import MailServer, perform
from tests.integration.router.told import (
    assignments,
    lead_in,
    lead_row,
    look,
    owner_id,
    press,
    qualified,
    token,
    without_duty,
)
from tests.played_room import PlayedRoom

MAILBOX = "dealers@prairie-line.example"
DEALER = "sales@cedar-valley-tractor.example"


@pytest.fixture
def router_settings(router_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example company takes answers by mail."""
    monkeypatch.setenv("LEADBUS_REPLY_ADDRESS", MAILBOX)


@dataclass
class Door:
    """The mail door's way to the router, without the broker between them."""

    router: PlayedRoom
    desk: Desk
    port: int = 0
    taken: list[Intake] = field(default_factory=list)

    def accept(self, intake: Intake, body: bytes) -> Outcome:
        self.taken.append(intake)
        with self.router.uow.begin() as tx:
            replying.take_in(tx, [RawInquiry(intake, body)], desk=self.desk)
        return "published"


@pytest.fixture
def door(desk: Desk, delivering: PlayedRoom) -> Iterator[Door]:
    """An SMTP server that takes the dealers' answers."""
    made = Door(delivering, desk)
    doors = parse_entrypoints({"mail": {"addresses": {"info@prairie-line.example": "info-mailbox"}}})
    mail = type(doors.mail)(doors.mail.addresses, replies=MAILBOX)
    listener = Listener(type(doors)({}, {}, mail=mail), made, delivering.clock.now)  # type: ignore[arg-type]
    loop = asyncio.new_event_loop()
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    made.port = asyncio.run_coroutine_threadsafe(listener.start("127.0.0.1", 0), loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(listener.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    running.join(10)
    loop.close()


@dataclass
class Mailbox:
    """All that a dealer has: letters that come, and an answer to the newest one, as a mail program writes it."""

    mail: MailServer
    door: Door
    written: int = 0

    @property
    def newest(self) -> EmailMessage:
        return [
            message for recipients, message in self.mail.received if recipients[0].endswith("valley-tractor.example")
        ][-1]

    def answer(self, text: str, sender: str = DEALER) -> None:
        perform(self.door.router)
        asked, self.written = self.newest, self.written + 1
        reply = EmailMessage()
        reply["From"], reply["To"] = f"Bob Miller <{sender}>", asked["Reply-To"]
        reply["Subject"] = f"Re: {asked['Subject']}"
        reply["Message-ID"] = f"<{self.written}@cedar-valley.example>"
        body = asked.get_body(("plain",))
        quoted = "\n".join(f"> {row}" for row in (body.get_content() if body else "").splitlines())
        signature = "--\nBob Miller\nCedar Valley Tractor"
        asked_by = "On Mon, Mar 2, 2026 at 9:00 AM Prairie Line Equipment <leads@prairie-line.example> wrote:"
        reply.set_content(f"{text}\n\n{signature}\n\n{asked_by}\n{quoted}\n", cte="quoted-printable")
        with smtplib.SMTP("127.0.0.1", self.door.port, timeout=10) as server:
            server.send_message(reply, sender, [str(asked["Reply-To"])])


@pytest.fixture
def handed(desk: Desk, delivering: PlayedRoom) -> published.LeadAssigned:
    """A lead that Cedar Valley Tractor, who have nothing but a mailbox, are to work."""
    lead = lead_in("50701")
    delivering.hear(lead, qualified(lead))
    event: published.LeadAssigned = delivering.published(published.LeadAssigned)[-1]
    assert event.owner.owner_id == "cedar-valley-tractor"
    return event


def story(router: PlayedRoom) -> list[str]:
    return [sentence(e.room, e.name, schema.dump(e)) for e in router.published() if hasattr(e, "lead_id")]


@pytest.mark.requirement("FBK-1", "FBK-4", "FBK-8", "FBK-9", "ACC-1")
def test_a_lead_goes_from_receipt_to_sold_using_only_a_mailbox(
    delivering: PlayedRoom, desk: Desk, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    bob = Mailbox(mail, door)
    for text in ("Accepted, thanks!", "Left a voicemail", "appointment March 10 at 3pm", "quoted 13,200",
                 "quoted 12,900", "Sold for $12,500"):  # fmt: skip
        bob.answer(text)
        delivering.clock.forward(hours=20)
        assert without_duty(delivering, desk) == []

    row = lead_row(delivering, handed.lead_id)
    assert (row["status"], row["closed_at"] is not None) == ("won", True)
    assert [event.status for event in delivering.published(published.LeadStatusChanged)] == [
        "accepted", "contacted", "appointment", "quoted", "won",
    ]  # fmt: skip
    assert [event.amount for event in delivering.published(published.QuoteRecorded)] == [Decimal(13200), Decimal(12900)]
    (won,) = delivering.published(published.LeadWon)
    assert (won.amount, won.currency) == (Decimal("12500.00"), "USD")
    assert {row["outcome"] for row in delivering.rows(OwnerReply)} == {"understood"}
    # Nobody was asked anything back, and no answer went to the front desk.
    assert {message["Subject"] for _, message in mail.received} == {mail.received[0][1]["Subject"]}
    assert {intake.dialect for intake in door.taken} == {"owner_reply"}
    assert "Won: cedar-valley-tractor made the sale for 12500.00 USD." in story(delivering)
    assert "cedar-valley-tractor moved the lead from assigned to accepted, by a reply." in story(delivering)


@pytest.mark.requirement("FBK-4")
def test_an_answer_that_is_not_certain_is_asked_back_and_the_next_one_counts(
    delivering: PlayedRoom, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    bob = Mailbox(mail, door)
    bob.answer("sold 12.500")
    perform(delivering)
    assert bob.newest["Subject"].startswith("Please say it again")
    asked_back = bob.newest.get_content()
    assert 'You wrote: "sold 12.500"' in asked_back
    assert re.search(r"Won +https://leads\.prairie-line\.example/l/", asked_back)
    assert delivering.published(published.LeadWon) == []

    bob.answer("sold 12500")
    assert [event.amount for event in delivering.published(published.LeadWon)] == [Decimal("12500.00")]


@pytest.mark.requirement("FBK-2", "FBK-3")
def test_lost_to_whom_and_why(
    delivering: PlayedRoom, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    Mailbox(mail, door).answer("Lost to Green Brand: price")

    (lost,) = delivering.published(published.LeadLost)
    assert (lost.lost_to, lost.reason) == ("Green Brand", "price")
    assert "Lost to Green Brand: price." in story(delivering)


@pytest.mark.requirement("FBK-5")
def test_a_quotation_tool_is_linked_to_the_lead(
    delivering: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    for _ in range(2):
        with delivering.uow.begin() as tx:
            request = calls.SayRequest(
                lead_id=handed.lead_id, status="quoted", fields={"amount": "9800"}, owner_id="cedar-valley-tractor",
                key="offer-17", by="key quotes",
            )  # fmt: skip
            reporting.report(tx, request, rules=desk.rules)

    assert lead_row(delivering, handed.lead_id)["quoted_amount"] == Decimal("9800.00")
    assert len(delivering.published(published.QuoteRecorded)) == 1


@pytest.mark.requirement("FBK-6", "FBK-7")
def test_nobody_is_exempt_from_the_record_of_who_said_what_when(
    delivering: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    press(delivering, desk, token(delivering, desk, handed.lead_id, "accept"))
    delivering.clock.forward(days=1)
    press(delivering, desk, token(delivering, desk, handed.lead_id, "won"))

    duties = delivering.published(published.DutyEnded)
    assert [(duty.clock, duty.did, duty.left_out) for duty in duties] == [
        ("accept", "accept", []), ("contact", "won", ["amount"]),
    ]  # fmt: skip
    words = delivering.rows(OwnerWord)
    assert {(word["owner_id"], word["via"]) for word in words} == {("cedar-valley-tractor", "link")}


@pytest.mark.requirement("FBK-10")
def test_an_owner_says_what_blocks_them_and_it_is_shown_and_reported(
    delivering: PlayedRoom, desk: Desk, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    Mailbox(mail, door).answer("waiting for the factory")
    with delivering.uow.begin() as tx:
        (blocker,) = looking_after.blockers(tx, rules=desk.rules).blockers

    assert (blocker.owner_name, blocker.reason, blocker.leads) == ("Cedar Valley Tractor", "waiting for the factory", 1)
    assert "cedar-valley-tractor cannot go on, by a reply: waiting for the factory." in story(delivering)
    assert without_duty(delivering, desk) == []


@pytest.mark.requirement("FBK-11")
def test_who_closes_the_loop_stands_better_for_it(
    delivering: PlayedRoom, desk: Desk, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    Mailbox(mail, door).answer("sold 12,500")

    (standing,) = [row for row in delivering.rows(OwnerRow) if row["owner_id"] == "cedar-valley-tractor"]
    assert [(month["ended"], month["won"]) for month in standing["results"].values()] == [(1, 1)]
    assert standing["open"] == 0


@pytest.mark.requirement("ACC-7", "FBK-4")
def test_a_refusal_by_mail_gives_the_lead_to_the_next_at_once(
    delivering: PlayedRoom, desk: Desk, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    bob = Mailbox(mail, door)
    bob.answer("declined: too far")
    assert owner_id(delivering, handed.lead_id) != "cedar-valley-tractor"
    assert len(assignments(delivering, handed.lead_id)) == 3
    assert without_duty(delivering, desk) == []

    bob.answer("sold 12,500")
    assert [row["outcome"] for row in delivering.rows(OwnerReply)].count("refused") == 1
    assert delivering.published(published.LeadWon) == []


@pytest.mark.requirement("FBK-4", "FBK-9")
def test_every_link_of_a_message_may_be_opened_by_a_scanner_and_one_press_does_one_thing(
    delivering: PlayedRoom, desk: Desk, door: Door, mail: MailServer, handed: published.LeadAssigned
) -> None:
    perform(delivering)
    sheet: Any = Mailbox(mail, door).newest.get_body(("plain",))
    tokens = re.findall(r"/l/(\S+)", sheet.get_content())
    assert len(tokens) >= 2
    before = (delivering.envelopes(), lead_row(delivering, handed.lead_id))
    for _ in range(3):
        for one in tokens:
            look(delivering, desk, one)

    assert (delivering.envelopes(), lead_row(delivering, handed.lead_id)) == before
    assert press(delivering, desk, tokens[0]).changed
    assert not press(delivering, desk, tokens[0]).changed
