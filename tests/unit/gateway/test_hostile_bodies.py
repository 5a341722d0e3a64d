"""Bodies that break systems like this one, at every door: taken byte for byte, or refused as the sender's mistake."""

import gzip
import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable

import pytest

from shared.contracts import calls
from shared.contracts.calls import CheckReply
from shared.messaging.rpc_client import RoomAway
from tests.unit.gateway.conftest import GOOGLE_KEY, SECRETS, Desk

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
XML = "text/xml"
_PART = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na@b.example\r\n'
_BOMB = (
    b'<!DOCTYPE adf [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><adf><prospect><customer>&a11;</customer></prospect></adf>"
)

BODIES: dict[str, tuple[str, bytes]] = {
    "NUL": (FORM, b"email=a%00b\0&\0=\0"),
    "all bytes": (FORM, bytes(range(256)) * 4),
    "percent signs that are none": (FORM, b"%=%&%zz=%u1234&email=%ff%fe"),
    "10,000 fields": (FORM, b"&".join(b"f%d=v" % n for n in range(10_000))),
    "one field of 200 kB": (FORM, b"email=" + b"x" * 200_000),
    "header injection": (FORM, b"retURL=https://www.prairieline.example/thank-you%0d%0aSet-Cookie:+a=b&_next=%0d%0aX:+y"),
    "script": (FORM, b"name=<script>alert(1)</script>&_wpcf7_unit_tag=<script>&oid=00D300000000abc&debug=1"),
    "a formula": (FORM, b"name==HYPERLINK(%22http://evil.example%22)"),
    "lone surrogates": (JSON, b'{"email": "\\ud800", "\\udfff": "\\udc00", "fields": [{"name": "\\ud800"}]}'),
    "NaN": (JSON, b'{"acres": NaN, "budget": Infinity, "fields": [NaN]}'),
    "100,000 nested lists": (JSON, b"[" * 100_000),
    "100,000 nested and closed": (JSON, b"[" * 100_000 + b"]" * 100_000),
    "100,000 nested objects": (JSON, b'{"fields":' * 20_000),
    "a huge number": (JSON, b'{"fields": [], "lead_id": ' + b"9" * 10_000 + b"}"),
    "wrong types everywhere": (JSON, b'{"fields": {"a": 1}, "entry": 5, "form_response": [], "google_key": {"a": []}}'),
    "entries of nothing": (JSON, b'{"entry": [{"changes": [null, 1, {}]}], "form_response": {"token": [1]}}'),
    "fields of surprises": (JSON, b'{"fields": [null, 1, {"name": null, "value": {"a": ["\\ud83d"]}}], "hidden": NaN}'),
    "a number": (JSON, b"42"),
    "null": (JSON, b"null"),
    "white space": (JSON, b" \r\n\t "),
    "UTF-16": (JSON, '{"email": "a@b.example"}'.encode("utf-16")),
    "Windows encoding": (JSON, '{"name": "Müller"}'.encode("cp1252")),
    "an encoding that lies": (JSON + "; charset=utf-7", '{"name": "Müller"}'.encode()),
    "an encoding that is none": (FORM + "; charset=\u2028x", b"email=a@b.example"),
    "compressed": (JSON, gzip.compress(b'{"email": "a@b.example"}')),
    "multipart without end": (MULTIPART, _PART),
    "multipart without boundary": ("multipart/form-data", _PART + b"--x--\r\n"),
    "multipart with another boundary": ("multipart/form-data; boundary=yy", _PART + b"--x--\r\n"),
    "multipart without names": (MULTIPART, b"--x\r\n\r\nvalue\r\n--x--\r\n"),
    "multipart of 2,000 parts": (MULTIPART, _PART * 2_000 + b"--x--\r\n"),
    "multipart headers of 100 kB": (MULTIPART, b"--x\r\nX: " + b"y" * 100_000 + b"\r\n\r\nv\r\n--x--\r\n"),
    "multipart file with a path": (
        MULTIPART,
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../etc/passwd\0.csv"\r\n\r\na,b\r\n'
        b"--x--\r\n",
    ),
    "an XML bomb": (XML, _BOMB),
    "an external entity": (XML, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><adf>&x;</adf>'),
    "100,000 nested elements": (XML, b"<a>" * 60_000),
    "XML in UTF-16 without mark": (XML, "<adf/>".encode("utf-16-le")),
    "a CSV of quotes": ("text/csv", b'"' * 100_000),
    "a CSV of NUL": ("text/csv", b"Name,Email\n" + b"\0," * 10_000),
    "a zip that is no spreadsheet": ("text/csv", b"PK\x03\x04" + b"\0" * 5_000),
}  # fmt: skip


def _mac(secret: str, content: bytes) -> hmac.HMAC:
    return hmac.new(SECRETS[secret].encode(), content, hashlib.sha256)


SIGNED: dict[str, Callable[[bytes], dict[str, str]]] = {
    "/hooks/meta-dryers": lambda body: {"X-Hub-Signature-256": "sha256=" + _mac("TEST_META_SECRET", body).hexdigest()},
    "/hooks/linkedin-dryers": lambda body: {
        "X-LI-Signature": _mac("TEST_LINKEDIN_SECRET", b"hmacsha256=" + body).hexdigest()
    },
    "/hooks/typeform-mowers": lambda body: {
        "Typeform-Signature": "sha256=" + b64encode(_mac("TEST_TYPEFORM_SECRET", body).digest()).decode()
    },
    "/hooks/gravity": lambda body: {"X-Api-Key": "gravity token"},
    "/submissions/v3/integration/secure/submit/1234567/0f5f-guid": lambda body: {
        "Authorization": "Bearer pat-na1-token"
    },
}
OPEN = (
    "/forms/contact",
    "/servlet/servlet.WebToLead?oid=00D300000000abc",
    "/submissions/v3/integration/submit/1234567/0f5f-guid",
    "/uploads/form/v2/1234567/0f5f-guid",
    "/wp-json/contact-form-7/v1/contact-forms/57/feedback",
    "/hooks/google-ads-dryers",
)
KEYED = (
    "/v1/leads?source=a",
    "/v1/adf?source=a",
    "/v1/lists/a",
    "/v1/vendor/a",
    "/v1/vendor/a/ping",
    "/v1/keyed/a",
    "/keyed/a",
)


@pytest.mark.parametrize("door", [*OPEN, *KEYED, *SIGNED])
@pytest.mark.requirement("CAP-1")
def test_no_body_breaks_a_door_or_changes_on_its_way(desk: Desk, door: str) -> None:
    desk.rooms.replies[calls.RECEIPT] = RoomAway("capture")
    desk.rooms.replies[calls.CHECK] = CheckReply(acceptable=True, state="registered", missing=[])
    key = desk.key("intake") if door in KEYED else {}
    taken = 0
    for name, (content_type, body) in BODIES.items():
        desk.gateway.limits._counts.clear()
        desk.broker.messages.clear()
        headers = key | SIGNED.get(door, dict)(body) if door in SIGNED else key  # type: ignore[arg-type]
        for kind in {content_type, JSON, FORM, XML, "text/csv"}:
            raw = {"Content-Type": kind.encode().decode("latin-1")}
            answer = desk.client.post(door, data=body, headers=headers | raw)
            assert answer.status_code < 500, f"{name} as {kind}: {answer.status_code} {answer.text[:200]}"
            assert "\n" not in str(answer.headers.get("Location", ""))
            assert "<script>" not in answer.text
        for intake, published in desk.taken():
            taken += 1
            assert published == body or (door == "/v1/lists/a" and published in body), f"{name} was changed"
            assert all("\0" not in value for value in [*intake.query.values(), intake.filename or ""])
    assert desk.client.get("/healthz").status_code == 200
    assert taken or door in ("/v1/vendor/a/ping", "/hooks/google-ads-dryers")


def test_a_google_lead_may_be_hostile_too(desk: Desk) -> None:
    body = b'{"google_key": "%b", "lead_id": {"a": []}, "user_column_data": "\\ufffd\\u0000"}' % GOOGLE_KEY.encode()
    answer = desk.client.post("/hooks/google-ads-dryers", data=body, content_type=JSON)

    assert answer.status_code == 200
    assert desk.taken()[0][1] == body
