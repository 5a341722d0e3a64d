"""Any bytes in any dialect are read or refused with a reason, and what is read can be stored."""

import json
import time
import uuid
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.capture import sources
from services.capture.domain.inquiry import fingerprint, parsed, refusal
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import READERS
from shared.contracts.intake import Intake
from tests.builders import NOON
from tests.unit.capture.readers import COMPANY, normal, read

GOLDEN_FILES = Path(__file__).parents[2] / "golden"
SOURCES = {
    "json": "partner-agrimag",
    "form": "website-contact",
    "adf": "autobase",
    "google_ads": "google-ads-dryers",
    "csv": "farm-progress-list",
    "salesforce": "web-to-lead",
    "hubspot": "hubspot-landing-pages",
    "hubspot_legacy": "hubspot-old-forms",
    "meta": "meta-mowers",
    "linkedin": "linkedin-municipal",
    "typeform": "typeform-field-days",
    "gravity_forms": "dealer-site-gravity",
    "contact_form_7": "parts-shop-cf7",
    "vendor": "leadprosper-landscapers",
    "email": "info-mailbox",
    "keyed": "keyed-cards",
}
#: What such bodies are made of, so that chance gets past the first character.
PIECES = {
    "json": [
        b'{"',
        b'":',
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b"email",
        b"\\u0000",
        b"\\ud800",
        b"NaN",
        b"1e999",
        b"null",
    ],
    "form": [b"your-email=", b"&", b"=", b"%00", b"%ff", b"+", b"zip", b"--XX\r\n", b"\r\n\r\n"],
    "adf": [
        b"<adf>",
        b"<prospect>",
        b"</prospect>",
        b"</adf>",
        b"<?adf",
        b"?>",
        b"<!DOCTYPE",
        b"&",
        b"<id a=b>",
        b"]]>",
    ],
    "google_ads": [
        b'{"user_column_data":[',
        b'{"column_id":"EMAIL","string_value":',
        b'"a@b.example"',
        b"}",
        b"]",
        b",",
        b"null",
    ],
    "csv": [
        b"Name,Email\n",
        b"Email;Zip\n",
        b",",
        b";",
        b"\t",
        b'"',
        b"\n",
        b"\r",
        b"\x00",
        b"\xff\xfe",
        b"a@b.example",
        b"1E9",
    ],
    "salesforce": [b"oid=00D", b"&", b"=", b"00N5g00000AcRes=", b"doNotCall=1", b"%00", b"email=", b"last_name=%E9"],
    "hubspot": [
        b'{"fields":[',
        b'{"name":"email","value":',
        b'"a@b.example"',
        b"}",
        b"]",
        b",",
        b'"context":',
        b"null",
    ],
    "hubspot_legacy": [
        b"email=a%40b.example",
        b"&",
        b"hs_context=",
        b"%7B%22hutk%22:%22x%22%7D",
        b"%7B",
        b"\xff",
        b"=",
    ],
    "meta": [
        b'{"entry":[',
        b'{"changes":[',
        b'{"field":"leadgen","value":',
        b'{"leadgen_id":"1"}',
        b"}",
        b"]",
        b"null",
        b",",
    ],
    "linkedin": [
        b'{"leadGenFormResponse":',
        b'"urn:li:leadGenFormResponse:1"',
        b'"leadAction":',
        b"[",
        b"]",
        b"}",
        b",",
        b"null",
    ],
    "typeform": [
        b'{"form_response":{"answers":[',
        b'{"type":"text","text":',
        b'"field":{"ref":"plan"}',
        b"}",
        b"]",
        b",",
        b"null",
        b"1",
    ],
    "gravity_forms": [
        b'{"1.3":"Ann"',
        b'"1.6":',
        b'{"entry":',
        b'{"form":{"fields":[',
        b"2=a%40b.example",
        b"}",
        b"]",
        b",",
        b"&",
    ],
    "contact_form_7": [
        b"your-email=a%40b.example",
        b"&",
        b'{"your-name":',
        b'{"posted_data":',
        b'"x"',
        b"}",
        b"[",
        b"]",
    ],
    "vendor": [
        b"lp_action=test",
        b"&",
        b"email=a%40b.example",
        b'{"lead":',
        b"{",
        b"}",
        b'"trustedform_cert_url":',
        b"null",
    ],
    "keyed": [b"keyed_by=Ann", b"&", b"card_number=7", b'[{"phone":', b'"515 555 0142"', b"}", b"]", b","],
    "email": [
        b"From: Ann Lee <a@b.example>\n",
        b"Subject: =?utf-8?B?",
        b"?=\n",
        b"Content-Type: multipart/mixed; boundary=x\n",
        b"Content-Type: text/html; charset=nope\n",
        b"\n",
        b"--x\n",
        b"--x--\n",
        b"<adf><prospect>",
        b"</prospect></adf>",
        b"Name: Ann\nEmail: a@b.example\nPhone: 1\n",
        b"Content-Transfer-Encoding: base64\n",
        b"\xff",
        b"On x wrote:\n",
    ],
}


def _taken(body: bytes, dialect: str, **over: Any) -> None:
    source = SOURCES[dialect]
    try:
        submissions = read(body, dialect=dialect, source=source, **over)
    except Unreadable:
        return
    assert submissions
    for said in submissions[:50]:
        _storable(said, source)


def _storable(said: Submission, source: str) -> None:
    inquiry = normal(said, source)
    refusal(said, inquiry)
    fingerprint(source, said)
    stored = orjson.dumps([parsed(said), asdict(inquiry.facts), inquiry.answers, [asdict(n) for n in inquiry.notes]])
    assert "\0" not in str(json.loads(stored))
    assert 0 <= inquiry.completeness <= 1


@pytest.mark.parametrize("dialect", sorted(READERS))
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_bytes(dialect: str, data: st.DataObject) -> None:
    pieces = st.one_of(st.sampled_from(PIECES[dialect]), st.binary(max_size=12))
    body = b"".join(data.draw(st.lists(pieces, max_size=30)))
    content_type = data.draw(st.sampled_from(["", "application/json", "text/csv; charset=utf-16", "x/y; charset=\0"]))

    _taken(body, dialect, content_type=content_type)


@settings(max_examples=150, deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(
            ["email", "name", "phone", "zip", "state", "city", "street", "country", "acres", "timing", "x"]
        ),
        st.one_of(
            st.text(max_size=60), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text(max_size=9))
        ),
    )
)
def test_any_values(values: dict[str, Any]) -> None:
    _taken(json.dumps(values).encode(), "json")


@pytest.mark.parametrize("dialect", sorted(READERS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_broken_copy_of_a_real_body(dialect: str, data: st.DataObject) -> None:
    """Bytes lost, doubled and swapped on the way: what is nearly right goes deeper into a reader than chance does."""
    path = data.draw(st.sampled_from(sorted(one for one in GOLDEN[dialect] if one.stat().st_size < 60_000)))
    body = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 6))):
        at, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 40))
        piece = data.draw(st.one_of(st.sampled_from(SPLICES), st.just(body[at : at + length] * 2)))
        body = body[:at] + piece + body[at + length :]
    if path.name.startswith("answer"):
        _answered(body, dialect)
    else:
        request = json.loads(path.with_name(f"{path.name.partition('.')[0]}.expected.json").read_text())["request"]
        _taken(body, dialect, content_type=request.get("content_type", ""))


GOLDEN = {
    dialect: [path for path in (GOLDEN_FILES / dialect).iterdir() if not path.name.endswith(".expected.json")]
    for dialect in READERS
}
SPLICES = [
    b"",
    b"\0",
    b"\xff",
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"1e999",
    b"\\ud800",
    b"&",
    b"<",
    b"\r\n\r\n",
    b"--",
    b"%00",
    b"=",
]


def _answered(body: bytes, dialect: str) -> None:
    source = COMPANY.sources[SOURCES[dialect]]
    try:
        said = sources.answer(
            body, replace(_INTAKE, dialect=dialect), source, Submission(fetch="1", provider_key="leadgen_id:1")
        )
    except Unreadable:
        return
    _storable(said, SOURCES[dialect])


_INTAKE = Intake(receipt_id=uuid.uuid4(), received_at=NOON, dialect="", source="", query={}, headers={})


#: What quadratic patterns and parsers take minutes for.
SLOW = [
    "<!--",
    "<",
    "</",
    "<a ",
    "<?",
    "&#",
    "\n",
    " ",
    "a:\n",
    "On x\n",
    "From: x\nTo: y\n",
    ">",
    "phone ",
    "--- \n",
    "<![CDATA[",
]


@pytest.mark.parametrize("piece", SLOW)
def test_no_body_takes_long(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    _taken(f"<prospect>{text}".encode(), "adf")
    _taken(f"From: a@b.example\r\nSubject: x\r\n\r\n{text}".encode(), "email")
    _taken(f"From: a@b.example\r\nContent-Type: text/html\r\n\r\n{text}".encode(), "email")
    _taken(text.encode(), "form", content_type="application/x-www-form-urlencoded")

    # Half a second here; the parser of the standard library takes ten times the limit.
    assert time.process_time() - began < 8


def test_every_dialect_is_tried() -> None:
    assert set(SOURCES) == set(READERS)
    assert set(SOURCES.values()) <= set(COMPANY.sources)
