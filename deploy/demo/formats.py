"""One inquirer in each format that the gateway takes, as real senders write it."""

import csv
import io
import json
import random
from dataclasses import dataclass, field
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from deploy.demo.people import Inquirer

GOOGLE_KEY = "prairie-line-dryers"


@dataclass(frozen=True)
class Request:
    """One HTTP request to the gateway. `door` names the format in the account."""

    door: str
    path: str
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    needs_key: bool = False
    #: How many inquiries it holds; a list holds one per row.
    inquiries: int = 1


def contact_form(person: Inquirer, rng: random.Random, charset: str = "utf-8") -> Request:
    """The contact form of the website; older pages post windows-1252."""
    wish = person.wish
    fields = {
        "your-name": person.name if rng.random() < 0.8 else f"{person.last.upper()}, {person.first.upper()}",
        "your-email": person.email if rng.random() < 0.9 else f"  {person.email.upper()} ",
        "your-phone": rng.choice((person.phone, person.phone, person.phone, "call me evenings", "555-01", "")),
        "your-company": person.company,
        "zip": person.postcode,
        "how_many_acres": wish.acres,
        "purchase_timeframe": {"now": "ASAP", "3m": "1-3 months"}.get(wish.timing, wish.timing),
        "i_am_interested_in": {"quote": "Request a quote", "demo": "Demonstration"}.get(wish.interest, wish.interest),
        "product": person.product,
        "budget": f"${int(wish.budget):,}" if wish.budget else "",
        "role": wish.role,
        "industry": wish.industry,
        "your-message": wish.message,
        "newsletter": "yes" if rng.random() < 0.7 else "",
        "utm_source": rng.choice(("google", "newsletter", "facebook")),
        "utm_campaign": "website",
        "fax_number": "",
    }
    body = urlencode(fields, encoding=charset, errors="replace").encode()
    content_type = "application/x-www-form-urlencoded"
    return Request(
        "contact form",
        "/forms/contact",
        body,
        content_type if charset == "utf-8" else f"{content_type}; charset={charset}",
    )


def catalogue_form(person: Inquirer, rng: random.Random) -> Request:
    """The catalogue form, posted by the browser as multipart."""
    fields = {
        "first_name": person.first,
        "last_name": person.last,
        "email": person.email,
        "street": person.street,
        "city": person.city,
        "state": person.state,
        "zip": person.postcode,
        "catalogue": person.product,
        "farm_size": person.wish.acres,
        "timing": person.wish.timing or "none",
        "interest": "literature",
        "role": person.wish.role,
        "operation_type": person.wish.industry,
        "email_optin": "yes" if rng.random() < 0.6 else "",
        "post_optin": "yes",
        "url": "",
    }
    boundary = f"----form{person.number:08}"
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    path = rng.choice(("/forms/catalogue", "/forms/catalogue?utm_campaign=SFD26&utm_medium=print"))
    body = f"{parts}--{boundary}--\r\n".encode()
    return Request("catalogue form", path, body, f"multipart/form-data; boundary={boundary}")


def partner_json(person: Inquirer, rng: random.Random) -> Request:
    """The reader service of a farm magazine."""
    wish = person.wish
    document = {
        "lead_ref": f"AM-{person.number:06}",
        "reader": {"name": person.name, "mail": person.email, "tel": person.phone, "firm": person.company},
        "address": {"street": person.street, "city": person.city, "state": person.state, "zip": person.postcode},
        "product": person.product,
        "issue": rng.choice(("SFD26", "website", "MM26A")),
        "budget_usd": int(wish.budget) if wish.budget else None,
        "buying_horizon": wish.timing,
        "job_function": wish.role,
        "requests": wish.interest,
        "industry": wish.industry,
        "acres": wish.acres,
        "permission": {"email": True, "phone": rng.random() < 0.5, "text": "AgriMag reader terms 2026"},
        "comment": wish.message,
    }
    return _json("partner JSON", "/v1/leads?source=partner-agrimag", document)


def reply_card(person: Inquirer, rng: random.Random) -> Request:
    """A reply card of the mower mailing, keyed in by the office: no email on most."""
    document = {
        "card_code": "MM26B",
        "card_number": f"C{person.number:05}",
        "name": f"{person.first[0]}. {person.last}" if rng.random() < 0.2 else person.name,
        "street": person.street,
        "city": person.city,
        "state": person.state,
        "zip": person.postcode,
        "phone": person.phone if rng.random() < 0.6 else "",
        "email": person.email if rng.random() < 0.3 else "",
        "timing": person.wish.timing,
        "interest": person.wish.interest,
        "acres": person.wish.acres,
        "role": person.wish.role,
        "signed_for_news": rng.random() < 0.5,
    }
    return _json("keyed card", "/v1/leads?source=keyed-cards", document)


def _json(door: str, path: str, document: object) -> Request:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Request(door, path, body, "application/json", needs_key=True)


def adf(person: Inquirer, rng: random.Random) -> Request:
    """The equipment portal's ADF, with the faults that senders really make."""
    opening = rng.choice(
        ('<?xml version="1.0"?>\n<?adf version="1.0"?>', '<?ADF VERSION "1.0"?>\n<?xml version="1.0"?>')
    )
    sequence = rng.choice(('sequence="1"', "sequence=1"))
    comments = rng.choice(("comments", "comment"))
    body = adf_document(person, opening, sequence, comments).encode()
    return Request("ADF portal", "/v1/adf?source=autobase", body, "application/x-adf+xml", needs_key=True)


def adf_document(
    person: Inquirer,
    opening: str = '<?xml version="1.0"?>\n<?adf version="1.0"?>',
    sequence: str = 'sequence="1"',
    comments: str = "comments",
) -> str:
    """One prospect."""
    return f"""{opening}
<adf><prospect status="new">
 <id {sequence} source="AutoBase">AB-{person.number:06}</id>
 <requestdate>2026-03-02T09:{person.number % 60:02}:00-06:00</requestdate>
 <vehicle interest="buy" status="new"><year>2026</year><make>Prairie Line</make>
  <model>{person.product}</model></vehicle>
 <customer><contact>
  <name part="first">{escape(person.first)}</name><name part="last">{escape(person.last)}</name>
  <email>{person.email}</email><phone type="voice" time="morning">{person.phone}</phone>
  <address><street line="1">{person.street}</street>
   <city>{escape(person.city)}</city>
   <regioncode>{person.state}</regioncode><postalcode>{person.postcode}</postalcode><country>US</country></address>
 </contact><{comments}>{escape(person.wish.message)} Budget: {person.wish.budget or "open"}</{comments}></customer>
 <vendor><vendorname>Prairie Line Equipment</vendorname></vendor>
 <provider><name part="full">AutoBase</name></provider>
</prospect></adf>"""


def google_ads(person: Inquirer, rng: random.Random, is_test: bool = False) -> Request:
    """Google's lead form for grain dryers."""
    wish = person.wish
    columns = [
        {"column_id": "FULL_NAME", "string_value": person.name},
        {"column_id": "EMAIL", "string_value": person.email},
        {"column_id": "PHONE_NUMBER", "string_value": person.phone if rng.random() < 0.8 else "+15155550199"},
        {"column_id": "POSTAL_CODE", "string_value": person.postcode},
        {"column_id": "COMPANY_NAME", "string_value": person.company},
        {"column_id": "QUESTION_1", "column_name": "When do you plan to buy?", "string_value": wish.timing},
        {"column_id": "QUESTION_2", "column_name": "How many acres do you farm?", "string_value": wish.acres},
        {"column_id": "QUESTION_3", "column_name": "What is your budget?", "string_value": wish.budget},
        {"column_id": "QUESTION_4", "column_name": "What is your role?", "string_value": wish.role},
    ]
    document = {
        "lead_id": f"TeSter{person.number:012}",
        "api_version": "1.0",
        "form_id": 9007199254740993,
        "campaign_id": 20482219,
        "google_key": GOOGLE_KEY,
        "is_test": is_test,
        "gcl_id": f"Cj0K{person.number:010}",
        "adgroup_id": 0,
        "creative_id": 0,
        "user_column_data": columns,
        "lead_submit_time": "2026-03-02T15:04:05Z",
    }
    return Request(
        "Google Ads form", "/hooks/google-ads/google-ads-dryers", json.dumps(document).encode(), "application/json"
    )


def badge_list(people: list[Inquirer], rng: random.Random, encoding: str, delimiter: str) -> Request:
    """A trade-show list as Excel saved it: zips without their leading zero, phones in scientific notation, repeats."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(
        ["Badge ID", "Attendee Name", "Company", "Address", "City", "State", "Zip", "Email", "Phone", "Products",
         "Qualifier 1", "Qualifier 2", "Qualifier 3", "Rep Notes", "Opt In"]
    )  # fmt: skip
    rows = 0
    for person in people:
        phone = person.phone if rng.random() < 0.7 else f"{float('1515555' + f'{person.number % 10000:04}'):.5E}"
        row = [
            f"B{person.number:06}", person.name, person.company, person.street, person.city, person.state,
            person.postcode.lstrip("0"), person.email if rng.random() < 0.8 else "", phone, person.product,
            person.wish.timing, person.wish.interest, person.wish.acres,
            f"{person.wish.message}\nScanned twice" if rng.random() < 0.2 else person.wish.message, "Yes",
        ]  # fmt: skip
        copies = 2 if rng.random() < 0.08 else 1
        rows += copies
        for _ in range(copies):
            writer.writerow(row)
    return Request(
        "show list (CSV)", "/v1/lists/farm-progress-list", out.getvalue().encode(encoding, errors="replace"),
        f"text/csv; charset={encoding}", needs_key=True, inquiries=rows,
    )  # fmt: skip
