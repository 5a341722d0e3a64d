"""Platforms prove themselves on the raw body, each in its own way."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable

import pytest

from tests.unit.gateway.conftest import GOOGLE_KEY, SECRETS, Desk

JSON = {"Content-Type": "application/json"}
META = (
    b'{"object": "page", "entry": [{"id": "1", "time": 2, "changes": [{"field": "leadgen", '
    b'"value": {"leadgen_id": "77", "form_id": "5", "page_id": "1"}}]}]}'
)


def mac(secret: str, body: bytes) -> hmac.HMAC:
    return hmac.new(SECRETS[secret].encode(), body, hashlib.sha256)


def meta_headers(body: bytes, secret: str = "TEST_META_SECRET") -> dict[str, str]:
    return JSON | {"X-Hub-Signature-256": "sha256=" + mac(secret, body).hexdigest()}


def linkedin_headers(body: bytes) -> dict[str, str]:
    return JSON | {"X-LI-Signature": mac("TEST_LINKEDIN_SECRET", b"hmacsha256=" + body).hexdigest()}


def typeform_headers(body: bytes) -> dict[str, str]:
    return JSON | {"Typeform-Signature": "sha256=" + b64encode(mac("TEST_TYPEFORM_SECRET", body).digest()).decode()}


def test_meta_asks_whether_the_address_is_ours(desk: Desk) -> None:
    good = desk.client.get("/hooks/meta-dryers?hub.mode=subscribe&hub.verify_token=verify+me&hub.challenge=1158201444")
    bad = desk.client.get("/hooks/meta-dryers?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1")
    other = desk.client.get("/hooks/meta-dryers?hub.mode=unsubscribe&hub.verify_token=verify+me&hub.challenge=1")

    assert (good.status_code, good.data) == (200, b"1158201444")
    assert good.content_type.startswith("text/plain")
    assert {bad.status_code, other.status_code} == {403}


def test_linkedin_asks_whether_the_address_is_ours(desk: Desk) -> None:
    challenge = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    answer = desk.client.get(f"/hooks/linkedin-dryers?challengeCode={challenge}")

    expected = mac("TEST_LINKEDIN_SECRET", challenge.encode()).hexdigest()
    assert answer.json == {"challengeCode": challenge, "challengeResponse": expected}
    assert desk.client.get("/hooks/linkedin-dryers").status_code == 400


def test_the_question_whether_the_address_is_ours_signs_no_notice(desk: Desk) -> None:
    body = b'{"leadAction":"CREATED","leadGenFormResponse":"urn:li:leadGenFormResponse:666"}'
    asked = desk.client.get("/hooks/linkedin-dryers", query_string={"challengeCode": b"hmacsha256=" + body})
    forged = JSON | {"X-LI-Signature": (asked.json or {}).get("challengeResponse", "")}

    assert asked.status_code == 400
    assert desk.client.post("/hooks/linkedin-dryers", data=body, headers=forged).status_code == 403
    assert desk.taken() == []


@pytest.mark.parametrize("secret", ["TEST_META_SECRET", "TEST_META_NEXT_SECRET"])
def test_meta_is_heard_while_one_secret_replaces_the_other(desk: Desk, secret: str) -> None:
    answer = desk.client.post("/hooks/meta-dryers", data=META, headers=meta_headers(META, secret))

    [(intake, body)] = desk.taken()
    assert (answer.status_code, body) == (200, META)
    assert (intake.dialect, intake.source) == ("meta", "meta-dryers")


def test_linkedin_signs_with_its_prefix(desk: Desk) -> None:
    body = json.dumps({"leadAction": "CREATED", "leadGenFormResponse": "urn:li:leadGenFormResponse:1"}).encode()
    without_prefix = JSON | {"X-LI-Signature": mac("TEST_LINKEDIN_SECRET", body).hexdigest()}

    assert desk.client.post("/hooks/linkedin-dryers", data=body, headers=linkedin_headers(body)).status_code == 200
    assert desk.client.post("/hooks/linkedin-dryers", data=body, headers=without_prefix).status_code == 403
    assert len(desk.taken()) == 1


def test_typeform_signs_in_base64(desk: Desk) -> None:
    body = b'{"event_type": "form_response", "form_response": {"token": "t-1"}}'
    hexadecimal = JSON | {"Typeform-Signature": "sha256=" + mac("TEST_TYPEFORM_SECRET", body).hexdigest()}

    assert desk.client.post("/hooks/typeform-mowers", data=body, headers=typeform_headers(body)).status_code == 200
    assert desk.client.post("/hooks/typeform-mowers", data=body, headers=hexadecimal).status_code == 403


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/hooks/meta-dryers", {}),
        ("/hooks/meta-dryers", meta_headers(META + b" ")),
        ("/hooks/meta-dryers", {"X-Hub-Signature-256": "sha256="}),
        ("/hooks/meta-dryers", {"X-Hub-Signature-256": "sha256=ü"}),
        ("/hooks/typeform-mowers", {"Typeform-Signature": "sha256=AAAA"}),
        ("/hooks/gravity", {"Authorization": "Bearer guess"}),
        ("/hooks/gravity", {}),
    ],
)
def test_what_is_not_proven_is_not_taken(desk: Desk, path: str, headers: dict[str, str]) -> None:
    raw = {name: value.encode().decode("latin-1") for name, value in headers.items()}

    assert desk.client.post(path, data=META, headers=JSON | raw).status_code == 403
    assert desk.taken() == []


def test_guesses_are_counted(desk: Desk) -> None:
    statuses = {desk.client.post("/hooks/meta-dryers", data=META).status_code for _ in range(25)}

    assert statuses == {403, 429}


def test_a_sender_that_cannot_sign_has_a_token(desk: Desk) -> None:
    answer = desk.client.post("/hooks/gravity", json={"1.3": "Lena"}, headers={"Authorization": "Bearer gravity token"})

    assert answer.status_code == 200
    assert desk.taken()[0][0].dialect == "gravity_forms"


def test_a_secret_that_nobody_put_in_place_is_told_as_ours(desk: Desk) -> None:
    answer = desk.client.post("/hooks/silent", data=b"{}", headers=typeform_headers(b"{}"))

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


def test_every_hook_has_one_address(desk: Desk) -> None:
    lead = {"lead_id": "1", "google_key": GOOGLE_KEY}

    assert desk.client.post("/hooks/google-ads-dryers", json=lead).status_code == 200
    assert desk.client.post("/hooks/google-ads/google-ads-dryers", json=lead).status_code == 200
    assert desk.client.post("/hooks/unknown", json=lead).status_code == 404
    assert desk.client.get("/hooks/gravity").status_code == 405


def test_the_platforms_own_key_gives_the_same_receipt_for_ever(desk: Desk) -> None:
    def receipts(path: str, *bodies: bytes) -> set[str]:
        headers = {"typeform": typeform_headers, "meta": meta_headers, "linkedin": linkedin_headers}
        desk.broker.messages.clear()
        for body in bodies:
            signed = next((make(body) for name, make in headers.items() if name in path), JSON)
            assert desk.client.post(path, data=body, headers=signed).status_code == 200
            # As another process would see it, which remembers nothing.
            desk.gateway.repeats._receipts.clear()
            desk.gateway.repeats._contents.clear()
        return {str(intake.receipt_id) for intake, _ in desk.taken()}

    typeform = [b'{"form_response": {"token": "t"}, "again": %d}' % turn for turn in (1, 2)]
    google = [json.dumps({"google_key": GOOGLE_KEY, "lead_id": "x", "n": turn}).encode() for turn in (1, 2)]
    testing = [json.dumps({"google_key": GOOGLE_KEY, "lead_id": "x", "is_test": True, "n": n}).encode() for n in (1, 2)]
    linkedin = [
        json.dumps({"leadAction": action, "leadGenFormResponse": "urn:1"}).encode() for action in ("CREATED", "DELETED")
    ]

    assert len(receipts("/hooks/typeform-mowers", *typeform)) == 1
    assert len(receipts("/hooks/google-ads-dryers", *google)) == 1
    assert len(receipts("/hooks/meta-dryers", META, META)) == 1
    assert len(receipts("/hooks/google-ads-dryers", *testing)) == 2, "test leads share one id and are not one"
    assert len(receipts("/hooks/linkedin-dryers", *linkedin)) == 2


def test_notices_that_only_look_alike_have_receipts_of_their_own(desk: Desk) -> None:
    """Whatever this process remembers: the front desk takes one receipt for one inquiry, and would drop the other."""

    def meta(*leads: object) -> bytes:
        changes = [{"field": "leadgen", "value": {"leadgen_id": lead} if lead else {}} for lead in leads]
        return json.dumps({"object": "page", "entry": [{"changes": changes}]}).encode()

    def receipts(path: str, sign: Callable[[bytes], dict[str, str]], *bodies: bytes) -> int:
        desk.broker.messages.clear()
        for body in bodies:
            assert desk.client.post(path, data=body, headers=sign(body)).status_code == 200
            desk.gateway.repeats._receipts.clear()
            desk.gateway.repeats._contents.clear()
        return len({intake.receipt_id for intake, _ in desk.taken()})

    many = [str(10**15 + number) for number in range(80)]
    assert receipts("/hooks/meta-dryers", meta_headers, meta(*many, "1"), meta(*many, "2")) == 2
    assert receipts("/hooks/meta-dryers", meta_headers, meta("7", None), meta("7", "8", None)) == 2
    nameless = [json.dumps({"leadAction": "CREATED", "n": turn}).encode() for turn in (1, 2)]
    assert receipts("/hooks/linkedin-dryers", linkedin_headers, *nameless) == 2
    untold = [json.dumps({"leadAction": None, "leadGenFormResponse": {}, "n": turn}).encode() for turn in (1, 2)]
    assert receipts("/hooks/linkedin-dryers", linkedin_headers, *untold) == 2


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_form_service_may_be_set_to_put_or_patch(desk: Desk, method: str) -> None:
    answer = desk.client.open(
        "/hooks/gravity", method=method, json={"1.3": "Lena"}, headers={"Authorization": "Bearer gravity token"}
    )

    assert answer.status_code == 200
    assert len(desk.taken()) == 1


def test_a_key_of_half_an_emoji_is_a_key(desk: Desk) -> None:
    body = b'{"google_key": "%b", "lead_id": "\\ud83d"}' % GOOGLE_KEY.encode()

    assert desk.client.post("/hooks/google-ads-dryers", data=body, headers=JSON).status_code == 200


def test_one_key_with_two_bodies_loses_neither(desk: Desk) -> None:
    for turn in (1, 2):
        desk.client.post("/hooks/google-ads-dryers", json={"google_key": GOOGLE_KEY, "lead_id": "x", "n": turn})

    assert len({intake.receipt_id for intake, _ in desk.taken()}) == 2
