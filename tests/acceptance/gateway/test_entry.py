"""How inquiries come in, from the outside: a browser, partners, portals, platforms, lists."""

import http.client
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode

import pytest

from tests.integration.gateway.conftest import GatewayProcess, IntakeQueue, described

FORM = "application/x-www-form-urlencoded"
ADF = b'<?xml version="1.0"?><?adf version="1.0"?><adf><prospect><requestdate>2026-05-04</requestdate></prospect></adf>'


@dataclass
class ShownForm(HTMLParser):
    """What a browser finds on a page: the form's fields with their first values, and what a person can see."""

    fields: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    _depth_of_trap: int = 0
    _select: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if found.get("aria-hidden") == "true":
            self._depth_of_trap = 1
        if tag in ("input", "textarea") and found.get("type") != "checkbox":
            self.fields[found["name"]] = found.get("value", "")
            if self._depth_of_trap or found.get("type") == "hidden":
                self.hidden.add(found["name"])
        if tag == "select":
            self._select = found["name"]
        if tag == "option" and self._select and self._select not in self.fields:
            self.fields[self._select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._depth_of_trap = 0
        if tag == "select":
            self._select = None


def submit(gateway: GatewayProcess, path: str, fields: dict[str, str]) -> http.client.HTTPResponse:
    """Posts a form as a browser does, and follows no redirect."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    headers = {"Content-Type": FORM, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    connection.request("POST", path, urlencode(fields), headers)
    answer = connection.getresponse()
    answer.read()
    return answer


@pytest.mark.requirement("CAP-3")
def test_a_contact_form_of_the_web_site_reaches_the_front_desk(gateway: GatewayProcess, queue: IntakeQueue) -> None:
    """The company's own page posts here, and the visitor lands on the company's own thank-you page."""
    thanks = "https://www.prairieline.example/thank-you"
    fields = {"your-name": "Lena Hofer", "your-email": "lena@example.com", "your-message": "Größe?", "retURL": thanks}
    answer = submit(gateway, "/forms/contact", fields)

    [message] = queue.read(1)
    assert (answer.status, answer.headers["Location"]) == (303, thanks)
    assert message.body == urlencode(fields).encode()
    assert described(message)["source"] == "website-contact"
    assert described(message)["dialect"] == "form"


@pytest.mark.requirement("CAP-4")
def test_a_campaign_can_have_a_landing_page_without_a_web_site(gateway: GatewayProcess, queue: IntakeQueue) -> None:
    """The address printed on a mailing leads to a page; what is sent from it names the campaign."""
    address = "/forms/catalogue?utm_campaign=mower-mailing&utm_medium=print"
    status, page = gateway.get(address)
    shown = ShownForm()
    shown.feed(page.decode())
    visible = set(shown.fields) - shown.hidden
    filled = shown.fields | {"last_name": "Hofer", "email": "lena@example.com", "catalogue": "zero-turn-mower"}
    answer = submit(gateway, address, filled)

    [message] = queue.read(1)
    sent = parse_qs(message.body.decode())
    assert (status, answer.status) == (200, 200)
    assert {"first_name", "last_name", "email", "catalogue"} <= visible
    assert sent["catalogue"] == ["zero-turn-mower"]
    assert "url" not in sent, "the trap stays empty for a person"
    assert described(message)["source"] == "website-catalogue"
    assert described(message)["query"] == {"utm_campaign": "mower-mailing", "utm_medium": "print"}


@pytest.mark.requirement("CAP-13")
def test_every_kind_of_sender_has_one_address_and_one_queue(gateway: GatewayProcess, queue: IntakeQueue) -> None:
    google = {"lead_id": "g-1", "google_key": "prairie-line-dryers", "user_column_data": []}
    sent = [
        ("/forms/contact", b"your-email=a%40b.example", FORM),
        ("/v1/leads?source=partner-agrimag", b'{"reader": {"mail": "a@b.example"}}', "application/json"),
        ("/v1/leads?source=keyed-cards", b'{"card_number": "17"}', "application/json"),
        ("/v1/adf?source=autobase", ADF, "application/x-adf+xml"),
        ("/hooks/google-ads/google-ads-dryers", json.dumps(google).encode(), "application/json"),
        ("/v1/lists/farm-progress-list", b"Attendee Name,Email\nLena,a@b.example\n", "text/csv"),
    ]
    answers = [gateway.post(path, body, content_type)[0] for path, body, content_type in sent]

    messages = queue.read(len(sent))
    assert all(status in (200, 202) for status in answers)
    assert [message.body for message in messages] == [body for _, body, _ in sent]
    assert [(described(message)["source"], described(message)["dialect"]) for message in messages] == [
        ("website-contact", "form"),
        ("partner-agrimag", "json"),
        ("keyed-cards", "json"),
        ("autobase", "adf"),
        ("google-ads-dryers", "google_ads"),
        ("farm-progress-list", "csv"),
    ]
    assert len({message.properties["message_id"] for message in messages}) == len(sent)
