"""The page on which a prospect says whether they bought: looking tells nothing, the button does."""

from uuid import UUID

import pytest

from shared.contracts import calls
from shared.contracts.errors import LinkInvalid
from tests.unit.gateway.conftest import Desk

TOKEN = "a-token"


def reply(answer: str | None = None) -> calls.PurchaseReply:
    return calls.PurchaseReply(
        lead_id=UUID(int=1), name="Ann <b>", owner_name="Hawkeye", products=["grain-dryer"], answer=answer
    )


def test_looking_tells_nothing(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_PURCHASE] = reply()
    pages = [desk.client.open(f"/bought/{TOKEN}", method=method) for method in ("GET", "HEAD", "GET")]

    assert {page.status_code for page in pages} == {200}
    assert {name for name, _ in desk.rooms.calls} == {"router.describe_purchase"}
    assert "Hello Ann &lt;b&gt;" in pages[0].text
    assert "grain dryer" in pages[0].text
    assert pages[0].headers["X-Robots-Tag"].startswith("noindex")


def test_the_answer_goes_to_the_router_with_what_belongs_to_it(desk: Desk) -> None:
    desk.rooms.replies[calls.TELL_PURCHASE] = reply("elsewhere")
    form = {"answer": "elsewhere", "bought_from": " Acme\x00 ", "note": "", "until": "", "other": "x"}
    answer = desk.client.post(f"/bought/{TOKEN}", data=form)

    assert answer.status_code == 200
    assert "Thank you" in answer.text
    [(name, said)] = desk.rooms.calls
    assert name == "router.tell_purchase"
    assert said == {"token": TOKEN, "answer": "elsewhere", "fields": {"bought_from": "Acme"}, "wants_contact": False}


@pytest.mark.parametrize("form", [{}, {"answer": "won"}])
def test_without_an_answer_nothing_is_told(desk: Desk, form: dict[str, str]) -> None:
    answer = desk.client.post(f"/bought/{TOKEN}", data=form)

    assert answer.status_code == 400
    assert "Choose one of the answers" in answer.text
    assert desk.rooms.calls == []


def test_a_link_that_is_over_says_so(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_PURCHASE] = LinkInvalid("This link has expired, or is not complete.")

    answer = desk.client.get(f"/bought/{TOKEN}", headers={"Accept": "text/html"})

    assert answer.status_code == 410
    assert "expired" in answer.text
