"""Owners answer a message by mail: understood, asked back, or kept for somebody to look at; never lost or guessed."""

from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.mail.messages import reply_of
from services.router.models import Lead, OwnerReply, OwnerWord
from services.router.reply_address import ReplyAddress
from services.router.usecases import replying
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.capture import PersonErased
from shared.database.plumbing import EFFECT
from shared.room import RawInquiry
from tests.integration.router.told import lead_in, lead_row, owner_id, press, qualified, token
from tests.played_room import PlayedRoom

MAILBOX = "leads@prairie-line.example"


@pytest.fixture
def desk(router_settings: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from services.router import service
    from tests.integration.router.conftest import COMPANY

    monkeypatch.setenv("LEADBUS_REPLY_ADDRESS", MAILBOX)
    service.desk.cache_clear()
    return service.desk(COMPANY)


@pytest.fixture
def handed(desk: Desk, router: PlayedRoom) -> published.LeadAssigned:
    """A lead that waits for Hawkeye Implement."""
    lead = lead_in()
    router.hear(lead, qualified(lead))
    event: published.LeadAssigned = router.published(published.LeadAssigned)[-1]
    return event


def mail(text: str, *, sender: str = "Bob <sales@hawkeye-implement.example>", number: int = 1, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["Subject"] = "Re: New lead: Ann Lee"
    message["Message-ID"] = f"<{number}@hawkeye-implement.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def answer(router: PlayedRoom, desk: Desk, assignment_id: UUID | str, body: bytes, times: int = 1) -> dict[str, Any]:
    """The mail arrives at the door and goes on to the router. Returns what was made of it."""
    assert desk.replies is not None
    to = desk.replies.address(assignment_id) if isinstance(assignment_id, UUID) else assignment_id
    intake = reply_of(body, to, router.clock.now())
    for _ in range(times):
        with router.uow.begin() as tx:
            replying.take_in(tx, [RawInquiry(intake, body)], desk=desk)
    return next(row for row in router.rows(OwnerReply) if row["receipt_id"] == intake.receipt_id)


def asked_back(router: PlayedRoom) -> list[dict[str, Any]]:
    planned = [row["payload"] for row in router.rows(EFFECT)]
    return [payload for payload in planned if payload["notice"] == "reply_unread"]


def test_a_lead_is_sold_by_replies_alone(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    quoted = (
        "\n\nOn Mon, Mar 2, 2026 at 9:00 AM Prairie Line <leads@prairie-line.example> wrote:\n> Lost    https://x\n"
    )
    for number, text in enumerate(("Accepted, thanks", "left a voicemail", "quoted 9,800", "Sold for $9,500!")):
        made = answer(router, desk, handed.assignment_id, mail(text + quoted, number=number))
        assert made["outcome"] == "understood"

    assert [event.status for event in router.published(published.LeadStatusChanged)] == [
        "accepted", "contacted", "quoted", "won",
    ]  # fmt: skip
    assert [event.amount for event in router.published(published.LeadWon)] == [Decimal("9500.00")]
    assert {(row["via"], row["by"]) for row in router.rows(OwnerWord)} == {("email", "sales@hawkeye-implement.example")}
    assert asked_back(router) == []


def test_a_mail_that_comes_twice_is_one_word(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    answer(router, desk, handed.assignment_id, mail("quoted 9,800"), times=3)
    relayed = mail("quoted 9,800").replace(b"From:", b"Received: from a relay by another\nFrom:", 1)
    answer(router, desk, handed.assignment_id, relayed)

    assert len(router.rows(OwnerReply)) == len(router.rows(OwnerWord)) == 1
    assert answer(router, desk, handed.assignment_id, mail("quoted 9800.00", number=2))["outcome"] == "repeated"


def test_what_is_not_certain_is_asked_back_and_nothing_is_changed(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    before = lead_row(router, handed.lead_id)
    made = answer(router, desk, handed.assignment_id, mail("sold 12.500"), times=2)

    assert (made["outcome"], made["waits"], made["text"]) == ("asked_back", True, "sold 12.500")
    assert lead_row(router, handed.lead_id) == before
    (letter,) = asked_back(router)
    assert (letter["recipient"], letter["address"]) == ("address", "sales@hawkeye-implement.example")
    assert letter["news"]["line"] == "sold 12.500"
    assert "more than one way" in letter["news"]["because"]


def test_a_word_that_needs_more_says_what(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    made = answer(router, desk, handed.assignment_id, mail("lost to Acme"))

    assert made["outcome"] == "asked_back"
    assert "bought from a competitor" in asked_back(router)[0]["news"]["because"]


def test_what_cannot_be_said_any_more_is_answered(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "decline"), reason="too far")
    made = answer(router, desk, handed.assignment_id, mail("sold 12,500"))

    assert (made["outcome"], made["waits"]) == ("refused", True)
    assert "somebody else" in asked_back(router)[0]["news"]["because"]
    assert router.published(published.LeadWon) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<news.example>"},
    ],
)
def test_what_nobody_wrote_is_nobodys_word(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned, headers: dict[str, str]
) -> None:
    made = answer(router, desk, handed.assignment_id, mail("sold 12,500", **headers))

    assert made["outcome"] == "automatic"
    # Who answers an absence notice is answered by the next one.
    assert asked_back(router) == []
    assert router.rows(OwnerWord) == []


def test_an_absence_notice_by_its_subject(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    body = mail("accept").replace(b"Subject: Re: New lead: Ann Lee", b"Subject: Automatic reply: New lead")

    assert answer(router, desk, handed.assignment_id, body)["outcome"] == "automatic"


def test_a_strangers_word_is_kept_for_the_manager(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    for number, sender in enumerate(("mallory@evil.example", "a@x.example, sales@hawkeye-implement.example")):
        made = answer(router, desk, handed.assignment_id, mail("sold 12,500", sender=sender, number=number))
        assert (made["outcome"], made["waits"]) == ("stranger", True)

    assert asked_back(router) == []
    assert router.published(published.LeadWon) == []


def test_a_guessed_code_and_bytes_that_are_no_mail_change_nothing(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    assert desk.replies is not None
    forged = ReplyAddress("another secret of thirty-two characters!", MAILBOX).address(handed.assignment_id)
    for number, (to, body) in enumerate(
        ((forged, mail("accept", number=7)), ("leads+x@prairie-line.example", mail("accept", number=8)),
         (forged, b"\x00\xff no mail"))
    ):  # fmt: skip
        made = answer(router, desk, to, body)
        assert (number, made["outcome"], made["lead_id"], made["waits"]) == (number, "unknown", None, True)

    assert lead_row(router, handed.lead_id)["status"] == "assigned"


def test_the_code_survives_mail_servers_that_change_case(desk: Desk, handed: published.LeadAssigned) -> None:
    assert desk.replies is not None
    address = desk.replies.address(handed.assignment_id)

    assert len(address.partition("@")[0].partition("+")[2]) <= 40
    assert desk.replies.read(address.upper()) == handed.assignment_id
    for place in range(len("leads+"), address.index("@")):
        changed = address[:place] + ("a" if address[place] != "a" else "b") + address[place + 1 :]
        assert desk.replies.read(changed) is None


def test_call_back_gives_the_lead_back_until_then(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    answer(router, desk, handed.assignment_id, mail("Call back in October, please.\n\n-- \nBob\nsold 1,000 tractors"))

    (recycled,) = router.published(published.LeadRecycled)
    assert recycled.until == date(2026, 10, 1)
    assert owner_id(router, handed.lead_id) == "marketing"


def test_a_page_as_a_mail_is_read_too(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "sales@hawkeye-implement.example", "<9@x>"
    page = "<div>quoted <b>9,800</b></div><br><blockquote>Lost <a href='x'>Lost</a></blockquote>"
    message.set_content(page, subtype="html")
    made = answer(router, desk, handed.assignment_id, message.as_bytes())

    assert (made["outcome"], made["action"]) == ("understood", "quoted")


def test_what_an_erased_person_was_written_about_is_gone(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    answer(router, desk, handed.assignment_id, mail("Spoke to Ann Lee, she wants the big one"))
    answer(router, desk, handed.assignment_id, mail("Ann Lee wonders about the price", number=2))
    press(router, desk, token(router, desk, handed.lead_id, "blocked"), reason="other", note="Ann Lee's bank")
    router.hear(
        PersonErased(
            erasure_id=uuid4(), person_ids=[handed.person_id], lead_ids=[handed.lead_id],
            erased_at=router.clock.now(),
        )
    )  # fmt: skip

    late = answer(router, desk, handed.assignment_id, mail("sold 12,500 to Ann Lee", number=3))
    assert (late["outcome"], late["text"], late["waits"]) == ("refused", None, False)
    for table in (OwnerReply, OwnerWord, Lead):
        assert "Ann Lee" not in str(router.rows(table))
    assert len(router.rows(OwnerReply)) == 3
    assert [event.outcome for event in router.published(published.OwnerReplyUnread)] == ["asked_back"]
