"""Forms that were made for another product: the same addresses, fields and answers."""

import json

import pytest

from shared.messaging.publisher import Result
from tests.unit.gateway.conftest import Desk

FORM = {"oid": "00D300000000abc", "last_name": "Hofer", "company": "Hofer Grain", "email": "lena@example.com"}
SALESFORCE = "/servlet/servlet.WebToLead?encoding=UTF-8"
HUBSPOT = "/submissions/v3/integration/submit/1234567/0f5f-guid"
SECURE = "/submissions/v3/integration/secure/submit/1234567/0f5f-guid"
LEGACY = "/uploads/form/v2/1234567/0f5f-guid"
CONTACT_FORM_7 = "/wp-json/contact-form-7/v1/contact-forms/57/feedback"
FIELDS = {"fields": [{"objectTypeId": "0-1", "name": "email", "value": "lena@example.com"}]}


@pytest.mark.parametrize("oid", ["00D300000000abc", "00D300000000abcEAA"])
def test_salesforce_sends_the_visitor_on(desk: Desk, oid: str) -> None:
    sent = FORM | {"oid": oid, "retURL": "https://www.prairieline.example/thank-you"}
    answer = desk.client.post(SALESFORCE, data=sent)

    [(intake, body)] = desk.taken()
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://www.prairieline.example/thank-you")
    assert (intake.dialect, intake.source) == ("salesforce", "website-salesforce")
    assert b"last_name=Hofer" in body


def test_salesforce_sends_nobody_where_the_company_did_not_allow(desk: Desk) -> None:
    answer = desk.client.post(SALESFORCE, data=FORM | {"retURL": "https://evil.example/"})

    assert answer.status_code == 200
    assert "Thanks from Prairie Line." in answer.text
    assert len(desk.taken()) == 1


def test_salesforce_debug_shows_what_came(desk: Desk) -> None:
    sent = FORM | {"debug": "1", "retURL": "https://www.prairieline.example/thank-you"}
    answer = desk.client.post(SALESFORCE, data=sent)

    assert answer.status_code == 200
    assert str(desk.taken()[0][0].receipt_id) in answer.text
    assert "last_name" in answer.text
    assert "Hofer" not in answer.text, "a debug page is for the builder of a form, not for a visitor's data"


@pytest.mark.parametrize(("fields", "status"), [({"last_name": "x"}, 400), ({"oid": "00D999999999zzz"}, 404)])
def test_salesforce_forms_of_others_are_refused(desk: Desk, fields: dict[str, str], status: int) -> None:
    assert desk.client.post(SALESFORCE, data=fields).status_code == status
    assert desk.taken() == []


def test_salesforce_multipart_is_found_too(desk: Desk) -> None:
    answer = desk.client.post(SALESFORCE, data=FORM, content_type="multipart/form-data")

    assert answer.status_code == 200
    assert desk.taken()[0][0].source == "website-salesforce"


def test_hubspot_answers_as_hubspot(desk: Desk) -> None:
    answer = desk.client.post(HUBSPOT, json=FIELDS, headers={"Origin": "https://anybody.example"})
    sent_on = desk.client.post(
        "/submissions/v3/integration/submit/1234567/0f5f-sent-on", json=FIELDS | {"skipValidation": True}
    )

    [(intake, body), _] = desk.taken()
    assert (answer.status_code, answer.json) == (200, {"inlineMessage": "Thanks!"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert sent_on.json == {"redirectUri": "https://www.prairieline.example/thank-you"}
    assert (intake.dialect, intake.source) == ("hubspot", "website-hubspot")
    assert json.loads(body) == FIELDS


def test_hubspot_preflight(desk: Desk) -> None:
    answer = desk.client.options(HUBSPOT, headers={"Origin": "https://anybody.example"})

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", None),
        (b"[]", "REQUIRED_FIELD"),
        (b"{}", "REQUIRED_FIELD"),
        (json.dumps({"fields": [{}] * 1001}).encode(), "MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED"),
    ],
)
def test_hubspot_errors_are_shaped_as_hubspots(desk: Desk, body: bytes, kind: str | None) -> None:
    answer = desk.client.post(HUBSPOT, data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json["status"] == "error"
    assert answer.json["correlationId"] == answer.headers["X-Request-Id"]
    assert [error["errorType"] for error in answer.json.get("errors", [])] == ([kind] if kind else [])
    assert desk.taken() == []


def test_hubspot_unknown_form(desk: Desk) -> None:
    answer = desk.client.post("/submissions/v3/integration/submit/1/2", json=FIELDS)

    assert (answer.status_code, answer.json["status"]) == (404, "error")


def test_hubspot_secure_asks_for_the_forms_own_token(desk: Desk) -> None:
    with_token = desk.client.post(SECURE, json=FIELDS, headers={"Authorization": "Bearer pat-na1-token"})
    without = desk.client.post(SECURE, json=FIELDS)
    wrong = desk.client.post(SECURE, json=FIELDS, headers={"Authorization": "Bearer pat-na1-tokem"})
    no_token_agreed = SECURE.replace("guid", "sent-on")
    never = desk.client.post(no_token_agreed, json=FIELDS, headers={"Authorization": "Bearer pat-na1-token"})

    assert with_token.status_code == 200
    assert {without.status_code, wrong.status_code, never.status_code} == {401}
    assert len(desk.taken()) == 1


def test_hubspot_legacy(desk: Desk) -> None:
    fields = {"email": "lena@example.com", "hs_context": '{"hutk": "60c2ccdfe4892f0fa0593940b12c11aa"}'}
    plain = desk.client.post(LEGACY, data=fields)
    sent_on = desk.client.post(LEGACY.replace("guid", "sent-on"), data=fields)

    assert (plain.status_code, plain.data) == (204, b"")
    assert (sent_on.status_code, sent_on.headers["Location"]) == (302, "https://www.prairieline.example/thank-you")
    assert desk.taken()[0][0].dialect == "hubspot_legacy"


def test_contact_form_7_answers_its_script(desk: Desk) -> None:
    fields = {"_wpcf7": "57", "_wpcf7_unit_tag": "wpcf7-f57-p12-o1", "your-name": "Lena", "your-email": "l@example.com"}
    answer = desk.client.post(CONTACT_FORM_7, data=fields, content_type="multipart/form-data",
                              headers={"Origin": "https://www.prairieline.example"})  # fmt: skip

    [(intake, _)] = desk.taken()
    assert answer.status_code == 200
    assert answer.json == {
        "contact_form_id": 57,
        "status": "mail_sent",
        "message": "Thank you. Your inquiry has reached us.",
        "posted_data_hash": intake.receipt_id.hex,
        "into": "#wpcf7-f57-p12-o1",
        "invalid_fields": [],
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.prairieline.example"
    assert intake.dialect == "contact_form_7"


def test_contact_form_7_is_told_of_an_outage_in_its_own_words(desk: Desk) -> None:
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.gateway.spool.max_bytes = 0
    answer = desk.client.post(CONTACT_FORM_7, data={"your-name": "Lena", "_wpcf7_unit_tag": '"><script>'})

    assert (answer.status_code, answer.json["status"]) == (503, "mail_failed")
    assert answer.headers["Retry-After"]


def test_contact_form_7_repeats_no_script(desk: Desk) -> None:
    answer = desk.client.post(CONTACT_FORM_7, data={"your-name": "Lena", "_wpcf7_unit_tag": '"><script>'})

    assert answer.json["into"] == "#wpcf7-f57-o1"


def test_origins_that_are_not_listed_may_not_read(desk: Desk) -> None:
    answer = desk.client.post(CONTACT_FORM_7, data={"a": "b"}, headers={"Origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", [SALESFORCE, LEGACY, CONTACT_FORM_7])
def test_a_test_leaves_no_trace_in_reports(desk: Desk, path: str) -> None:
    desk.client.post(path + ("&" if "?" in path else "?") + "test=1", data=FORM)

    assert desk.taken()[0][0].test


def test_a_browser_gets_its_own_words_back_when_nothing_can_be_kept(desk: Desk) -> None:
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.gateway.spool.max_bytes = 0
    fields = {"name": 'Lena "L" <Hofer>', "message": "first line\nsecond"}
    answer = desk.client.post("/forms/contact?utm_source=a", data=fields, headers={"Accept": "text/html"})

    assert answer.status_code == 503
    assert 'action="/forms/contact?utm_source=a"' in answer.text
    assert 'value="Lena &#34;L&#34; &lt;Hofer&gt;"' in answer.text
