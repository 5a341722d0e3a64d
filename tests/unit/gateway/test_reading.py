"""What rooms answer, and what their absence looks like from outside."""

import base64
import dataclasses
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import calls
from shared.contracts.errors import ContractViolation, InternalFailure, LinkInvalid, NotAllowed, NotFound
from shared.contracts.people import Owner, Person
from shared.messaging.rpc_client import RoomAway, RpcTimeout
from tests.unit.gateway.conftest import Desk

ID = UUID("01890000-0000-7000-8000-000000000000")
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OWNER = Owner(owner_id="dealer-7", kind="dealer", name="Sioux Valley Equipment")
LINK = calls.LinkReply(
    lead_id=ID,
    action="won",
    owner=OWNER,
    person=Person(person_id=ID, name="<b>Lena</b>", phone="+15155550134"),
    status="accepted",
    possible=True,
    asks=["amount", "currency", "note"],
)
FUNNEL = calls.FunnelReply(
    inquiries=40,
    quarantined=3,
    test=1,
    new_leads=30,
    repeat_responses=6,
    stages=[
        calls.FunnelStage(stage="registered", leads=30),
        calls.FunnelStage(stage="qualified", leads=12, conversion=0.4),
    ],
    by_rank=[calls.Breakdown(key="hot", leads=4)],
    by_source=[],
    by_campaign=[],
    by_owner=[],
    as_of=NOW,
)


def test_a_receipt_is_read(desk: Desk) -> None:
    desk.rooms.replies[calls.RECEIPT] = calls.ReceiptReply(receipt_id=ID, state="registered", lead_id=ID, rows=[])
    answer = desk.client.get(f"/v1/receipts/{ID}", headers=desk.key("intake"))

    assert answer.status_code == 200
    assert answer.json["state"] == "registered"
    assert answer.json["lead_id"] == str(ID)
    assert desk.rooms.calls == [("capture.receipt", {"receipt_id": ID, "after": -1, "limit": None})]


def test_the_funnel_takes_its_filters(desk: Desk) -> None:
    desk.rooms.replies[calls.FUNNEL] = FUNNEL
    answer = desk.client.get("/v1/reports/funnel?since=2026-01-01&campaign=website", headers=desk.key("read"))

    assert answer.json["stages"][1] == {"stage": "qualified", "leads": 12, "conversion": 0.4}
    expected: dict[str, Any] = {"since": date(2026, 1, 1), "until": None, "campaign": "website", "source": None}
    assert desk.rooms.calls == [("analytics.funnel", expected)]


def test_a_wrong_filter_is_named(desk: Desk) -> None:
    answer = desk.client.get("/v1/reports/funnel?since=yesterday", headers=desk.key("read"))

    assert answer.status_code == 422
    assert "since" in answer.json["errors"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (NotAllowed("the lead is closed"), 409),
        (LinkInvalid(), 410),
        (ContractViolation("LeadRequest", {"lead_id": ["no"]}), 422),
        (InternalFailure("secret detail"), 502),
        (RpcTimeout("analytics.lead"), 503),
        (RoomAway("analytics.lead"), 503),
        (RuntimeError("postgresql://user:secret@db/x is down"), 500),
    ],
)
def test_every_failure_is_a_problem_document(desk: Desk, error: Exception, status: int) -> None:
    desk.rooms.replies[calls.LEAD] = error
    answer = desk.client.get(f"/v1/leads/{ID}", headers=desk.key("read") | {"X-Request-Id": "request-0001"})

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-Id"] == "request-0001"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_the_ledger_says_which_room_is_away(desk: Desk) -> None:
    for call in calls.REGISTER.values():
        if call.method == "ledger":
            desk.rooms.replies[call] = calls.LedgerReply(counts={call.room: 1})
    desk.rooms.replies[calls.ROUTER_LEDGER] = RoomAway("router.ledger")
    entries = desk.client.get("/v1/ledger", headers=desk.key("manage")).json["rooms"]

    by_room = {entry["room"]: entry for entry in entries}
    assert by_room["capture"]["counts"] == {"capture": 1}
    assert by_room["router"] == {"room": "router", "problem": "RoomAway"}
    assert {"capture", "router", "nurture", "fulfillment", "analytics"} <= set(by_room)


def test_the_funnel_page_is_for_people_with_a_key(desk: Desk) -> None:
    desk.rooms.replies[calls.FUNNEL] = FUNNEL
    presented = desk.key("read")["Authorization"].removeprefix("Bearer ")
    basic = {"Authorization": "Basic " + base64.b64encode(f"me:{presented}".encode()).decode()}
    page = desk.client.get("/funnel", headers=basic)

    assert page.status_code == 200
    assert "qualified" in page.text
    assert 'width="40.0"' in page.text
    assert "<script" not in page.text


# Signed links


def test_looking_at_a_link_changes_nothing(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_LINK] = LINK
    for method in ("GET", "HEAD", "GET"):
        page = desk.client.open("/l/token", method=method)
        assert page.status_code == 200

    assert {name for name, _ in desk.rooms.calls} == {"router.describe_link"}
    assert "&lt;b&gt;Lena&lt;/b&gt;" in page.text
    assert 'name="amount"' in page.text


def test_a_link_is_followed_by_its_button(desk: Desk) -> None:
    desk.rooms.replies[calls.ACT] = calls.ActReply(lead_id=ID, action="won", status="won", changed=True)
    page = desk.client.post("/l/token", data={"amount": " 41000 ", "currency": "USD", "note": ""})

    assert page.status_code == 200
    assert desk.rooms.calls == [("router.act", {"token": "token", "fields": {"amount": "41000", "currency": "USD"}})]


def test_a_link_that_is_of_no_use_any_more_has_no_button(desk: Desk) -> None:
    used = dataclasses.replace(LINK, possible=False, because="The lead is with another owner now.")
    desk.rooms.replies[calls.DESCRIBE_LINK] = used
    page = desk.client.get("/l/token")

    assert "The lead is with another owner now." in page.text
    assert "<button" not in page.text


@pytest.mark.parametrize("address", ["/l/token", "/u/token"])
def test_a_signed_link_leaks_nowhere(desk: Desk, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    desk.rooms.replies[calls.DESCRIBE_LINK] = LINK
    desk.rooms.replies[calls.DESCRIBE_UNSUBSCRIBE] = calls.UnsubscribeReply(channel="email", done=False)
    page = desk.client.get(address.replace("token", "very-secret-token"))

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "http" not in page.text.replace("https://leads.prairieline.example", "")
    assert "very-secret-token" not in capsys.readouterr().out


def test_an_altered_link_gives_a_page_not_a_document(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_LINK] = LinkInvalid()
    page = desk.client.get("/l/token", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert page.status_code == 410
    assert page.content_type.startswith("text/html")


def test_absurd_links_never_reach_a_room(desk: Desk) -> None:
    assert desk.client.get("/l/" + "x" * 3000).status_code == 410
    assert desk.client.get("/l/%C3%A9").status_code == 410
    assert desk.rooms.calls == []


def test_a_form_behind_a_link_is_bounded(desk: Desk) -> None:
    many = desk.client.post("/l/token", data={f"field{number}": "x" for number in range(30)})
    long = desk.client.post("/l/token", data={"note": "x" * 5000})

    assert (many.status_code, long.status_code) == (413, 413)


def test_unsubscribing_takes_one_click_without_cookies(desk: Desk) -> None:
    desk.rooms.replies[calls.DESCRIBE_UNSUBSCRIBE] = calls.UnsubscribeReply(channel="email", done=False)
    desk.rooms.replies[calls.UNSUBSCRIBE] = calls.UnsubscribeReply(channel="email", done=True, masked_address="l…@x.de")
    asked = desk.client.get("/u/token")
    only_looked = [name for name, _ in desk.rooms.calls]
    # RFC 8058, section 3.1: what a mail program sends.
    done = desk.client.post("/u/token", data={"List-Unsubscribe": "One-Click"})

    assert "Unsubscribe?" in asked.text
    assert only_looked == ["fulfillment.describe_unsubscribe"]
    assert done.status_code == 200
    assert desk.rooms.calls[-1] == ("fulfillment.unsubscribe", {"token": "token"})
    assert "Set-Cookie" not in done.headers


# Operation and description


def test_health_and_figures_are_open(desk: Desk) -> None:
    desk.client.post("/forms/contact", data={"a": "b"})
    ready = desk.client.get("/readyz")
    metrics = desk.client.get("/metrics").text

    assert desk.client.get("/healthz").status_code == 200
    assert ready.status_code == 200
    assert 'leadbus_intakes_total{dialect="form",outcome="published"}' in metrics
    assert 'route="/forms/<name>"' in metrics


def test_a_gateway_that_could_keep_no_promise_is_not_ready(desk: Desk) -> None:
    desk.gateway.spool.max_bytes = 0
    answer = desk.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"] == {"publisher": True, "drainer": True, "spool": False}


def test_the_description_is_openapi_31_and_complete(desk: Desk) -> None:
    spec = desk.client.get("/openapi.json").json

    assert spec["openapi"].startswith("3.1")
    assert spec["paths"]["/v1/leads"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert spec["paths"]["/v1/leads"]["post"]["security"] == [{"key": []}]
    assert spec["paths"]["/v1/leads"]["post"]["tags"] == ["Inquiries"]
    assert "Receipt" in "".join(spec["components"]["schemas"])
    for path in ("/v1/adf", "/v1/lists/{source}", "/forms/{name}", "/hooks/google-ads/{source}", "/v1/ledger"):
        assert path in spec["paths"]


def test_the_documentation_loads_nothing_from_elsewhere(desk: Desk) -> None:
    page = desk.client.get("/docs")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "docs.js", "leadbus.css"):
        assert desk.client.get(f"/static/{name}").status_code == 200

    assert "http" not in page.text
    assert desk.client.get("/static/../app.py").status_code == 404
    assert desk.client.get("/static/entrypoints.yml").status_code == 404


@pytest.mark.parametrize("address", ["/", "/docs", "/forms/contact", "/healthz", "/v1/leads", "/nowhere"])
def test_every_answer_carries_the_safe_headers(desk: Desk, address: str) -> None:
    headers = desk.client.get(address).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"], "its public address is https"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Request-Id"]


def test_a_request_id_is_not_taken_from_just_anybody(desk: Desk) -> None:
    given = 'x"} {"event": "forged'

    assert desk.client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given


def test_the_log_names_the_route_and_nothing_personal(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.client.post("/forms/contact?email=lena@example.com", data={"phone": "+15155550134"})
    desk.client.get("/lena@example.com")

    logged = capsys.readouterr().out
    assert "/forms/<name>" in logged
    for personal in ("lena", "5550134", "127.0.0.1"):
        assert personal not in logged
