"""A company's doors, and its mistakes in describing them."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from gateway import entrypoints
from gateway.entrypoints import parse_entrypoints
from gateway.limits import client_address, sender_network
from shared.company_file import CompanyError

EXAMPLE = Path(__file__).parents[3] / "deploy" / "company"


def test_the_example_company_can_be_read() -> None:
    doors = entrypoints.load(EXAMPLE)

    assert doors.forms["contact"].source == "website-contact"
    assert doors.hooks["google-ads-dryers"].source == "google-ads-dryers"
    assert all(form.page for form in doors.forms.values())


def test_every_door_of_the_example_leads_to_a_registered_source() -> None:
    doors = entrypoints.load(EXAMPLE)
    register = yaml.safe_load((EXAMPLE / "sources.yml").read_text())["sources"]

    for door in (*doors.forms.values(), *doors.hooks.values()):
        assert register[door.source]["dialect"] == door.dialect


def test_the_traps_of_hosted_forms_are_known_to_the_register() -> None:
    """Otherwise a program that fills them would be taken for a person."""
    register = yaml.safe_load((EXAMPLE / "sources.yml").read_text())["sources"]
    for form in entrypoints.load(EXAMPLE).forms.values():
        assert form.page is not None
        traps = [page_field.name for page_field in form.page.fields if page_field.type == "trap"]
        assert traps
        assert {register[form.source]["fields"].get(trap) for trap in traps} == {"trap"}


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "names and values"),
        ({"form": {}}, "unknown field `form`; there are contact_form_7, forms"),
        ({"forms": {"Contact Us": {"source": "a"}}}, "form Contact Us: a name in an address"),
        ({"forms": {"contact": {}}}, "form contact: `source` must be a text"),
        ({"forms": {"contact": {"source": "a", "returns": ["thanks.html"]}}}, "form contact: `returns`"),
        (
            {"forms": {"contact": {"source": "a", "page": {"title": "x", "fields": [{"type": "text"}]}}}},
            "field 1: `name`",
        ),
        ({"forms": {"contact": {"source": "a", "dialect": "morse"}}}, "`dialect` must be one of form"),
        ({"hooks": {"ads": {"dialect": "google_ads", "key_sha256": "secret"}}}, "hook ads: `key_sha256`"),
        ({"limits": {"per_key": "often"}}, "`per_key` must be a rate"),
        ({"trusted_proxies": ["proxy"]}, "`trusted_proxies`"),
    ],
)
def test_mistakes_are_named(document: Any, complaint: str) -> None:
    with pytest.raises(CompanyError, match=complaint):
        parse_entrypoints(document)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match=r"entrypoints\.yml"):
        entrypoints.load(tmp_path)


def address(remote: str, *forwarded: str, trusted: tuple[str, ...] = ("10.0.0.0/8",)) -> str:
    environ = EnvironBuilder(headers=[("X-Forwarded-For", value) for value in forwarded]).get_environ()
    environ["REMOTE_ADDR"] = remote
    return client_address(Request(environ), tuple(ip_network(network) for network in trusted))  # type: ignore[arg-type]


def test_only_a_trusted_proxy_may_say_who_the_sender_is() -> None:
    assert address("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert address("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert address("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2") == "198.51.100.1", "the sender's own claim came first"
    assert address("10.0.0.1", "1.2.3.4", "198.51.100.1") == "198.51.100.1"
    assert address("10.0.0.1", "nonsense") == "10.0.0.1"
    assert address("10.0.0.1") == "10.0.0.1"
    assert address("10.0.0.1", "198.51.100.1", trusted=()) == "10.0.0.1"


def test_an_ipv6_customer_is_one_sender() -> None:
    assert sender_network("2001:db8:1:2:3:4:5:6") == sender_network("2001:db8:1:2:ffff::1")
    assert sender_network("2001:db8:1:2::1") != sender_network("2001:db8:1:3::1")
    assert sender_network("198.51.100.1") == "198.51.100.1"
