"""The link of double opt-in: looking confirms nothing, the button does, with proof of who pressed it."""

import pytest

from shared.contracts import calls
from shared.contracts.errors import LinkInvalid, NotAllowed
from tests.unit.gateway.conftest import Desk

TOKEN = "a-token"


def reply(done: bool) -> calls.ConfirmationReply:
    return calls.ConfirmationReply(
        channel="email", purpose="marketing", text="Yes, send me <b>news</b>.", done=done, masked_address="a@b.example"
    )


def test_looking_confirms_nothing(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_CONFIRMATION] = reply(False)
    pages = [desk.client.open(f"/confirm/{TOKEN}", method=method) for method in ("GET", "HEAD", "GET")]

    assert {page.status_code for page in pages} == {200}
    assert {name for name, _ in desk.rooms.calls} == {"capture.describe_confirmation"}
    assert "Yes, send me &lt;b&gt;news&lt;/b&gt;." in pages[0].text
    assert '<form method="post">' in pages[0].text
    assert pages[0].headers["X-Robots-Tag"].startswith("noindex")
    assert pages[0].headers["Referrer-Policy"] == "no-referrer", "the token is in the address"


def test_the_button_confirms_with_address_and_browser_as_proof(desk: Desk) -> None:
    desk.rooms.replies[calls.CONFIRM] = reply(True)
    answer = desk.client.post(f"/confirm/{TOKEN}", headers={"User-Agent": "A browser" + "x" * 900})

    assert answer.status_code == 200
    assert "Thank you" in answer.text
    [(name, said)] = desk.rooms.calls
    assert name == "capture.confirm"
    assert (said["token"], said["address"], len(said["user_agent"])) == (TOKEN, "127.0.0.1", 500)


@pytest.mark.parametrize(("problem", "status"), [(LinkInvalid("old"), 410), (NotAllowed("This was withdrawn."), 409)])
def test_a_link_that_holds_no_more_says_so(desk: Desk, problem: Exception, status: int) -> None:
    desk.rooms.replies[calls.CONFIRM] = desk.rooms.replies[calls.DESCRIBE_CONFIRMATION] = problem

    for method in ("GET", "POST"):
        answer = desk.client.open(f"/confirm/{TOKEN}", method=method, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (status, "text/html")


def test_who_guesses_tokens_is_stopped(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_CONFIRMATION] = LinkInvalid("no")
    statuses = [desk.client.get(f"/confirm/{number}").status_code for number in range(25)]

    assert set(statuses) == {410, 429}
    assert desk.client.get("/confirm/" + "x" * 2001).status_code in (410, 429)
