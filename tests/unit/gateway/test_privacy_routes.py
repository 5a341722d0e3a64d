"""Export, erasure, consent and the ledger by day over HTTP."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import calls
from shared.contracts.errors import NotFound
from shared.contracts.privacy import PassedOn
from shared.messaging.rpc_client import RoomAway, RpcTimeout

PERSON, ERASURE = UUID(int=7), UUID(int=8)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PAGE = {"Accept": "text/html"}
OWN = calls.OwnExportReply(
    person_ids=[PERSON],
    lead_ids=[UUID(int=9)],
    inquiry_ids=[],
    tables={"person": [{"name": "Ann <b>Lee", "address": {"lines": ["12 Main St"], "city": None}}]},
)


def certificate(**over: Any) -> calls.CertificateReply:
    values: dict[str, Any] = {
        "erasure_id": ERASURE, "state": "complete", "requested_at": NOON, "completed_at": NOON, "reason": "by letter",
        "by": "front office", "person_ids": [PERSON], "leads": 1, "inquiries": 2,
        "rooms": [calls.RoomErasure(room="capture", erased_at=NOON, removed={"person": 1}, kept={"lead": "figures"})],
        "passed_on": [PassedOn(to="dealer-ames", by="webhook", what="lead", at=NOON)],
    }  # fmt: skip
    return calls.CertificateReply(**(values | over))


@pytest.fixture
def full(desk: Any) -> Any:
    """A gateway whose rooms hold something of the person."""
    desk.rooms.replies[calls.CAPTURE_EXPORT] = OWN
    for call in calls.EXPORTS:
        desk.rooms.replies[call] = calls.ExportReply(tables={"lead": [{"room": call.room}]})
    return desk


def test_an_export_holds_what_every_room_has(full: Any) -> None:
    answer = full.client.get(f"/v1/people/{PERSON}/export", headers=full.key("privacy"))

    assert answer.status_code == 200
    assert answer.json["complete"] is True
    held = {entry["room"]: entry["tables"] for entry in answer.json["rooms"]}
    assert list(held) == ["capture", "qualify", "router", "nurture", "fulfillment", "analytics"]
    assert held["capture"]["person"][0]["name"] == "Ann <b>Lee"
    asked = {"person_ids": [PERSON], "lead_ids": [UUID(int=9)], "inquiry_ids": []}
    assert ("router.export", asked) in full.rooms.calls


@pytest.mark.parametrize("away", [RpcTimeout("slow"), RoomAway("gone")])
def test_a_room_that_does_not_answer_is_named(full: Any, away: Exception) -> None:
    full.rooms.replies[calls.ROUTER_EXPORT] = away

    found = full.client.get(f"/v1/people/{PERSON}/export", headers=full.key("privacy")).json
    page = full.client.get(f"/v1/people/{PERSON}/export", headers=full.key("privacy") | PAGE).text

    assert (found["complete"], found["not_answered"]) == (False, ["router"])
    assert "Not complete: router did not answer" in page


def test_the_page_shows_values_as_text(full: Any) -> None:
    page = full.client.post(f"/v1/people/{PERSON}/export", headers=full.key("privacy") | PAGE).text

    assert "Ann &lt;b&gt;Lee" in page
    assert "12 Main St" in page


@pytest.mark.parametrize("scope", ["intake", "read", "manage"])
@pytest.mark.parametrize("path", [f"/v1/people/{PERSON}/export", f"/v1/erasures/{ERASURE}"])
def test_only_a_key_for_privacy_sees_a_person(full: Any, scope: str, path: str) -> None:
    assert full.client.get(path, headers=full.key(scope)).status_code == 403
    assert full.client.post(f"/v1/people/{PERSON}/erase", headers=full.key(scope), json={}).status_code == 403


def test_an_erasure_is_begun_and_says_where_its_certificate_is(desk: Any) -> None:
    desk.rooms.replies[calls.ERASE] = calls.EraseReply(erasure_id=ERASURE, person_ids=[PERSON], begun=True)

    answer = desk.client.post(
        f"/v1/people/{PERSON}/erase", headers=desk.key("privacy"), json={"reason": "by letter", "by": "front office"}
    )

    assert answer.status_code == 202
    assert answer.headers["Location"].endswith(f"/v1/erasures/{ERASURE}")
    assert desk.rooms.calls == [("capture.erase", {"person_id": PERSON, "reason": "by letter", "by": "front office"})]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"{}", 422),
        (b'{"reason": "x"}', 422), (b'{"reason": 1, "by": "x"}', 422),
        (b'{"reason": "a\\u0000b", "by": "x"}', 422), (b'{"reason": "\\ud800", "by": "x"}', 400),
        (b'{"reason": "' + b"x" * 5000 + b'", "by": "x"}', 422), (b'{"reason": "  ", "by": "x"}', 422),
    ],
)  # fmt: skip
def test_an_erasure_without_a_reason_is_refused(desk: Any, body: bytes, status: int) -> None:
    answer = desk.client.post(f"/v1/people/{PERSON}/erase", headers=desk.key("privacy"), data=body)

    assert answer.status_code == status
    assert desk.rooms.calls == []


def test_the_certificate_is_a_document_and_a_page(desk: Any) -> None:
    desk.rooms.replies[calls.CERTIFICATE] = certificate()

    found = desk.client.get(f"/v1/erasures/{ERASURE}", headers=desk.key("privacy")).json
    page = desk.client.get(f"/v1/erasures/{ERASURE}", headers=desk.key("privacy") | PAGE).text

    assert found["passed_on"][0]["to"] == "dealer-ames"
    assert found["rooms"][0]["removed"] == {"person": 1}
    assert "Completed on" in page
    assert "dealer-ames" in page


def test_a_certificate_that_waits_says_so(desk: Any) -> None:
    waits = [calls.RoomErasure(room="router")]
    desk.rooms.replies[calls.CERTIFICATE] = certificate(state="overdue", completed_at=None, rooms=waits, passed_on=[])

    page = desk.client.get(f"/v1/erasures/{ERASURE}", headers=desk.key("privacy") | PAGE).text

    assert "late" in page
    assert "No answer yet." in page


def test_who_is_not_there_is_not_found(desk: Any) -> None:
    desk.rooms.replies[calls.CAPTURE_EXPORT] = NotFound("no person")

    assert desk.client.get(f"/v1/people/{uuid4()}/export", headers=desk.key("privacy")).status_code == 404


def test_consent_that_was_said_elsewhere_is_recorded(desk: Any) -> None:
    desk.rooms.replies[calls.RECORD_CONSENT] = calls.ConsentReply(person_id=PERSON, holds=[], statements=[])
    told = {"channel": "phone", "allowed": False, "origin": "phone call", "proofs": {"call": "4711"}}

    answer = desk.client.post(f"/v1/people/{PERSON}/consent", headers=desk.key("manage"), json=told)

    assert answer.status_code == 200
    (_, asked) = desk.rooms.calls[0]
    assert (asked["channel"], asked["allowed"], asked["purpose"], asked["proofs"]) == (
        "phone", False, "marketing", {"call": "4711"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"channel": "fax"}, {"allowed": "yes"}, {"origin": None}, {"at": "yesterday"}, {"proofs": {"a": 1}}, {"text": ""}],
)
def test_consent_that_is_not_as_it_must_be_is_refused(desk: Any, wrong: dict[str, Any]) -> None:
    told = {"channel": "phone", "allowed": False, "origin": "phone call"} | wrong

    assert desk.client.post(f"/v1/people/{PERSON}/consent", headers=desk.key("manage"), json=told).status_code == 422


def test_the_ledger_by_day(desk: Any) -> None:
    line = calls.LedgerDay(day=date(2026, 3, 2), source="website", received=2, live=1, closed=0, quarantined=0, test=0,
                           merged=0, erased=1, waiting=0, balance=0)  # fmt: skip
    desk.rooms.replies[calls.LEDGER_DAYS] = calls.LedgerDaysReply(days=[line], balance=0)

    answer = desk.client.get("/v1/ledger/days?since=2026-03-01&source=website", headers=desk.key("manage"))

    assert answer.json["days"][0]["erased"] == 1
    assert desk.rooms.calls == [
        ("capture.ledger_days", {"since": date(2026, 3, 1), "until": None, "source": "website"}),
    ]
    assert desk.client.get("/v1/ledger/days?since=x", headers=desk.key("manage")).status_code == 422
