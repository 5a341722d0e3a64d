"""The stream of the demo: every door, and the dirt that real inquiries have."""

import json
import random
from dataclasses import replace
from urllib.parse import urlencode

from deploy.demo import formats, platforms
from deploy.demo.formats import Request
from deploy.demo.people import Inquirer, inquirers

SEED = 20260302


def stream(seed: int = SEED) -> list[Request]:
    """About 500 inquiries in some 430 requests, in the order in which they are sent."""
    rng = random.Random(seed)
    people = inquirers(rng, 360)
    form, catalogue, partner, card, portal, google, show = _split(people, (110, 60, 50, 30, 25, 25, 60))
    requests = [formats.contact_form(one, rng, rng.choice(("utf-8", "utf-8", "windows-1252"))) for one in form]
    requests += [formats.catalogue_form(one, rng) for one in catalogue]
    requests += [formats.partner_json(one, rng) for one in partner]
    requests += [formats.reply_card(one, rng) for one in card]
    requests += [formats.adf(one, rng) for one in portal]
    requests += [formats.google_ads(one, rng, is_test=index < 3) for index, one in enumerate(google)]
    requests += [
        formats.badge_list(show[:35], rng, "utf-16", "\t"),
        formats.badge_list(show[35:], rng, "windows-1252", ";"),
    ]
    requests += _from_other_products(_newcomers(seed), rng)
    requests += _repeats(form, partner, google, rng) + _junk()
    rng.shuffle(requests)
    return requests


#: How many come through each door that was made for another product.
OTHERS = {
    "salesforce": 12, "hubspot": 12, "hubspot_legacy": 6, "meta": 12, "linkedin": 8, "typeform": 8, "gravity": 8,
    "contact_form_7": 6, "vendor": 10, "phone_call": 8, "forwarded": 6, "workbook": 20, "mail": 12,
}  # fmt: skip
#: Own staff who forward leads.
STAFF = ("E1042", "E1077")


def _newcomers(seed: int) -> dict[str, list[Inquirer]]:
    """People who come through those doors."""
    people = inquirers(random.Random(seed + 1), sum(OTHERS.values()), first=10_001)
    return dict(zip(OTHERS, _split(people, tuple(OTHERS.values())), strict=True))


def announced(seed: int = SEED) -> list[Inquirer]:
    """Those whose answers Meta and LinkedIn keep until they are fetched."""
    newcomers = _newcomers(seed)
    return newcomers["meta"] + newcomers["linkedin"]


def writers(seed: int = SEED) -> list[Inquirer]:
    """Those who write a mail."""
    return _newcomers(seed)["mail"]


def _from_other_products(people: dict[str, list[Inquirer]], rng: random.Random) -> list[Request]:
    requests = [platforms.salesforce(one, rng) for one in people["salesforce"]]
    requests += [platforms.hubspot(one, rng) for one in people["hubspot"]]
    requests += [platforms.hubspot_legacy(one, rng) for one in people["hubspot_legacy"]]
    meta = people["meta"]
    requests += [platforms.meta_notice(meta[start : start + 3]) for start in range(0, len(meta), 3)]
    requests += [platforms.linkedin_notice(one) for one in people["linkedin"]]
    requests += [platforms.typeform(one, rng) for one in people["typeform"]]
    requests += [platforms.gravity(one, rng) for one in people["gravity"]]
    requests += [platforms.contact_form_7(one) for one in people["contact_form_7"]]
    requests += [platforms.vendor(one) for one in people["vendor"]]
    requests += [platforms.phone_call(one) for one in people["phone_call"]]
    requests += [platforms.forwarded(one, rng.choice(STAFF)) for one in people["forwarded"]]
    # Some visits arrive before their visitor says who they are, some after: it makes no difference.
    requests += [platforms.visit(one, rng) for one in people["hubspot"] + people["hubspot_legacy"]]
    return [*requests, platforms.badge_workbook(people["workbook"])]


def _split(people: list[Inquirer], sizes: tuple[int, ...]) -> list[list[Inquirer]]:
    rest = iter(people)
    return [[next(rest) for _ in range(size)] for size in sizes]


def _repeats(
    form: list[Inquirer], partner: list[Inquirer], google: list[Inquirer], rng: random.Random
) -> list[Request]:
    """People who come back through another door, sharper than before; and double clicks, and providers' retries."""
    eager = [replace(one, wish=partner[0].wish) for one in form[:12]]
    requests = [formats.catalogue_form(one, rng) for one in eager]
    requests += [formats.contact_form(one, rng) for one in partner[:8]]
    double = formats.contact_form(form[20], random.Random(1))
    retried = formats.google_ads(google[5], random.Random(2))
    return [*requests, double, double, retried, retried]


def _junk() -> list[Request]:
    """What must not become a lead, and must not be lost either."""
    form = "application/x-www-form-urlencoded"
    trapped = urlencode({"your-name": "Bot", "your-email": "bot@spam.example", "fax_number": "12345"}).encode()
    links = "Cheap SEO! http://a.example http://b.example http://c.example http://d.example http://e.example"
    spam = urlencode({"your-name": "SEO Team", "your-email": "seo@spam.example", "your-message": links}).encode()
    empty = urlencode({"your-name": "", "your-email": "", "your-message": "?"}).encode()
    entities = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
    bomb = b'<?xml version="1.0"?>' + entities + b"<adf><prospect>&c;</prospect></adf>"
    deep = b"[" * 5000
    nul = json.dumps({"reader": {"name": "Nul\x00 Byte", "mail": "nul@farmmail.example"}}).encode()
    portal = "/v1/adf?source=autobase"
    partner = "/v1/leads?source=partner-agrimag"
    return [
        Request("contact form", "/forms/contact", trapped, form),
        Request("contact form", "/forms/contact", spam, form),
        Request("contact form", "/forms/contact", empty, form),
        Request("contact form", "/forms/contact", b"%ff%fe%00=%zz&&&==", form),
        Request("ADF portal", portal, bomb, "application/x-adf+xml", needs_key=True),
        Request("ADF portal", portal, b"<adf><prospect>", "text/xml", needs_key=True),
        Request("partner JSON", partner, b'{"reader": {"name": "cut off', "application/json", needs_key=True),
        Request("partner JSON", partner, deep, "application/json", needs_key=True),
        Request("partner JSON", partner, nul, "application/json", needs_key=True),
        Request("partner JSON", partner, b'{"comment": "no name, no address"}', "application/json", needs_key=True),
    ]
