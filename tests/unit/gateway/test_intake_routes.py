"""What the gateway takes in, refuses, and writes down of it."""

import json
from uuid import UUID

import pytest

from gateway.front import BODY_BYTES
from shared.messaging.publisher import Result
from tests.unit.gateway.conftest import GOOGLE_KEY, Desk

JSON = {"Content-Type": "application/json"}


def test_an_inquiry_is_answered_with_a_receipt(desk: Desk) -> None:
    headers = desk.key("intake", sources=["partner-agrimag"])
    answer = desk.client.post("/v1/leads?campaign=spring", data=b'{"email": "a@b.example"}', headers=headers | JSON)

    [(intake, body)] = desk.taken()
    assert answer.status_code == 202
    assert UUID(answer.json["receipt_id"]) == intake.receipt_id
    assert answer.json["status_url"] == f"https://leads.prairieline.example/v1/receipts/{intake.receipt_id}"
    assert answer.headers["Location"] == answer.json["status_url"]
    assert body == b'{"email": "a@b.example"}'
    assert (intake.dialect, intake.source, intake.key_id) == ("json", "partner-agrimag", "k0")
    assert intake.query == {"campaign": "spring"}
    assert intake.remote_address == "127.0.0.1"
    assert not intake.test


def test_what_is_not_well_formed_is_taken_all_the_same(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"])
    answer = desk.client.post("/v1/leads", data=b'{"email": ', headers=headers | JSON)

    assert answer.status_code == 202
    assert desk.taken()[0][1] == b'{"email": '


def test_an_empty_body_is_refused(desk: Desk) -> None:
    answer = desk.client.post("/v1/leads", data=b"", headers=desk.key("intake", sources=["a"]) | JSON)

    assert answer.status_code == 400
    assert desk.taken() == []


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("/v1/leads?source=a", "application/json; charset=utf-8", "text/plain"),
        ("/v1/adf?source=a", "application/x-adf+xml", "application/json"),
        ("/v1/adf?source=a", "text/xml", "text/html"),
        ("/v1/lists/a", "text/csv", "application/json"),
        ("/forms/contact", "application/x-www-form-urlencoded", "application/json"),
    ],
)
def test_each_door_takes_its_own_kind_of_body(desk: Desk, path: str, good: str, bad: str) -> None:
    headers = desk.key("intake")
    taken = desk.client.post(path, data=b"a=b", headers=headers | {"Content-Type": good})
    refused = desk.client.post(path, data=b"a=b", headers=headers | {"Content-Type": bad})

    assert taken.status_code in (200, 202)
    assert refused.status_code == 415


def test_the_same_idempotency_key_gives_the_same_receipt(desk: Desk) -> None:
    first, second = desk.key("intake", sources=["a"]), desk.key("intake", sources=["a"])

    def receipt(headers: dict[str, str], name: str) -> str:
        answer = desk.client.post("/v1/leads", json={}, headers=headers | {"Idempotency-Key": name})
        return str(answer.json["receipt_id"])

    assert receipt(first, "7") == receipt(first, "7")
    assert len({receipt(first, "7"), receipt(first, "8"), receipt(second, "7")}) == 3
    assert desk.client.post("/v1/leads", json={}, headers=first | {"Idempotency-Key": "x" * 256}).status_code == 400


def test_a_test_is_marked(desk: Desk) -> None:
    desk.client.post("/v1/leads?test=1", json={}, headers=desk.key("intake", sources=["a"]))

    assert desk.taken()[0][0].test


def test_only_a_few_headers_are_kept_and_none_without_bound(desk: Desk) -> None:
    headers = {"User-Agent": "x" * 5000, "Referer": "https://a.example/?q=1", "Cookie": "session=secret"}
    desk.client.post("/forms/contact", data={"name": "x"}, headers=headers)

    kept = desk.taken()[0][0].headers
    assert kept == {"user-agent": "x" * 500, "referer": "https://a.example/?q=1"}


def test_a_description_holds_no_nul(desk: Desk) -> None:
    desk.client.post("/forms/contact?utm%00_source=a%00b", data={"name": "x"})

    assert desk.taken()[0][0].query == {"utm_source": "ab"}


def test_a_receipt_is_a_promise_and_without_one_there_is_none(desk: Desk) -> None:
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.drain_broker.answer = lambda message: Result.UNKNOWN
    headers = desk.key("intake", sources=["a"])
    spooled = desk.client.post("/v1/leads", json={"number": 1}, headers=headers)
    desk.gateway.spool.max_bytes = 0
    refused = desk.client.post("/v1/leads", json={"number": 2}, headers=headers)
    desk.gateway.spool.max_bytes = 1_000_000
    desk.drain_broker.answer = lambda message: Result.CONFIRMED

    [drained] = desk.drain_broker.wait_for(1)
    assert (spooled.status_code, refused.status_code) == (202, 503)
    assert refused.headers["Retry-After"]
    assert refused.json["type"] == "urn:leadbus:problem:intake_unavailable"
    assert drained.id == spooled.json["receipt_id"]


def test_lists_may_come_as_a_file(desk: Desk) -> None:
    headers = desk.key("intake", sources=["farm-progress-list"])
    file = {"file": (__import__("io").BytesIO(b"a,b\n1,2\n"), "scans.csv", "text/csv")}
    answer = desk.client.post("/v1/lists/farm-progress-list", data=file, headers=headers)
    none = desk.client.post("/v1/lists/farm-progress-list", data={"note": "x"}, headers=headers,
                            content_type="multipart/form-data")  # fmt: skip
    foreign = desk.client.post("/v1/lists/other", data=b"a,b", headers=headers, content_type="text/csv")

    [(intake, body)] = desk.taken()
    assert (answer.status_code, none.status_code, foreign.status_code) == (202, 400, 403)
    assert (intake.filename, intake.content_type, body) == ("scans.csv", "text/csv", b"a,b\n1,2\n")


# Google Ads


def google(desk: Desk, **lead: object) -> int:
    return desk.client.post("/hooks/google-ads/google-ads-dryers", json=lead).status_code


def test_google_is_let_in_by_its_key(desk: Desk) -> None:
    taken = google(desk, lead_id="1", google_key=GOOGLE_KEY, is_test=True)
    wrong = google(desk, lead_id="2", google_key="guess")
    without = google(desk, lead_id="3")
    odd = google(desk, lead_id="3", google_key=["a"])

    [(intake, body)] = desk.taken()
    assert (taken, wrong, without, odd) == (200, 403, 403, 403)
    assert (intake.dialect, intake.source, intake.test) == ("google_ads", "google-ads-dryers", True)
    assert json.loads(body)["lead_id"] == "1"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_what_google_would_not_send_is_refused(desk: Desk, body: bytes) -> None:
    answer = desk.client.post("/hooks/google-ads/google-ads-dryers", data=body, headers=JSON)

    assert 400 <= answer.status_code < 500


def test_an_unknown_hook_is_not_found(desk: Desk) -> None:
    assert desk.client.post("/hooks/google-ads/other", json={"google_key": GOOGLE_KEY}).status_code == 404


# Forms


def test_a_visitor_is_thanked(desk: Desk) -> None:
    answer = desk.client.post("/forms/contact", data={"email": "a@b.example"})

    [(intake, body)] = desk.taken()
    assert answer.status_code == 200
    assert str(intake.receipt_id) in answer.text
    assert body == b"email=a@b.example"
    assert (intake.source, intake.dialect, intake.key_id) == ("website-contact", "form", None)


@pytest.mark.parametrize("name", ["retURL", "_next"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_visitor_is_sent_on_where_the_form_allows_it(desk: Desk, name: str, kind: str) -> None:
    wanted = "https://www.prairieline.example/thanks/mowers?x=1"
    answer = desk.client.post("/forms/contact", data={"email": "a@b.example", name: wanted}, content_type=kind)

    assert answer.status_code == 303
    assert answer.headers["Location"] == wanted


def test_a_visitor_is_never_sent_elsewhere(desk: Desk) -> None:
    answer = desk.client.post("/forms/contact", data={"retURL": "https://evil.example/"})

    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert len(desk.taken()) == 1


def test_a_form_with_absurdly_many_fields_is_taken_all_the_same(desk: Desk) -> None:
    fields = {f"field{number}": "x" for number in range(1500)}
    plain = desk.client.post("/forms/contact", data=fields)
    multipart = desk.client.post("/forms/contact", data=fields, content_type="multipart/form-data")

    assert (plain.status_code, multipart.status_code) == (200, 200)
    assert len(desk.taken()) == 2


def test_a_script_gets_the_receipt(desk: Desk) -> None:
    answer = desk.client.post("/forms/contact", data={"email": "x"}, headers={"Accept": "application/json"})

    assert answer.status_code == 202
    assert answer.json["receipt_id"]


def test_scripts_of_listed_pages_may_post(desk: Desk) -> None:
    own, other = "https://www.prairieline.example", "https://evil.example"
    asked = desk.client.options("/forms/contact", headers={"Origin": own})
    posted = desk.client.post("/forms/contact", data={"a": "b"}, headers={"Origin": own})
    strange = desk.client.options("/forms/contact", headers={"Origin": other})

    assert asked.headers["Access-Control-Allow-Origin"] == own
    assert posted.headers["Access-Control-Allow-Origin"] == own
    assert "Access-Control-Allow-Origin" not in strange.headers


def test_an_unknown_form_is_not_found(desk: Desk) -> None:
    answer = desk.client.post("/forms/none", data={"a": "b"})

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_landing_page_brings_its_campaign_along(desk: Desk) -> None:
    address = "/forms/contact?utm_campaign=spring-field-days&utm_medium=postcard"
    page = desk.client.get(address)
    # The page's form has no address of its own: a browser posts to the one it shows, campaign included.
    desk.client.post(address, data={"email": "a@b.example"})

    assert '<form method="post">' in page.text
    assert 'name="email"' in page.text
    assert desk.taken()[0][0].query == {"utm_campaign": "spring-field-days", "utm_medium": "postcard"}
    assert desk.client.get("/forms/bare").status_code == 404


def test_an_outage_is_not_seen_by_the_visitor(desk: Desk) -> None:
    desk.broker.answer = lambda message: Result.UNKNOWN
    answer = desk.client.post("/forms/contact", data={"email": "a@b.example"})

    [drained] = desk.drain_broker.wait_for(1)
    assert answer.status_code == 200
    assert drained.body == b"email=a@b.example"


# Limits


def test_who_comes_too_often_is_told_when_to_return(desk: Desk) -> None:
    answers = [desk.client.post("/forms/contact", data={"a": "b"}) for _ in range(55)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert desk.client.get("/forms/contact").status_code == 200


def test_a_key_that_comes_too_often_does_not_shut_out_another(desk: Desk) -> None:
    busy, calm = desk.key("intake", sources=["a"]), desk.key("intake", sources=["a"])
    busy_answers = [desk.client.post("/v1/leads", json={}, headers=busy).status_code for _ in range(65)]

    assert busy_answers[-1] == 429
    assert desk.client.post("/v1/leads", json={}, headers=calm).status_code == 202


def test_the_limit_of_a_body_is_the_documented_one() -> None:
    assert BODY_BYTES == 262_144


@pytest.mark.parametrize("path", ["/forms/contact", "/forms/bare"])
def test_a_browser_lets_a_form_lead_where_its_company_allows_and_nowhere_else(desk: Desk, path: str) -> None:
    """Chromium holds redirects of a form against `form-action`, or the visitor stays before a form that seems dead."""
    shown = desk.client.get(path, headers={"Accept": "text/html"})
    policy = dict(part.strip().split(" ", 1) for part in shown.headers["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == ("'self' https://www.prairieline.example" if "contact" in path else "'self'")
