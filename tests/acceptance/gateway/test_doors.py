"""An adopter changes one address and nothing else: each sender posts as it always did, to a running gateway."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from gateway.routes import replies
from tests.integration.gateway.conftest import GatewayProcess, IntakeQueue, described

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SECRETS = {
    "LEADBUS_META_APP_SECRET": "meta",
    "LEADBUS_META_VERIFY_TOKEN": "verify",
    "LEADBUS_LINKEDIN_CLIENT_SECRET": "linkedin",
    "LEADBUS_TYPEFORM_SECRET": "typeform",
    "LEADBUS_HUBSPOT_TOKEN": "pat-na1-1",
}
LENA = {"email": "lena@example.com", "last_name": "Hofer", "company": "Hofer Grain"}
ADF = b'<?xml version="1.0"?><?adf version="1.0"?><adf><prospect><customer/></prospect></adf>'


@dataclass(frozen=True)
class Sender:
    """One post, and as what it must arrive."""

    path: str
    kind: str
    body: bytes
    dialect: str
    source: str
    headers: Callable[[bytes], dict[str, str]] = lambda body: {}
    #: What its own product answers: the status, and the body as far as it is the same each time.
    status: int = 200
    answer: str = "{}"


def mac(secret: str, content: bytes) -> hmac.HMAC:
    return hmac.new(secret.encode(), content, hashlib.sha256)


def fields(**more: str) -> bytes:
    return urlencode(LENA | more).encode()


HUBSPOT = json.dumps({"fields": [{"objectTypeId": "0-1", "name": "email", "value": "lena@example.com"}]}).encode()
META = json.dumps(
    {"object": "page", "entry": [{"id": "1", "changes": [{"field": "leadgen", "value": {"leadgen_id": "1"}}]}]}
).encode()
LINKEDIN = json.dumps({"leadAction": "CREATED", "leadGenFormResponse": "urn:li:leadGenFormResponse:1"}).encode()
TYPEFORM = json.dumps({"event_type": "form_response", "form_response": {"token": "t1"}}).encode()
GOOGLE = json.dumps({"lead_id": "g1", "google_key": "prairie-line-dryers", "user_column_data": []}).encode()
PORTAL = "4821007/9f1c6a52-33f1-4b0e-8f0e-5d2f0c1a7b10"
OLD_PORTAL = "4821007/2b7e1516-28ae-4d2a-a6ab-f7158809cf4f"

SENDERS = {
    "Salesforce": Sender(
        "/servlet/servlet.WebToLead?encoding=UTF-8", FORM, fields(oid="00D300000000abc"), "salesforce", "web-to-lead",
        answer="Thank you. Your inquiry has reached us.",
    ),
    "HubSpot": Sender(
        f"/submissions/v3/integration/submit/{PORTAL}", JSON, HUBSPOT, "hubspot", "hubspot-landing-pages",
        answer='"inlineMessage"',
    ),
    "HubSpot, secure": Sender(
        f"/submissions/v3/integration/secure/submit/{PORTAL}", JSON, HUBSPOT + b" ", "hubspot", "hubspot-landing-pages",
        lambda body: {"Authorization": "Bearer pat-na1-1"}, answer='"inlineMessage"',
    ),
    "HubSpot, legacy": Sender(
        f"/uploads/form/v2/{PORTAL}", FORM, fields(hs_context="{}"), "hubspot_legacy", "hubspot-landing-pages",
        status=204, answer="",
    ),
    "Contact Form 7": Sender(
        "/wp-json/contact-form-7/v1/contact-forms/57/feedback", FORM, fields(_wpcf7="57"), "contact_form_7",
        "parts-shop-cf7", answer='"mail_sent"',
    ),
    "Meta": Sender(
        "/hooks/meta-mowers", JSON, META, "meta", "meta-mowers",
        lambda body: {"X-Hub-Signature-256": "sha256=" + mac("meta", body).hexdigest()},
    ),
    "LinkedIn": Sender(
        "/hooks/linkedin-municipal", JSON, LINKEDIN, "linkedin", "linkedin-municipal",
        lambda body: {"X-LI-Signature": mac("linkedin", b"hmacsha256=" + body).hexdigest()},
    ),
    "Typeform": Sender(
        "/hooks/typeform-field-days", JSON, TYPEFORM, "typeform", "typeform-field-days",
        lambda body: {"Typeform-Signature": "sha256=" + b64encode(mac("typeform", body).digest()).decode()},
    ),
    "Google Ads": Sender("/hooks/google-ads-dryers", JSON, GOOGLE, "google_ads", "google-ads-dryers"),
    "Gravity Forms": Sender(
        "/hooks/dealer-site-gravity", JSON, b'{"1.3": "Lena"}', "gravity_forms", "dealer-site-gravity",
        lambda body: {"Authorization": "Bearer prairie-line-gravity"},
    ),
    "a portal": Sender(
        "/v1/adf?source=autobase", "text/xml", ADF, "adf", "autobase",
        status=202, answer="receipt_id",
    ),
    "a partner": Sender(
        "/v1/leads?source=partner-agrimag", JSON, b'{"a": 1}', "json", "partner-agrimag",
        status=202, answer="receipt_id",
    ),
    "a list": Sender(
        "/v1/lists/farm-progress-list", "text/csv", b"a;b\n1;2\n", "csv", "farm-progress-list",
        status=202, answer="receipt_id",
    ),
    "a vendor": Sender(
        "/v1/vendor/leadprosper-landscapers", FORM, fields(lp_action="test"), "vendor", "leadprosper-landscapers",
        answer='"success"',
    ),
    "a contact centre": Sender(
        "/v1/keyed/contact-centre", JSON, b'{"phone": "5155550134"}', "keyed", "contact-centre",
        status=202, answer="receipt_id",
    ),
    "a reply card": Sender(
        "/v1/keyed/keyed-cards", FORM, fields(card_code="MM26A"), "keyed", "keyed-cards",
        status=202, answer="receipt_id",
    ),
    "sales people": Sender(
        "/v1/keyed/employee-entry", JSON, b'{"name": "Lena"}', "keyed", "employee-entry",
        status=202, answer="receipt_id",
    ),
}  # fmt: skip


@pytest.mark.requirement("CAP-3", "CAP-5", "CAP-7", "CAP-8", "CAP-9", "CAP-11", "CAP-13", "CAP-19")
def test_every_sender_is_understood_in_its_own_dialect(tmp_path: Path, vhost: str, queue: IntakeQueue) -> None:
    # A confirm that comes late makes a twin of a message, which is right, and no subject of this test.
    patient = {"LEADBUS_PUBLISH_DEADLINE_MS": "10000"}
    settings = SECRETS | patient | {"LEADBUS_COMPANY": str(COMPANY), "LEADBUS_RPC_TIMEOUT_MS": "50"}
    gateway = GatewayProcess(tmp_path, vhost, settings).start()
    try:
        for name, sender in SENDERS.items():
            status, answer = gateway.post(sender.path, sender.body, sender.kind, **sender.headers(sender.body))
            assert status == sender.status, f"{name}: {answer!r}"
            [message] = queue.read(1)
            if sender.answer in ("", "{}"):
                assert answer.decode() == sender.answer, name
            assert sender.answer in answer.decode(), f"{name}: {answer!r}"
            assert message.body == sender.body, name
            assert (described(message)["dialect"], described(message)["source"]) == (sender.dialect, sender.source)
    finally:
        gateway.kill()


@pytest.mark.requirement("CAP-14")
def test_every_source_of_the_example_company_has_a_door() -> None:
    doors = yaml.safe_load((COMPANY / "entrypoints.yml").read_text())
    parts = ("forms", "salesforce", "hubspot", "contact_form_7")
    named = {form["source"] for part in parts for form in doors[part].values()}
    named |= {hook.get("source", name) for name, hook in doors["hooks"].items()}
    # The personal address on what we sent has a page of its own.
    named |= set((doors.get("referrals") or {}).values()) | {replies.SOURCE}
    named |= set(doors["mail"]["addresses"].values()) | set(doors["keyed"])
    with_a_key = {"adf", "json", "csv", "vendor", "keyed"}
    sources = yaml.safe_load((COMPANY / "sources.yml").read_text())["sources"]
    closed = {name for name, source in sources.items() if name not in named and source["dialect"] not in with_a_key}

    assert closed <= {name for name, source in sources.items() if source["dialect"] == "activity"}
