"""Ready examples of how to send for a source: every door that leads to it, in that door's own dialect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from gateway.entrypoints import Entrypoints

#: The person of all examples.
LENA = {
    "email": "lena.hofer@example.com",
    "name": "Lena Hofer",
    "company": "Hofer Grain",
    "phone": "+1 515 555 0134",
    "zip": "50010",
    "message": "Please send the dryer brochure.",
}
_KEY = "-H 'Authorization: Bearer lb_…'"
ADF = (
    '<?xml version="1.0"?><?adf version="1.0"?><adf><prospect><requestdate>2026-03-02T10:00:00-06:00</requestdate>'
    '<customer><contact><name part="full">Lena Hofer</name><email>lena.hofer@example.com</email></contact></customer>'
    "<vendor><vendorname>Prairie Line</vendorname><contact><name>Sales</name></contact></vendor></prospect></adf>"
)


@dataclass(frozen=True)
class Example:
    """One way in: what it is called, the command, what is answered, and how a test is marked."""

    title: str
    command: str
    answer: str
    test: str


def examples(source: str, dialect: str, doors: Entrypoints, base: str) -> list[Example]:
    """All ways in for a source."""
    return [*_foreign(source, doors, base), *_hooks(source, doors, base), *_mail(source, doors),
            *_own(source, dialect, base)]  # fmt: skip


def _foreign(source: str, doors: Entrypoints, base: str) -> Iterator[Example]:
    for form in doors.forms.values():
        if form.source == source:
            command = _form(f"{base}/forms/{form.name}", LENA)
            yield Example("Web form", command, "a page, 303 to retURL, or 202 with the receipt for JSON", "?test=1")
    for oid, form in doors.salesforce.items():
        if form.source == source:
            fields = {"oid": oid, "last_name": "Hofer", "company": "Hofer Grain", "email": LENA["email"]}
            command = _form(f"{base}/servlet/servlet.WebToLead?encoding=UTF-8", fields)
            yield Example("Salesforce Web-to-Lead", command, "303 to retURL, or a page; debug=1 shows it", "?test=1")
    for path, form in doors.hubspot.items():
        if form.source == source:
            listed = [{"objectTypeId": "0-1", "name": "email", "value": LENA["email"]}]
            command = _json(f"{base}/submissions/v3/integration/submit/{path}", {"fields": listed})
            yield Example("HubSpot form, version 3", command, '{"inlineMessage": …} or {"redirectUri": …}', "?test=1")
            command = _form(f"{base}/uploads/form/v2/{path}", {"email": LENA["email"], "lastname": "Hofer"})
            yield Example("HubSpot form, version 2", command, "204, or 302", "?test=1")
    for number, form in doors.contact_form_7.items():
        if form.source == source:
            fields = {"your-name": LENA["name"], "your-email": LENA["email"], "your-message": LENA["message"]}
            command = _form(f"{base}/wp-json/contact-form-7/v1/contact-forms/{number}/feedback", fields)
            yield Example("Contact Form 7", command, '{"status": "mail_sent", …}', "?test=1")


def _hooks(source: str, doors: Entrypoints, base: str) -> Iterator[Example]:
    signed = {
        "meta": "X-Hub-Signature-256: sha256=$(openssl dgst -sha256 -hmac \"$SECRET\" body.json | cut -d' ' -f2)",
        "linkedin": 'X-LI-Signature: $( (printf hmacsha256=; cat body.json) | openssl dgst -sha256 -hmac "$SECRET" '
        "| cut -d' ' -f2)",
        "typeform": 'Typeform-Signature: sha256=$(openssl dgst -sha256 -hmac "$SECRET" -binary body.json | base64)',
    }
    for hook in doors.hooks.values():
        if hook.source != source:
            continue
        url = f"{base}/hooks/{hook.name}"
        if hook.dialect == "google_ads":
            column = {"column_id": "EMAIL", "string_value": LENA["email"]}
            lead = {"lead_id": "TeSter-1", "user_column_data": [column], "google_key": "…", "is_test": True}
            yield Example("Google Ads lead form", _json(url, lead), "{}", "is_test: true")
        else:
            proof = signed.get(hook.dialect, "Authorization: Bearer …")
            command = f"curl {url} -H 'Content-Type: application/json' \\\n  -H \"{proof}\" --data-binary @body.json"
            yield Example(f"Webhook ({hook.dialect})", command, "{}", "?test=1")


def _mail(source: str, doors: Entrypoints) -> Iterator[Example]:
    for address, target in doors.mail.addresses.items():
        if target == source:
            command = f"curl smtp://mail.example.com:2525 --mail-from you@example.com --mail-rcpt {address} -T mail.eml"
            yield Example("Email", command, "250 once it is safe", "a subject that begins with [test]")
    for box in doors.mail.mailboxes.values():
        if box.source == source:
            yield Example("Mailbox", f"mail to {box.user}", "the message is marked as seen", "")


def _own(source: str, dialect: str, base: str) -> Iterator[Example]:
    receipt = "202 with the receipt; 200 with the verdict for `Prefer: wait=5`"
    if dialect == "csv":
        command = f"curl {base}/v1/lists/{source} {_KEY} \\\n  -H 'Content-Type: text/csv' --data-binary @list.csv"
        yield Example("List (CSV, TSV, XLSX)", command, receipt, "?test=1")
    elif dialect == "adf":
        command = f"curl '{base}/v1/adf?source={source}' {_KEY} \\\n  -H 'Content-Type: text/xml' -d '{ADF}'"
        yield Example("ADF 1.0", command, receipt, "?test=1")
    elif dialect == "vendor":
        fields = {"first_name": "Lena", "last_name": "Hofer", "email": LENA["email"], "phone_1": "5155550134"}
        answer = '{"outcome": "success" | "failure" | "error", "reason", "lead": {"id"}, "price"}'
        post = _form(f"{base}/v1/vendor/{source}", fields, _KEY)
        yield Example("Vendor post", post, answer, "lp_action=test, ?test=1")
        ping = _form(f"{base}/v1/vendor/{source}/ping", fields, _KEY)
        yield Example("Ping before the post", ping, '{"outcome", "reason", "price"}; nothing is stored', "")
    elif dialect == "keyed":
        yield Example("Keyed entry", _json(f"{base}/v1/keyed/{source}", LENA, _KEY), receipt, "?test=1")
        yield Example("Keyed entry, by hand", f"open {base}/keyed/{source}", "a page", "")
    elif dialect == "json":
        yield Example("JSON", _json(f"{base}/v1/leads?source={source}", LENA, _KEY), receipt, "?test=1")


def _form(url: str, fields: Mapping[str, str], more: str = "") -> str:
    return f"curl '{url}' {more}".rstrip() + f" \\\n  -d '{urlencode(fields)}'"


def _json(url: str, document: object, more: str = "") -> str:
    body = orjson.dumps(document).decode()
    return f"curl '{url}' {more}".rstrip() + f" \\\n  -H 'Content-Type: application/json' -d '{body}'"
