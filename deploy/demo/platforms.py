"""One inquirer as other products send them: their forms and webhooks, with our host name in the address."""

import base64
import hashlib
import hmac
import io
import json
import random
from urllib.parse import urlencode

from openpyxl import Workbook

from deploy.demo.formats import Request
from deploy.demo.people import Inquirer

#: What the demo's gateway is told through its environment; the names stand in the company's `entrypoints.yml`.
SECRETS = {
    "LEADBUS_META_APP_SECRET": "demo-meta-app-secret",
    "LEADBUS_META_VERIFY_TOKEN": "demo-meta-verify-token",
    "LEADBUS_LINKEDIN_CLIENT_SECRET": "demo-linkedin-client-secret",
    "LEADBUS_TYPEFORM_SECRET": "demo-typeform-secret",
    "LEADBUS_HUBSPOT_TOKEN": "demo-hubspot-token",
}
GRAVITY_KEY = "prairie-line-gravity"
FORM = "application/x-www-form-urlencoded"


def salesforce(person: Inquirer, rng: random.Random) -> Request:
    """Salesforce's Web-to-Lead form."""
    fields = {
        "oid": "00D300000000abc",
        "retURL": "https://www.prairieline.example/thank-you",
        "first_name": person.first,
        "last_name": person.last,
        "email": person.email,
        "phone": person.phone,
        "company": person.company,
        "street": person.street,
        "city": person.city,
        "state": person.state,
        "zip": person.postcode,
        "description": person.wish.message,
        "00N5g00000AcRes": person.wish.acres,
        "00N5g00000TmLin": person.wish.timing,
        "00N5g00000PrInt": person.product,
        "emailOptOut": rng.choice(("0", "0", "1")),
    }
    path = "/servlet/servlet.WebToLead?encoding=UTF-8"
    return Request("Salesforce Web-to-Lead", path, urlencode(fields).encode(), FORM)


def hubspot(person: Inquirer, rng: random.Random) -> Request:
    """HubSpot's form of today."""
    names = ("firstname", "lastname", "email", "phone", "company", "zip", "product_of_interest", "purchase_horizon")
    values = (person.first, person.last, person.email, person.phone, person.company, person.postcode, person.product,
              person.wish.timing)  # fmt: skip
    agreed = {"value": rng.random() < 0.7, "subscriptionTypeId": 1188, "text": "News of Prairie Line by email"}
    document = {
        "fields": [
            {"objectTypeId": "0-1", "name": name, "value": value}
            for name, value in zip(names, values, strict=True)
            if value
        ],
        "submittedAt": "1772463600000",
        "context": {"hutk": visitor_id(person), "pageUri": "https://www.prairieline.example/spring?utm_source=hs"},
        "legalConsentOptions": {
            "consent": {"consentToProcess": True, "text": "I agree to be answered.", "communications": [agreed]}
        },
    }
    path = "/submissions/v3/integration/submit/4821007/9f1c6a52-33f1-4b0e-8f0e-5d2f0c1a7b10"
    return Request("HubSpot form", path, json.dumps(document).encode(), "application/json")


def hubspot_legacy(person: Inquirer, rng: random.Random) -> Request:
    """HubSpot's form of old pages."""
    context = {"hutk": visitor_id(person), "pageUrl": "https://old.prairieline.example/"}
    fields = {
        "firstname": person.first,
        "lastname": person.last,
        "email": person.email,
        "product_of_interest": person.product,
        "news_by_email": rng.choice(("true", "false")),
        "hs_context": json.dumps(context),
    }
    path = "/uploads/form/v2/4821007/2b7e1516-28ae-4d2a-a6ab-f7158809cf4f"
    return Request("HubSpot form, old", path, urlencode(fields).encode(), FORM)


def meta_notice(people: list[Inquirer]) -> Request:
    """Meta announces leads, several in one post; what they answered is fetched later."""
    changes = [
        {
            "field": "leadgen",
            "value": {
                "leadgen_id": meta_id(one), "page_id": "1060200", "form_id": "602817004416", "created_time": 1772463600,
            },
        }
        for one in people
    ]  # fmt: skip
    body = json.dumps({"object": "page", "entry": [{"id": "1060200", "time": 1772463601, "changes": changes}]}).encode()
    secret = SECRETS["LEADBUS_META_APP_SECRET"].encode()
    signature = {"X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}
    return Request("Meta lead ads", "/hooks/meta-mowers", body, "application/json", signature, inquiries=len(people))


def meta_id(person: Inquirer) -> str:
    """The number of somebody's lead at Meta."""
    return f"7711{person.number:010}"


def meta_answers(person: Inquirer) -> dict[str, object]:
    """What the Graph API says of it."""
    said = {
        "full_name": person.name,
        "email": person.email,
        "phone_number": person.phone,
        "post_code": person.postcode,
        "how_many_acres_do_you_mow?": person.wish.acres,
        "when_do_you_plan_to_buy?": person.wish.timing,
    }
    return {
        "id": meta_id(person),
        "created_time": "2026-03-02T15:00:00+0000",
        "form_id": "602817004416",
        "is_organic": True,
        "platform": "fb",
        "field_data": [{"name": name, "values": [value]} for name, value in said.items() if value],
    }


def linkedin_notice(person: Inquirer) -> Request:
    """LinkedIn announces a response."""
    document = {
        "type": "LEAD_ACTION",
        "leadAction": "CREATED",
        "leadGenFormResponse": f"urn:li:leadGenFormResponse:{linkedin_id(person)}",
        "leadGenForm": "urn:li:leadGenForm:9901",
        "leadType": "SPONSORED",
        "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:5123"},
        "occurredAt": 1772463600000,
    }
    body = json.dumps(document).encode()
    secret = SECRETS["LEADBUS_LINKEDIN_CLIENT_SECRET"].encode()
    signature = {"X-LI-Signature": hmac.new(secret, b"hmacsha256=" + body, hashlib.sha256).hexdigest()}
    return Request("LinkedIn lead form", "/hooks/linkedin-municipal", body, "application/json", signature)


def linkedin_id(person: Inquirer) -> str:
    """The number of somebody's response at LinkedIn."""
    return f"demo-{person.number:06}-1"


def linkedin_answers(person: Inquirer) -> dict[str, object]:
    """What `leadFormResponses` says of it."""
    asked = (
        ("FIRST_NAME", person.first), ("LAST_NAME", person.last), ("EMAIL", person.email),
        ("COMPANY_NAME", person.company), ("PHONE_NUMBER", person.phone),
    )  # fmt: skip
    questions = [
        {"questionId": number, "predefinedField": field, "question": {"localized": {"en_US": field}}}
        for number, (field, _) in enumerate(asked, 1)
    ]
    answers = [
        {"questionId": number, "answerDetails": {"textQuestionAnswer": {"answer": value}}}
        for number, (_, value) in enumerate(asked, 1)
    ]
    return {
        "id": linkedin_id(person),
        "submittedAt": 1772463600000,
        "testLead": False,
        "leadType": "SPONSORED",
        "versionedLeadGenFormUrn": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:9901,1)",
        "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:5123"},
        "formResponse": {"answers": answers},
        "form": {"id": 9901, "name": "Parks", "hiddenFields": [], "content": {"questions": questions}},
    }


def typeform(person: Inquirer, rng: random.Random) -> Request:
    """Typeform's webhook of the sign-up for field days."""
    asked = (
        ("name", "What is your name?", "text", person.name),
        ("mail", "And your email?", "email", person.email),
        ("which_machines", "Which machines interest you?", "text", person.product),
        ("plan", "When do you plan to buy?", "text", person.wish.timing or "just looking"),
        ("stay_in_touch", "May we stay in touch by email?", "boolean", rng.random() < 0.7),
    )
    fields = [{"id": ref, "ref": ref, "title": title, "type": "short_text"} for ref, title, _, _ in asked]
    answers = [{"type": kind, kind: said, "field": {"id": ref, "ref": ref}} for ref, _, kind, said in asked]
    document = {
        "event_id": f"ev-{person.number}",
        "event_type": "form_response",
        "form_response": {
            "form_id": "fd2026", "token": f"tf{person.number:020}", "submitted_at": "2026-03-02T15:00:00Z",
            "hidden": {"utm_source": "dealer-mail"}, "definition": {"id": "fd2026", "fields": fields},
            "answers": answers,
        },
    }  # fmt: skip
    body = json.dumps(document, ensure_ascii=False).encode()
    digest = hmac.new(SECRETS["LEADBUS_TYPEFORM_SECRET"].encode(), body, hashlib.sha256).digest()
    signature = {"Typeform-Signature": "sha256=" + base64.b64encode(digest).decode()}
    return Request("Typeform", "/hooks/typeform-field-days", body, "application/json", signature)


def gravity(person: Inquirer, rng: random.Random) -> Request:
    """Gravity Forms on a dealer's site: fields by number."""
    document = {
        "id": person.number, "form_id": "3", "date_created": "2026-03-02 15:00:00", "1.3": person.first,
        "1.6": person.last, "2": person.email, "3": person.phone, "5": person.product, "6": person.wish.timing,
        "7": person.wish.message, "8.1": "1" if rng.random() < 0.5 else "",
        "source_url": "https://dealer.example/contact?utm_medium=dealer",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {GRAVITY_KEY}"}
    path = "/hooks/dealer-site-gravity"
    return Request("Gravity Forms", path, json.dumps(document).encode(), "application/json", headers)


def contact_form_7(person: Inquirer) -> Request:
    """Contact Form 7 of the parts shop, as the browser posts it."""
    fields = {
        "_wpcf7": "57",
        "_wpcf7_unit_tag": "wpcf7-f57-p12-o1",
        "your-name": person.name,
        "your-email": person.email,
        "your-subject": "Parts",
        "your-message": person.wish.message or "Belt for a ZT 54",
        "machine": "ZT 54",
    }
    path = "/wp-json/contact-form-7/v1/contact-forms/57/feedback"
    return Request("Contact Form 7", path, urlencode(fields).encode(), FORM)


def vendor(person: Inquirer) -> Request:
    """A lead vendor posts, and waits for the verdict."""
    document = {
        "lp_campaign_id": "9920", "lp_supplier_id": "117", "first_name": person.first, "last_name": person.last,
        "email": person.email, "phone_1": person.phone, "address_1": person.street, "city": person.city,
        "state": person.state, "postal_code": person.postcode, "property_acres": person.wish.acres,
        "project_timeframe": person.wish.timing,
        "trustedform_cert_url": f"https://cert.trustedform.example/{person.number:040x}",
        "jornaya_leadid": f"{person.number:08X}-5A1B-4B3C-9D4E-000000000000",
    }  # fmt: skip
    body = json.dumps(document).encode()
    return Request("lead vendor", "/v1/vendor/leadprosper-landscapers", body, "application/json", needs_key=True)


def phone_call(person: Inquirer) -> Request:
    """The contact centre wrote down a call."""
    document = {
        "caller_name": person.name,
        "phone": person.phone,
        "zip": person.postcode,
        "product": person.product,
        "wants": person.wish.interest,
        "message": person.wish.message,
        "keyed_by": "agent 7",
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    return Request("telephone call", "/v1/keyed/contact-centre", body, "application/json", needs_key=True)


def forwarded(person: Inquirer, employee: str) -> Request:
    """A colleague forwards somebody they met."""
    document = {
        "referrer": employee,
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "company": person.company,
        "product": person.product,
        "message": "Met on a service call",
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    return Request("forwarded by staff", "/v1/referrals", body, "application/json", needs_key=True)


def badge_workbook(people: list[Inquirer]) -> Request:
    """A trade-show list as an Excel workbook: numbers where phones and ZIP codes were."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Badge ID", "Attendee Name", "Email", "Phone", "Zip", "Products", "Qualifier 1"])
    for one in people:
        digits = int("".join(filter(str.isdigit, one.phone)))
        sheet.append(
            [f"X{one.number:05}", one.name, one.email, digits, int(one.postcode), one.product, one.wish.timing]
        )
    held = io.BytesIO()
    book.save(held)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    path = "/v1/lists/farm-progress-list"
    return Request("show list (Excel)", path, held.getvalue(), kind, needs_key=True, inquiries=len(people))


def visitor_id(person: Inquirer) -> str:
    """By what the browser of somebody is known, before and after they say who they are."""
    return f"{person.number:032x}"


def visit(person: Inquirer, rng: random.Random) -> Request:
    """Footsteps on the website, as its script sends them: nobody knows yet whose they are."""
    pages = ("/", "/dryers", "/mowers", "/prices", "/dealers")
    events = [
        {"id": f"{person.number}-{place}", "kind": "page", "url": f"https://www.prairieline.example{page}", "age": 9000}
        for place, page in enumerate(rng.sample(pages, 3))
    ]
    if rng.random() < 0.6:
        answers = {"acres": person.wish.acres or "200"}
        events.append({"id": f"{person.number}-c", "kind": "calculator", "what": "drying-cost", "details": answers})
    if rng.random() < 0.5:
        events.append({"id": f"{person.number}-d", "kind": "download", "what": "drying-guide"})
    document = {
        "visitor": visitor_id(person),
        "first": {"utm_source": "google", "utm_medium": "cpc", "gclid": f"Cj{person.number}", "age": 86_400_000},
        "events": events,
    }
    headers = {
        "Origin": "https://www.prairieline.example",
        "Accept-Language": "en-US",
        "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    }
    return Request(
        "visit of the website", "/t?site=www", json.dumps(document).encode(), "text/plain", headers, inquiries=0
    )
