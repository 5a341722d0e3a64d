"""Senders that wait for a verdict, vendors that want one, and what the office keys."""

import base64
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.routes import reads
from gateway.verdictfile import verdict_file
from shared.contracts import calls
from shared.contracts.calls import CheckReply, ReceiptReply, ReceiptRow
from shared.messaging.rpc_client import RoomAway, RpcTimeout
from tests.unit.gateway.conftest import Desk

LEAD = uuid4()


def judged(state: str = "registered", **more: Any) -> ReceiptReply:
    return ReceiptReply(receipt_id=uuid4(), state=state, lead_id=LEAD, rows=[], **more)  # type: ignore[arg-type]


def post(desk: Desk, prefer: str | None, path: str = "/v1/leads") -> Any:
    headers = desk.key("intake", sources=["a"]) | ({"Prefer": prefer} if prefer else {})
    return desk.client.post(path, json={"email": "a@b.example"}, headers=headers)


@pytest.mark.parametrize("prefer", ["wait=5", "respond-async, wait=5", 'wait="5"', "handling=lenient; wait = 5"])
def test_a_sender_may_wait_for_the_verdict(desk: Desk, prefer: str) -> None:
    desk.rooms.replies[calls.RECEIPT] = judged()
    answer = post(desk, prefer)

    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=5"
    assert answer.json["verdict"]["state"] == "registered"
    assert answer.json["verdict"]["lead_id"] == str(LEAD)
    assert answer.json["receipt_id"] == str(desk.taken()[0][0].receipt_id)


def test_without_the_wish_nobody_is_asked(desk: Desk) -> None:
    assert post(desk, None).status_code == 202
    assert desk.rooms.calls == []


@pytest.mark.parametrize(
    "reply",
    [RoomAway("capture"), RpcTimeout("capture"), judged("unknown"), judged("list", unread=3), judged("awaiting")],
)
def test_what_is_not_known_in_time_is_a_receipt(desk: Desk, reply: Any) -> None:
    desk.rooms.replies[calls.RECEIPT] = reply
    answer = post(desk, "wait=0" if not isinstance(reply, Exception) else "wait=1")

    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_the_verdict_is_awaited_while_it_is_unknown(desk: Desk) -> None:
    turns = iter([judged("unknown"), judged("unknown"), judged("quarantined", reason="no_contact")])
    desk.rooms.call = lambda call, **fields: next(turns)  # type: ignore[method-assign]
    answer = post(desk, "wait=3")

    assert answer.json["verdict"]["reason"] == "no_contact"


def test_those_who_wait_leave_threads_to_the_others(desk: Desk) -> None:
    object.__setattr__(desk.gateway, "waiting", BoundedSemaphore(1))
    desk.gateway.waiting.acquire()
    desk.rooms.replies[calls.RECEIPT] = judged()

    assert post(desk, "wait=5").status_code == 202


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (judged(), {"outcome": "success", "reason": None, "price": 12.5, "lead": {"id": str(LEAD)}}),
        (judged("responded"), {"outcome": "success", "reason": None, "price": 12.5, "lead": {"id": str(LEAD)}}),
        (
            judged("quarantined", reason="no_contact", detail="no email"),
            {"outcome": "failure", "reason": "no email", "code": "no_contact", "price": 0.0},
        ),
        (judged("test"), {"outcome": "success", "price": 0.0, "test": True}),
    ],
)
def test_a_vendor_gets_its_verdict(desk: Desk, found: ReceiptReply, expected: dict[str, Any]) -> None:
    desk.rooms.replies[calls.RECEIPT] = found
    headers = desk.key("intake", sources=["vendor-one"])
    answer = desk.client.post("/v1/vendor/vendor-one", data={"email": "a@b.example"}, headers=headers)

    assert answer.status_code == 200
    assert {name: answer.json[name] for name in expected} == expected
    assert answer.json["receipt_id"] == str(desk.taken()[0][0].receipt_id)
    assert desk.taken()[0][0].dialect == "vendor"


def test_a_vendor_need_not_send_again_what_nobody_could_judge(desk: Desk) -> None:
    desk.rooms.replies[calls.RECEIPT] = RoomAway("capture")
    headers = desk.key("intake", sources=["vendor-one"])
    answer = desk.client.post("/v1/vendor/vendor-one", json={"email": "a@b.example"}, headers=headers)

    assert (answer.json["outcome"], answer.json["pending"]) == ("success", True)
    assert answer.json["lead"]["id"] == answer.json["receipt_id"]


def test_a_malformed_post_is_an_error_in_the_vendors_words(desk: Desk) -> None:
    headers = desk.key("intake", sources=["vendor-one"])
    as_json = headers | {"Content-Type": "application/json"}
    broken = desk.client.post("/v1/vendor/vendor-one", data=b"{", headers=as_json)
    empty = desk.client.post("/v1/vendor/vendor-one", data=b"", headers=as_json)
    foreign = desk.client.post("/v1/vendor/vendor-two", json={}, headers=headers)

    assert [answer.json["outcome"] for answer in (broken, empty, foreign)] == ["error"] * 3
    assert [answer.status_code for answer in (broken, empty, foreign)] == [400, 400, 403]


def test_a_ping_stores_nothing(desk: Desk) -> None:
    desk.rooms.replies[calls.CHECK] = CheckReply(acceptable=False, state="quarantined", reason="no_contact",
                                                 detail="nobody to answer", missing=["email"])  # fmt: skip
    headers = desk.key("intake", sources=["vendor-one"])
    answer = desk.client.post("/v1/vendor/vendor-one/ping", data=b"zip=50010",
                              headers=headers | {"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip

    [(method, asked)] = desk.rooms.calls
    assert (answer.json["outcome"], answer.json["reason"], answer.json["price"]) == ("failure", "nobody to answer", 0.0)
    assert answer.json["missing"] == ["email"]
    assert (method, base64.b64decode(asked["body"]), asked["source"]) == ("capture.check", b"zip=50010", "vendor-one")
    assert desk.taken() == []


def basic(headers: dict[str, str]) -> dict[str, str]:
    key = headers["Authorization"].removeprefix("Bearer ")
    return {"Authorization": "Basic " + base64.b64encode(f"office:{key}".encode()).decode()}


def test_the_office_keys_on_a_page(desk: Desk) -> None:
    desk.rooms.replies[calls.RECEIPT] = judged()
    headers = basic(desk.key("intake", sources=["keyed-cards"]))
    page = desk.client.get("/keyed/keyed-cards", headers=headers)
    saved = desk.client.post("/keyed/keyed-cards", data={"last_name": "Hofer"}, headers=headers)
    empty = desk.client.post("/keyed/keyed-cards", data={"last_name": " "}, headers=headers)

    [(intake, body)] = desk.taken()
    assert 'name="last_name"' in page.text
    assert "Saved as a new lead." in saved.text
    assert (intake.dialect, intake.source, intake.key_id) == ("keyed", "keyed-cards", "k0")
    assert body == b"last_name=Hofer"
    assert empty.status_code == 400


@pytest.mark.parametrize("foreign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_no_other_site_keys_in_the_offices_name(desk: Desk, foreign: dict[str, str]) -> None:
    headers = basic(desk.key("intake", sources=["keyed-cards"])) | foreign

    assert desk.client.post("/keyed/keyed-cards", data={"last_name": "Hofer"}, headers=headers).status_code == 403
    assert desk.taken() == []


def test_a_contact_centre_keys_by_program(desk: Desk) -> None:
    headers = desk.key("intake", sources=["calls"])
    assert desk.client.post("/v1/keyed/calls", json={"phone": "5155550134"}, headers=headers).status_code == 202
    assert desk.client.post("/v1/keyed/calls", data={"phone": "5155550135"}, headers=headers).status_code == 202
    assert {intake.dialect for intake, _ in desk.taken()} == {"keyed"}


def test_the_verdict_file_does_nothing_in_a_spreadsheet() -> None:
    rows = [
        ReceiptRow(row=1, state="registered", inquiry_id=uuid4(), lead_id=LEAD),
        ReceiptRow(row=2, state="quarantined", inquiry_id=uuid4(), reason='=HYPERLINK("http://evil.example")'),
    ]
    lines = "".join(verdict_file([ReceiptReply(receipt_id=uuid4(), state="list", rows=rows)])).splitlines()

    assert lines[0] == "row,state,reason,lead_id,inquiry_id,repeated"
    assert lines[1].startswith(f"1,registered,,{LEAD},")
    assert "\"'=HYPERLINK(" in lines[2]


def test_the_verdict_file_of_a_list_is_downloaded(desk: Desk) -> None:
    desk.rooms.replies[calls.RECEIPT] = judged("quarantined", reason="spam")
    answer = desk.client.get(f"/v1/receipts/{uuid4()}/rows.csv", headers=desk.key("read"))

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "0,quarantined,spam" in answer.text


def test_the_verdict_file_of_a_long_list_is_asked_for_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "ROWS_AT_ONCE", 2)
    rows = [ReceiptRow(row=number, state="registered", inquiry_id=uuid4()) for number in range(1, 6)]

    def page(receipt_id: UUID, after: int, limit: int) -> ReceiptReply:
        left = [row for row in rows if row.row > after]
        return ReceiptReply(receipt_id=receipt_id, state="list", rows=left[:limit], more=len(left) > limit)

    desk.rooms.replies[calls.RECEIPT] = page
    lines = desk.client.get(f"/v1/receipts/{uuid4()}/rows.csv", headers=desk.key("read")).text.splitlines()

    assert [line.split(",")[0] for line in lines] == ["row", "1", "2", "3", "4", "5"]
    assert [asked["after"] for _, asked in desk.rooms.calls] == [-1, 2, 4]


def test_a_page_that_cannot_be_had_is_no_file(desk: Desk) -> None:
    row = ReceiptRow(row=1, state="registered", inquiry_id=uuid4())
    pages = iter([ReceiptReply(receipt_id=uuid4(), state="list", rows=[row], more=True)])

    def page(**_: object) -> ReceiptReply:
        found = next(pages, None)
        if found is None:
            raise RoomAway("capture")
        return found

    desk.rooms.replies[calls.RECEIPT] = page
    assert desk.client.get(f"/v1/receipts/{uuid4()}/rows.csv", headers=desk.key("read")).status_code == 503


@pytest.mark.parametrize("path", ["/v1/receipts/{}", "/v1/receipts/{}/rows.csv", "/v1/activities/receipts/{}"])
def test_a_sender_is_told_nothing_of_what_another_sent(desk: Desk, path: str) -> None:
    desk.rooms.replies[calls.RECEIPT] = judged("registered", source="partner-one", reason="their affair")
    desk.rooms.replies[calls.ACTIVITY_RECEIPT] = calls.ActivityReceiptReply(
        receipt_id=uuid4(), known=True, received=7, problems=[], source="partner-one"
    )

    def told(*scopes: str, sources: Sequence[str] = ()) -> str:
        return desk.client.get(path.format(uuid4()), headers=desk.key(*scopes, sources=sources)).text

    own = told("intake", sources=["partner-one"])
    assert own != told("intake", sources=["partner-two"])
    assert "registered" not in told("intake", sources=["partner-two"])
    assert '"received":7' not in told("intake", sources=["partner-two"])
    for all_of_it in (told("read"), told("intake", "read", sources=["partner-two"]), told("intake")):
        assert "registered" in all_of_it or '"received":7' in all_of_it
