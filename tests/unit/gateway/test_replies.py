"""The page behind the link or the QR code of a piece: looking sends nothing, the button sends an inquiry."""

from uuid import UUID

import pytest

from shared.contracts import calls
from shared.contracts.errors import LinkInvalid
from shared.messaging.rpc_client import RoomAway
from tests.unit.gateway.conftest import Desk

LINK = calls.ResponseReply(
    lead_id=UUID(int=1), person_id=UUID(int=2),
    piece="literature", language="de", token="the-signed-word",
)  # fmt: skip
FORM = calls.ReplyFormReply(
    title="Two questions", intro="Short.", button="Send it", thanks="Thank <you>", message="Else?",
    questions=[
        calls.ReplyQuestion(answer="timing", ask="When?", kind="choice", choices={"now": "At once"}),
        calls.ReplyQuestion(answer="budget", ask="How much?", kind="number"),
    ],
)  # fmt: skip


@pytest.fixture
def linked(desk: Desk) -> Desk:
    """A link that leads to two questions."""
    desk.rooms.replies |= {calls.DESCRIBE_RESPONSE: LINK, calls.REPLY_FORM: FORM}
    return desk


def test_looking_sends_nothing_however_often(linked: Desk) -> None:
    pages = [linked.client.open("/r/abc", method=method) for method in ("GET", "HEAD", "GET")]

    assert {page.status_code for page in pages} == {200}
    assert linked.taken() == []
    for shown in ("Two questions", 'name="timing"', "At once", 'name="budget"', 'value="the-signed-word"'):
        assert shown in pages[0].text
    assert linked.rooms.calls[1] == ("qualify.reply_form", {"lead_id": LINK.lead_id, "language": "de"})


def test_the_button_sends_an_inquiry_to_the_front_desk(linked: Desk) -> None:
    answer = linked.client.post("/r/abc", data={"lb_reply": LINK.token, "timing": "now", "message": "Call after 6."})

    assert answer.status_code == 200
    assert "Thank &lt;you&gt;" in answer.text
    [(intake, body)] = linked.taken()
    assert (intake.dialect, intake.source) == ("form", "reply-form")
    assert body == b"lb_reply=the-signed-word&timing=now&message=Call+after+6."


def test_answers_are_taken_while_every_room_is_away(desk: Desk) -> None:
    desk.rooms.replies |= {calls.DESCRIBE_RESPONSE: RoomAway("fulfillment"), calls.REPLY_FORM: RoomAway("qualify")}
    answer = desk.client.post("/r/abc", data={"lb_reply": LINK.token, "timing": "now"})

    assert answer.status_code == 200
    assert len(desk.taken()) == 1


def test_without_qualification_there_is_still_room_for_a_message(desk: Desk) -> None:
    desk.rooms.replies |= {calls.DESCRIBE_RESPONSE: LINK, calls.REPLY_FORM: RoomAway("qualify")}

    assert 'name="message"' in desk.client.get("/r/abc").text


def test_nothing_filled_in_is_no_inquiry(linked: Desk) -> None:
    assert linked.client.post("/r/abc", data={"lb_reply": LINK.token, "timing": " "}).status_code == 400
    assert linked.taken() == []


def test_an_altered_link_shows_nothing(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_RESPONSE] = LinkInvalid("response")

    assert desk.client.get("/r/abc").status_code == 410
    assert desk.client.get("/r/" + "x" * 2001).status_code == 410
