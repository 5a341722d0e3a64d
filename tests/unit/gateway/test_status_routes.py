"""Programs say how leads stand: whose word it is, the key says; and links of managers show before they act."""

from dataclasses import replace

import pytest

from shared.contracts import calls
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_reading import ID, LINK, OWNER

SAID = calls.SayReply(lead_id=ID, status="quoted", changed=True)


def headers(desk: Desk, *sources: str) -> dict[str, str]:
    return desk.key("status", sources=sources)


@pytest.mark.requirement("FBK-5")
def test_a_quotation_tool_posts_an_amount(desk: Desk) -> None:
    desk.rooms.replies[calls.SAY] = SAID
    answer = desk.client.post(
        f"/v1/leads/{ID}/status",
        json={"status": "quoted", "amount": 9800, "currency": "USD"},
        headers={**headers(desk, "owner:hawkeye-implement"), "Idempotency-Key": "offer-17"},
    )

    assert (answer.status_code, answer.json["changed"]) == (200, True)
    [(name, said)] = desk.rooms.calls
    assert (name, said["owner_id"], said["key"], said["fields"]) == (
        "router.say", "hawkeye-implement", "offer-17", {"amount": "9800", "currency": "USD"},
    )  # fmt: skip
    assert said["by"].startswith("key ")


def test_a_key_speaks_for_its_own_owner_alone(desk: Desk) -> None:
    desk.rooms.replies[calls.SAY] = SAID
    body = {"status": "won", "owner_id": "somebody-else"}
    for held, status in ((["owner:hawkeye-implement"], 403), (["website-contact"], 403)):
        answer = desk.client.post(f"/v1/leads/{ID}/status", json=body, headers=headers(desk, *held))
        assert answer.status_code == status
    answer = desk.client.post(f"/v1/leads/{ID}/status", json={"status": "won"}, headers=headers(desk, "website"))
    assert answer.status_code == 422
    for method in ("GET", "POST"):
        sheet = desk.client.open(
            "/v1/owners/somebody-else/worksheet", method=method, headers=headers(desk, "owner:hawkeye-implement")
        )
        assert sheet.status_code == 403

    assert desk.rooms.calls == []


def test_a_worksheet_goes_out_and_comes_back(desk: Desk) -> None:
    desk.rooms.replies[calls.WORKSHEET] = calls.WorksheetReply(owner_id="x", leads=1, csv="lead,name\r\n1,Ärmel\r\n")
    desk.rooms.replies[calls.FILLED_SHEET] = calls.FilledSheetReply(
        rows=[calls.RowVerdict(row=2, lead="1", outcome="changed", status="won")]
    )
    sheet = desk.client.get("/v1/owners/x/worksheet", headers=headers(desk, "owner:x"))
    assert sheet.content_type.startswith("text/csv")
    assert "attachment" in sheet.headers["Content-Disposition"]

    answer = desk.client.post(
        "/v1/owners/x/worksheet", data="lead,new status\r\n1,Verkauft für Ärger".encode("cp1252"),
        headers=headers(desk, "owner:x"),
    )  # fmt: skip
    assert [row["outcome"] for row in answer.json["rows"]] == ["changed"]
    assert desk.rooms.calls[-1][1]["csv"].endswith("Verkauft für Ärger")


@pytest.mark.requirement("FBK-4")
def test_a_scanner_that_opens_everything_changes_nothing(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_LINK] = LINK
    desk.rooms.replies[calls.DESCRIBE_DECISION] = calls.DecisionReply(
        lead_id=ID, owner=OWNER, accepted=True, reason="other", evidence="<b>see</b>", possible=True
    )
    for address in ("/l/token", "/return/token"):
        for method in ("GET", "HEAD", "GET"):
            page = desk.client.open(address, method=method)
            assert page.status_code == 200, (address, method)
        for method in ("OPTIONS", "PUT", "DELETE", "PATCH"):
            assert desk.client.open(address, method=method).status_code == 405

    assert {name for name, _ in desk.rooms.calls} == {"router.describe_link", "router.describe_decision"}
    assert "&lt;b&gt;see&lt;/b&gt;" in page.text


def test_a_managers_button_decides(desk: Desk) -> None:
    desk.rooms.replies[calls.DECIDE] = calls.DecideReply(lead_id=ID, state="refused", changed=True)
    page = desk.client.post("/return/token", data={"note": "they called back"})

    assert "stays with its owner" in page.text
    assert desk.rooms.calls == [("router.decide", {"token": "token", "note": "they called back"})]


def test_every_field_that_a_word_may_ask_for_has_its_place_on_the_page(desk: Desk) -> None:
    asked = ["reason", "amount", "currency", "lost_to", "until", "at", "evidence", "to", "note"]
    for action in ("lost", "decline", "correct", "return", "blocked", "pause_me", "wrong_territory", "appointment"):
        desk.rooms.replies[calls.DESCRIBE_LINK] = replace(
            LINK, action=action, asks=asked, required=["reason"], choices=["price", "no <interest>"]
        )
        page = desk.client.get("/l/token").text
        for name in asked:
            assert f'name="{name}"' in page
        assert "no &lt;interest&gt;" in page
        assert page.count("required") == 1
