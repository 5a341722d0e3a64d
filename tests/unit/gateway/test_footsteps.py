"""The doors of footsteps: script, collector, pixel, download links, partners."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from gateway.sites import parse_footsteps
from shared.company_file import CompanyError
from shared.contracts import calls
from shared.contracts.calls import ActivityReceiptReply, FootstepsReply
from shared.messaging.publisher import Result
from tests.unit.gateway.conftest import Desk

WWW = "https://www.prairieline.example"
FOOTSTEPS: dict[str, Any] = {
    "sites": {
        "www": {"name": "www.prairieline.example", "origins": [WWW], "consent": "required"},
        "parts": {"name": "parts.prairieline.example", "origins": ["https://parts.prairieline.example"]},
    },
    "downloads": {"guide": {"title": "The guide", "target": f"{WWW}/files/guide.pdf"}},
    "limits": {"per_address": "50/minute"},
}
BODY = json.dumps({"visitor": "v-0000001", "events": [{"kind": "page", "url": f"{WWW}/dryers"}]})


@pytest.fixture(autouse=True)
def _with_sites(desk: Desk) -> None:
    object.__setattr__(desk.gateway, "footsteps", parse_footsteps(FOOTSTEPS))


def _post(desk: Desk, site: str = "www", origin: str = WWW, **headers: str) -> Any:
    named = {"Origin": origin, "Content-Type": "text/plain;charset=UTF-8", "User-Agent": "Firefox"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return desk.client.post(f"/t?site={site}", data=BODY, headers=named)


def _event(desk: Desk) -> dict[str, Any]:
    ((intake, body),) = desk.taken()
    assert intake.dialect == "activity"
    (event,) = json.loads(body)["events"]
    return dict(event)


# --- the script ------------------------------------------------------------------------------------------------------


def test_the_script_comes_with_what_its_site_asks(desk: Desk) -> None:
    answer = desk.client.get("/t.js?site=www")

    assert answer.content_type == "text/javascript; charset=utf-8"
    first, _, code = answer.get_data(as_text=True).partition("\n")
    assert first == 'var leadbusSite={"site":"www","consent":"required","respect":["gpc","dnt"]};'
    assert "sendBeacon" in code
    assert "max-age" in answer.headers["Cache-Control"]


def test_the_script_is_small_and_asks_nobody_else(desk: Desk) -> None:
    code = desk.client.get("/t.js?site=www").get_data(as_text=True)

    assert len(code) < 12_000
    assert "http://" not in code
    assert "https://" not in code
    assert "document.cookie" not in code


def test_a_browser_that_has_the_script_is_not_sent_it_again(desk: Desk) -> None:
    etag = desk.client.get("/t.js?site=www").headers["ETag"]

    assert desk.client.get("/t.js?site=www", headers={"If-None-Match": etag}).status_code == 304


def test_there_is_no_script_for_a_site_that_nobody_knows(desk: Desk) -> None:
    assert desk.client.get("/t.js?site=elsewhere").status_code == 404
    assert desk.client.get("/t.js").status_code == 404


# --- the collector ---------------------------------------------------------------------------------------------------


def test_a_batch_travels_as_it_came(desk: Desk) -> None:
    answer = _post(desk, Accept_Language="en", Sec_Purpose="prefetch")

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == WWW
    ((intake, body),) = desk.taken()
    assert (intake.dialect, intake.source, intake.key_id) == ("activity", "www", None)
    assert body == BODY.encode()
    assert intake.headers["sec-purpose"] == "prefetch"


def test_equal_batches_are_both_something_new(desk: Desk) -> None:
    _post(desk), _post(desk)

    first, second = (intake.receipt_id for intake, _ in desk.taken())
    assert first != second


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_who_is_not_to_be_tracked_is_not(desk: Desk, header: str) -> None:
    assert _post(desk, **{header: "1"}).status_code == 204
    assert desk.client.get("/t.gif?site=www&what=x", headers={header: "1"}).status_code == 200
    assert desk.client.get("/d/guide", headers={header: "1"}).status_code == 302

    assert desk.taken() == []


def test_a_company_may_decide_which_signal_it_heeds(desk: Desk) -> None:
    object.__setattr__(desk.gateway, "footsteps", parse_footsteps(FOOTSTEPS | {"respect": ["gpc"]}))
    _post(desk, DNT="1")

    assert len(desk.taken()) == 1


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "", f"{WWW}.evil.example"])
def test_pages_of_others_leave_nothing(desk: Desk, origin: str) -> None:
    answer = _post(desk, origin=origin)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert desk.taken() == []


def test_a_flood_is_refused(desk: Desk) -> None:
    codes = [_post(desk).status_code for _ in range(60)]

    assert codes[:50] == [204] * 50
    assert set(codes[50:]) == {429}


def test_a_batch_has_a_limit(desk: Desk) -> None:
    answer = desk.client.post("/t?site=www", data=b"x" * 70_000, headers={"Origin": WWW})

    assert answer.status_code == 413


# --- pixel and links -------------------------------------------------------------------------------------------------


def test_the_pixel_notes_the_page_that_shows_it(desk: Desk) -> None:
    answer = desk.client.get("/t.gif?site=www", headers={"Referer": f"{WWW}/old-page"})

    assert (answer.content_type, answer.data[:6]) == ("image/gif", b"GIF89a")
    assert _event(desk) == {"kind": "page", "url": f"{WWW}/old-page"}


def test_the_pixel_on_a_page_of_others_notes_nothing(desk: Desk) -> None:
    assert desk.client.get("/t.gif?site=www", headers={"Referer": "https://elsewhere.example/"}).status_code == 200
    assert desk.taken() == []


def test_a_download_link_counts_and_leads_on(desk: Desk) -> None:
    answer = desk.client.get("/d/guide?p=token&utm_source=letter&lb_v=v-0000001&lb_e=e1")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{WWW}/files/guide.pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert _event(desk) == {
        "kind": "download", "what": "guide", "title": "The guide", "id": "e1", "visitor": "v-0000001",
        "utm_source": "letter",
    }  # fmt: skip
    assert json.loads(desk.taken()[0][1])["token"] == "token"


def test_a_link_leads_only_where_the_company_says(desk: Desk) -> None:
    answer = desk.client.get("/d/guide?target=https://evil.example&url=//evil.example")

    assert answer.headers["Location"] == f"{WWW}/files/guide.pdf"
    assert desk.client.get("/d/https:%2F%2Fevil.example").status_code == 404


def test_who_only_asks_for_the_head_is_told_apart(desk: Desk) -> None:
    assert desk.client.head("/d/guide").status_code == 302

    assert json.loads(desk.taken()[0][1])["method"] == "HEAD"


def test_a_link_leads_on_when_its_click_cannot_be_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.broker.answer = lambda message: Result.REFUSED
    monkeypatch.setattr(desk.gateway.spool, "append", _full)

    assert desk.client.get("/d/guide").status_code == 302
    assert desk.client.get("/t.gif?site=www&what=x").status_code == 200
    assert _post(desk).status_code == 503


def _full(record: Any) -> None:
    from gateway.spool import SpoolRefused

    raise SpoolRefused("full")


# --- partners and readers --------------------------------------------------------------------------------------------


def test_a_partner_sends_touches_with_its_key(desk: Desk) -> None:
    body = b'{"activities": [{"kind": "webinar", "what": "Drying", "email": "ann@leefarms.example"}]}'
    answer = desk.client.post(
        "/v1/activities",
        data=body,
        headers=desk.key("intake", sources=["webinars"]) | {"Content-Type": "application/json"},
    )

    assert answer.status_code == 202
    assert answer.json["status_url"].endswith(f"/v1/activities/receipts/{answer.json['receipt_id']}")
    ((intake, kept),) = desk.taken()
    assert (intake.dialect, intake.source, intake.key_id, kept) == ("activity", "webinars", "k0", body)


def test_nobody_sends_touches_without_a_key(desk: Desk) -> None:
    assert desk.client.post("/v1/activities", json={}).status_code == 401
    assert desk.client.post("/v1/activities", json={}, headers=desk.key("read")).status_code == 403


def test_a_receipt_tells_what_became_of_touches(desk: Desk) -> None:
    receipt = uuid4()
    desk.rooms.replies[calls.ACTIVITY_RECEIPT] = ActivityReceiptReply(
        receipt_id=receipt, known=True, received=2, stored=1, duplicate=1, problems=[]
    )

    answer = desk.client.get(f"/v1/activities/receipts/{receipt}", headers=desk.key("intake"))
    assert (answer.json["stored"], answer.json["duplicate"]) == (1, 1)


def test_a_person_s_footsteps_are_read_in_pages(desk: Desk) -> None:
    person = uuid4()
    desk.rooms.replies[calls.FOOTSTEPS] = FootstepsReply(person_id=person, first_pages=[], counts=[], steps=[])
    path = f"/v1/people/{person}/footsteps?limit=5&before=2026-03-02T12:00:00%2B00:00"

    assert desk.client.get(path, headers=desk.key("read")).status_code == 200
    asked = desk.rooms.calls[-1][1]
    assert asked == {"person_id": person, "limit": 5, "before": datetime.fromisoformat("2026-03-02T12:00:00+00:00")}
    assert desk.client.get(f"/v1/people/{person}/footsteps?limit=x", headers=desk.key("read")).status_code == 422


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sites": {"www": {"name": "x", "origins": []}}}, "site www: `origins`"),
        ({"sites": {"www": {"name": "x", "origins": ["www.x.example"]}}}, "no origin such as"),
        ({"sites": {"www": {"name": "x", "origins": [WWW], "consent": "maybe"}}}, "`consent` must be one of required"),
        ({"sites": {"W W": {"name": "x", "origins": [WWW]}}}, "small letters"),
        ({"downloads": {"a": {"title": "A", "target": "javascript:alert(1)"}}}, "download a: `target`"),
        ({"downloads": {"a": {"title": "A", "target": "https://x.example\\@evil.example"}}}, "download a: `target`"),
        ({"respect": ["cookies"]}, "`respect` must be one of gpc, dnt"),
        ({"limits": {"per_address": "many"}}, "must be a rate"),
        ({"site": {}}, "unknown field `site`"),
    ],
)
def test_a_mistake_in_the_file_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(CompanyError, match=words):
        parse_footsteps(change)


def test_a_site_that_says_nothing_of_consent_asks_for_it() -> None:
    assert parse_footsteps(FOOTSTEPS).sites["parts"].consent == "required"
