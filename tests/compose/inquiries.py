"""A few inquiries in each format that the example company receives, as its senders would send them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

PLACES = (
    ("Des Moines", "IA", "50309"),
    ("Bloomington", "IL", "61701"),
    ("Omaha", "NE", "68102"),
    ("Mankato", "MN", "56001"),
    ("Lubbock", "TX", "79401"),
)


#: Digits as syllables: numbers become names that nobody takes for each other.
SYLLABLES = ("bar", "cor", "den", "fal", "gun", "hol", "jen", "kem", "lun", "mor")


@dataclass(frozen=True)
class Sending:
    """One request: where, what, and whether the sender needs a key and gets a receipt."""

    path: str
    body: bytes
    content_type: str
    keyed: bool = True
    receipt: bool = True


def _person(number: int) -> dict[str, str]:
    city, state, postcode = PLACES[number % len(PLACES)]
    family = "".join(SYLLABLES[int(digit)] for digit in str(number)).capitalize()
    return {
        "first": ("Ada", "Ben", "Cleo", "Dov", "Eve")[number % 5],
        "last": family,
        "mail": f"{family.lower()}@farm{number}.example",
        "phone": f"+1515555{number:04}",
        "city": city,
        "state": state,
        "zip": postcode,
    }


def partner(number: int) -> Sending:
    """JSON of a magazine's reader service."""
    who = _person(number)
    reader = {
        "lead_ref": f"AG-{number}",
        "reader": {"name": f"{who['first']} {who['last']}", "mail": who["mail"], "tel": who["phone"]},
        "company": f"Farm {number}",
        "zip": who["zip"],
        "state": who["state"],
        "country": "US",
        "products": ["grain dryer"],
        "budget_usd": 150000 if number % 2 else None,
        "buying_horizon": "immediately" if number % 2 else "just looking",
        "job_function": "owner",
        "requests": "quote" if number % 2 else "literature",
        "permission": {"email": True},
    }
    return Sending("/v1/leads?source=partner-agrimag", json.dumps(reader).encode(), "application/json")


def contact_form(number: int) -> Sending:
    """The web form, as a browser sends it; it answers the visitor with a page, not with a receipt."""
    who = _person(number)
    fields = {
        "first_name": who["first"],
        "last_name": who["last"],
        "email": who["mail"],
        "phone": who["phone"],
        "zip": who["zip"],
        "how_many_acres": str(40 * (number + 1)),
        "message": "Please call me about a dryer.",
        "newsletter": "yes",
    }
    body = urlencode(fields).encode()
    return Sending("/forms/contact", body, "application/x-www-form-urlencoded", keyed=False, receipt=False)


def catalogue_form(number: int) -> Sending:
    """Somebody ready to buy, to whom the example company mails its catalogue."""
    who = _person(number)
    fields = {
        "first_name": who["first"],
        "last_name": who["last"],
        "email": who["mail"],
        "street": f"{number} Main Street",
        "city": who["city"],
        "state": who["state"],
        "zip": who["zip"],
        "catalogue": "grain-dryer",
        "farm_size": "1200",
        "timing": "now",
        "role": "owner",
        "interest": "quote",
        "post_optin": "yes",
    }
    body = urlencode(fields).encode()
    return Sending("/forms/catalogue", body, "application/x-www-form-urlencoded", keyed=False, receipt=False)


def portal(number: int) -> Sending:
    """ADF of an equipment portal, in Latin-1 as portals do."""
    who = _person(number)
    document = f"""<?xml version="1.0" encoding="ISO-8859-1"?><?adf version="1.0"?>
<adf><prospect><id sequence="1" source="autobase">{number}</id><requestdate>2026-11-20T08:15:30-06:00</requestdate>
<vehicle interest="buy" status="new"><year>2026</year><make>Prairie Line</make><model>GD 500</model></vehicle>
<customer><contact><name part="full">{who["first"]} Müller-{who["last"]}</name><email>{who["mail"]}</email>
<phone>{who["phone"]}</phone><address><postalcode>{who["zip"]}</postalcode><country>US</country></address></contact>
<comments>Déjà vu at the show.</comments></customer>
<vendor><vendorname>Prairie Line</vendorname></vendor></prospect></adf>"""
    return Sending("/v1/adf?source=autobase", document.encode("latin-1"), "application/x-adf+xml")


def google(number: int) -> Sending:
    """The webhook of a Google Ads lead form, which answers with an empty object."""
    who = _person(number)
    columns = {"FULL_NAME": f"{who['first']} {who['last']}", "EMAIL": who["mail"], "POSTAL_CODE": who["zip"]}
    lead = {
        "lead_id": f"g-{number}",
        "user_column_data": [{"column_id": name, "string_value": value} for name, value in columns.items()],
        "api_version": "1.0",
        "form_id": 40000000001,
        "campaign_id": 20000000001,
        "google_key": "prairie-line-dryers",
        "is_test": False,
    }
    return Sending(
        "/hooks/google-ads/google-ads-dryers",
        json.dumps(lead).encode(),
        "application/json",
        keyed=False,
        receipt=False,
    )


def badge_list(numbers: range) -> Sending:
    """Badge scans of a show, one list."""
    rows = ["Attendee Name,Email,Phone,Zip,State,Products,Qualifier 1,Rep Notes"]
    for number in numbers:
        who = _person(number)
        timing = "asap" if number % 2 else "no plans"
        row = (
            f"{who['first']} {who['last']}",
            who["mail"],
            who["phone"],
            who["zip"],
            who["state"],
            "mixer",
            timing,
            "met",
        )
        rows.append(",".join(row))
    body = "\r\n".join(rows).encode("cp1252")
    return Sending("/v1/lists/farm-progress-list?filename=badges.csv", body, "text/csv")


def junk() -> Sending:
    """A partner's JSON that breaks off."""
    return Sending("/v1/leads?source=partner-agrimag", b'{"reader": {"name": "Half a', "application/json")


#: Of the inquiries below: people who ask for the first time, who asked before, and bodies that nobody can read.
NEW, REPEAT, UNREADABLE = 48, 5, 1
#: Those among them who get a letter.
BY_POST = 3


def stream() -> Iterator[Sending]:
    """Everything that is sent: 45 requests with 54 inquiries."""
    for number in range(10):
        yield partner(number)
        yield contact_form(100 + number)
        yield portal(200 + number)
    for number in range(5):
        yield google(300 + number)
        yield google(number)  # a reader of the magazine answers an advertisement as well
    for number in range(600, 600 + BY_POST):
        yield catalogue_form(number)
    yield badge_list(range(400, 410))
    yield junk()
