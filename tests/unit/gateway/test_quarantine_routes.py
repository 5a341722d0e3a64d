"""The quarantine over HTTP: JSON for programs, pages for people, and nothing that another site could post."""

import base64
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import calls
from shared.contracts.calls import (
    InspectReply,
    QuarantineEntry,
    QuarantineGroup,
    QuarantineReply,
    RawBody,
    ReleaseReply,
    ReleaseRunReply,
)
from shared.contracts.errors import ContractViolation, NotFound
from tests.unit.gateway.conftest import Desk, FixedClock

INQUIRY = UUID("01890000-0000-7000-8000-000000000001")
RUN = UUID("01890000-0000-7000-8000-000000000002")
AT = FixedClock().now()
HOSTILE = '<script>alert(1)</script>"&'


def seen(**over: Any) -> InspectReply:
    values: dict[str, Any] = {
        "inquiry_id": INQUIRY,
        "receipt_id": uuid4(),
        "row": 0,
        "outcome": "quarantined",
        "reason": "no_contact",
        "detail": "no email",
        "junk": False,
        "source": "website-contact",
        "channel": "form",
        "dialect": "form",
        "received_at": AT,
        "query": {},
        "headers": {"user-agent": HOSTILE},
        "raw": RawBody(size=9, content_type="text/plain", text=HOSTILE, hex="000000  3c", whole=True),
        "parsed": {},
        "notes": [{"field": "email", "problem": "not an address", "raw": HOSTILE}],
        "fields": {
            "person.full_name": HOSTILE,
            "person.email": "",
            "message": "one\ntwo",
            "answer.acres": "",
            "source": "",
        },
        "corrections": [],
        "repairs": [],
    }
    return InspectReply(**(values | over))


def released(**over: Any) -> ReleaseReply:
    values: dict[str, Any] = {"inquiry_id": INQUIRY, "receipt_id": uuid4(), "outcome": "registered", "lead_id": uuid4()}
    return ReleaseReply(**(values | over))


def run(**over: Any) -> ReleaseRunReply:
    values: dict[str, Any] = {"run_id": RUN, "preview": False, "done": True, "total": 2, "handled": 2, "outcomes": {}}
    return ReleaseRunReply(**(values | over))


@pytest.fixture
def page(desk: Desk) -> dict[str, str]:
    """Headers of a browser that was given a key as the password."""
    desk.rooms.replies |= {
        calls.INSPECT: seen(),
        calls.RELEASE: released(),
        calls.JUNK: released(outcome="quarantined", junk=True),
        calls.RELEASE_MANY: run(preview=True, outcomes={"passes": 2}),
        calls.RELEASE_RUN: run(preview=True, outcomes={"passes": 2}),
        calls.QUARANTINE: QuarantineReply(
            entries=[
                QuarantineEntry(
                    inquiry_id=INQUIRY, receipt_id=uuid4(), received_at=AT, source="s", channel="form",
                    reason="no_contact", detail=HOSTILE, who=HOSTILE,
                )
            ],
            next="abc",
            groups=[QuarantineGroup(reason="no_contact", source="web&site", number=3)],
        ),
    }  # fmt: skip
    text = desk.key("manage")["Authorization"].removeprefix("Bearer ")
    password = base64.b64encode(f"Olga:{text}".encode()).decode()
    return {"Authorization": f"Basic {password}", "Accept": "text/html"}


def token_on(html: str) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


def made(desk: Desk, call: str) -> dict[str, Any]:
    """The fields of the last such call."""
    return [fields for name, fields in desk.rooms.calls if name == call][-1]


def test_a_program_lists_looks_and_releases(desk: Desk, page: dict[str, str]) -> None:
    headers = desk.key("manage")
    listed = desk.client.get("/v1/quarantine?reason=spam&day=2026-05-04&junk=true&cursor=x&limit=5", headers=headers)
    assert listed.json["next"] == "abc"
    asked = made(desk, "capture.quarantine")
    assert (asked["reason"], str(asked["day"]), asked["junk"], asked["limit"]) == ("spam", "2026-05-04", True, 5)
    assert desk.client.get(f"/v1/quarantine/{INQUIRY}", headers=headers).json["reason"] == "no_contact"

    body = {"corrections": {"person.email": "ann@lee.example"}, "trusted": True, "by": " Ann "}
    answer = desk.client.post(f"/v1/quarantine/{INQUIRY}/release", json=body, headers=headers)
    assert answer.json["outcome"] == "registered"
    sent = made(desk, "capture.release")
    assert (sent["corrections"], sent["trusted"]) == (body["corrections"], True)
    assert re.fullmatch(r"Ann \(.+\)", sent["by"])
    assert desk.client.post(f"/v1/quarantine/{INQUIRY}/junk", headers=headers).json["junk"]
    assert made(desk, "capture.junk")["junk"] is True
    many = desk.client.post("/v1/quarantine/release", json={"preview": True, "day": "2026-05-04"}, headers=headers)
    assert many.json["outcomes"] == {"passes": 2}
    assert desk.client.get(f"/v1/quarantine/releases/{RUN}", headers=headers).json["run_id"] == str(RUN)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[1]", 422),
        (b'{"corrections": []}', 422),
        (b'{"corrections": {"person.email": 7}}', 422),
        (b'{"trusted": "yes"}', 422),
        (b'{"a": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        (b'{"corrections": {"a": "' + b"x" * 30_000 + b'"}}', 422),
    ],
)
def test_a_body_that_is_none_is_refused(desk: Desk, body: bytes, status: int) -> None:
    answer = desk.client.post(
        f"/v1/quarantine/{INQUIRY}/release", data=body, content_type="application/json", headers=desk.key("manage")
    )
    assert answer.status_code == status
    assert desk.rooms.calls == []


def test_a_program_s_routes_take_no_password_that_a_browser_sends_by_itself(desk: Desk, page: dict[str, str]) -> None:
    assert desk.client.post(f"/v1/quarantine/{INQUIRY}/release", headers=page).status_code == 401
    assert desk.client.post("/v1/quarantine/release", headers=page).status_code == 401


def test_pages_show_hostile_text_as_text(desk: Desk, page: dict[str, str]) -> None:
    for path in ("/quarantine", f"/quarantine/{INQUIRY}"):
        answer = desk.client.get(path, headers=page)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_was_changed_on_the_page_is_a_correction(desk: Desk, page: dict[str, str]) -> None:
    html = desk.client.get(f"/quarantine/{INQUIRY}", headers=page).text
    form = {
        "form_token": token_on(html), "person.full_name": HOSTILE, "person.email": " ann@lee.example",
        "message": "one\r\ntwo", "answer.acres": "", "source": "", "trusted": "yes", "unknown": "x",
    }  # fmt: skip
    answer = desk.client.post(f"/quarantine/{INQUIRY}/release", data=form, headers=page)

    assert answer.status_code == 200
    assert "Released: registered" in answer.text
    sent = made(desk, "capture.release")
    assert sent["corrections"] == {"person.email": "ann@lee.example"}
    assert sent["trusted"] is True
    assert sent["by"].startswith("Olga (")


def test_a_correction_that_cannot_be_is_shown_beside_its_field(desk: Desk, page: dict[str, str]) -> None:
    token = token_on(desk.client.get(f"/quarantine/{INQUIRY}", headers=page).text)
    desk.rooms.replies[calls.RELEASE] = ContractViolation("R", {"corrections.source": ["'x' is not known"]})
    answer = desk.client.post(f"/quarantine/{INQUIRY}/release", data={"form_token": token, "source": "x"}, headers=page)
    assert answer.status_code == 422
    assert "is not known" in answer.text
    assert 'name="source" value="x"' in answer.text


@pytest.mark.parametrize(
    "path", [f"/quarantine/{INQUIRY}/release", f"/quarantine/{INQUIRY}/junk", "/quarantine/release"]
)
def test_another_site_can_make_a_browser_post_nothing(desk: Desk, page: dict[str, str], path: str) -> None:
    other = uuid4()
    purpose = "bulk" if path == "/quarantine/release" else f"repair {INQUIRY}"
    address = "/quarantine" if purpose == "bulk" else f"/quarantine/{INQUIRY}"
    good = token_on(desk.client.get(address, headers=page).text)
    desk.rooms.replies[calls.INSPECT] = seen(inquiry_id=other)
    elsewhere = token_on(desk.client.get(f"/quarantine/{other}", headers=page).text)
    desk.rooms.replies[calls.INSPECT] = seen()
    desk.rooms.calls.clear()

    for form, more in (
        ({}, {}),
        ({"form_token": "0" * 64}, {}),
        ({"form_token": "ü"}, {}),
        ({"form_token": elsewhere}, {}),
        ({"form_token": good}, {"Sec-Fetch-Site": "cross-site"}),
        ({"form_token": good}, {"Sec-Fetch-Site": "same-site"}),
    ):
        assert desk.client.post(path, data=form, headers=page | more).status_code == 403
    assert desk.rooms.calls == []
    allowed = desk.client.post(path, data={"form_token": good}, headers=page | {"Sec-Fetch-Site": "same-origin"})
    assert allowed.status_code in (200, 303)


def test_a_page_that_was_left_open_for_a_day_is_too_old(desk: Desk, page: dict[str, str]) -> None:
    token = token_on(desk.client.get(f"/quarantine/{INQUIRY}", headers=page).text)
    clock = desk.client.application.extensions["leadbus"].clock
    clock.at += timedelta(hours=4)
    assert desk.client.post(f"/quarantine/{INQUIRY}/junk", data={"form_token": token}, headers=page).status_code == 303
    clock.at += timedelta(hours=4)
    assert desk.client.post(f"/quarantine/{INQUIRY}/junk", data={"form_token": token}, headers=page).status_code == 403


def test_a_bulk_release_is_previewed_first(desk: Desk, page: dict[str, str]) -> None:
    token = token_on(desk.client.get("/quarantine", headers=page).text)
    form = {"form_token": token, "reason": "no_contact", "source": "web&site"}
    preview = desk.client.post("/quarantine/release", data=form, headers=page)
    assert preview.status_code == 303
    assert made(desk, "capture.release_many")["preview"] is True
    shown = desk.client.get(preview.headers["Location"], headers=page).text
    assert "would pass" in shown
    assert 'name="source" value="web&amp;site"' in shown

    desk.client.post("/quarantine/release", data=form | {"go": "yes"}, headers=page)
    asked = made(desk, "capture.release_many")
    assert (asked["preview"], asked["source"], asked["reason"]) == (False, "web&site", "no_contact")


def test_what_is_not_there_is_told_so(desk: Desk, page: dict[str, str]) -> None:
    desk.rooms.replies[calls.INSPECT] = NotFound("x")
    assert desk.client.get(f"/quarantine/{INQUIRY}", headers=page).status_code == 404
    assert desk.client.get(f"/v1/quarantine/{INQUIRY}", headers=desk.key("manage")).status_code == 404
