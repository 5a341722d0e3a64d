"""The stream of the demo: every format, and the dirt that real ones have."""

import json
import random
from dataclasses import replace
from urllib.parse import urlencode

from deploy.demo import formats
from deploy.demo.formats import Request
from deploy.demo.people import Inquirer, inquirers

SEED = 20260302


def stream(seed: int = SEED) -> list[Request]:
    """About 390 inquiries in some 330 requests, in the order in which they are sent."""
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
    requests += _repeats(form, partner, google, rng) + _junk()
    rng.shuffle(requests)
    return requests


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
