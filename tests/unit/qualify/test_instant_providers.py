"""What mail domains, telephone numbers and ZIP codes tell, without asking anybody."""

import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from services.qualify.domain.enrichment import Found, Sourced, Subject, worth_telling
from services.qualify.enriching import Enrichment, facts_in
from services.qualify.enrichment import INSTANT
from services.qualify.enrichment.mail_domain import registered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(provider: str, **subject: Any) -> dict[str, str]:
    return {each.field: each.value for each in INSTANT[provider]().look(Subject(**subject))}


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instant providers leave the process for nothing."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.requirement("ENR-2")
@pytest.mark.parametrize(
    ("email", "kind"),
    [
        ("ann@gmail.com", "free"),
        ("Ann@GMAIL.com", "free"),
        ("ann@mailinator.com", "disposable"),
        ("ann@iastate.edu", "education"),
        ("ann@cam.ac.uk", "education"),
        ("ann@usda.gov", "government"),
        ("ann@leefarms.com", "business"),
        ("ann@sales.leefarms.co.uk", "business"),
    ],
)
def test_a_mail_domain_tells_whose_it_is(email: str, kind: str) -> None:
    assert told("mail_domain", email=email)["email_domain_kind"] == kind


def test_a_business_domain_tells_pages_and_a_name_and_no_other_does() -> None:
    assert told("mail_domain", email="ann@mail.lee-farms.co.uk") == {
        "email_domain_kind": "business",
        "website": "https://lee-farms.co.uk",
        "company": "Lee Farms",
    }
    assert set(told("mail_domain", email="ann@gmail.com")) == {"email_domain_kind"}


@pytest.mark.parametrize("domain", ["", "localhost", ".", "a..b", "co.uk", "x" * 300])
def test_what_is_no_domain_of_anybody_tells_nothing(domain: str) -> None:
    assert registered(domain) is None
    assert told("mail_domain", email=f"ann@{domain}") == {}


def test_a_number_tells_kind_country_and_time_zone() -> None:
    assert told("telephone", phone="+15155550142") == {
        "phone_kind": "landline_or_mobile", "phone_region": "US", "time_zone": "America/Chicago",
    }  # fmt: skip
    assert told("telephone", phone="+4915112345678")["phone_kind"] == "mobile"
    assert told("telephone", phone="+18005551212")["phone_kind"] == "toll_free"
    assert "time_zone" not in told("telephone", phone="+18005551212")


@pytest.mark.parametrize("phone", ["", "12345", "+", "no number", "+1" * 30])
def test_what_is_no_number_tells_nothing(phone: str) -> None:
    assert told("telephone", phone=phone) == {}


def test_a_zip_code_tells_county_and_time_zone() -> None:
    expected = {"county": "Story County", "time_zone": "America/Chicago"}
    assert told("us_zip_codes", country="US", postcode="50010") == expected
    assert told("us_zip_codes", country="US", postcode="50010-1234") == expected
    assert told("us_zip_codes", country="DE", postcode="50010") == {}
    assert told("us_zip_codes", country="US", postcode="ABCDE") == {}
    assert told("us_zip_codes", country="US", postcode="٥٠٠١٠") == {}


def test_a_provider_that_fails_costs_its_own_facts_alone() -> None:
    class Broken:
        def look(self, subject: Subject) -> list[Found]:
            raise KeyError(subject.email)

    company = Enrichment({"broken": Broken(), "mail-domain": INSTANT["mail_domain"]()})

    assert facts_in(company.look(Subject(email="ann@gmail.com"), NOON)) == {"email_domain_kind": "free"}


def test_of_two_that_disagree_the_surer_one_counts() -> None:
    company = Enrichment({"telephone": INSTANT["telephone"](), "zip-codes": INSTANT["us_zip_codes"]()})
    moved = Subject(phone="+12125550142", country="US", postcode="50010")

    assert facts_in(company.look(moved, NOON))["time_zone"] == "America/Chicago"


def test_the_front_desk_is_told_what_it_lacks_and_what_is_sure() -> None:
    def sourced(field: str, value: str, confidence: float) -> Sourced:
        return Sourced(Found(field, value, confidence), "p", NOON)

    found = [
        sourced("company", "Lee", 0.5), sourced("company", "Lee Farms", 0.7), sourced("website", "https://a", 0.4),
        sourced("job_title", "Owner", 0.9), sourced("county", "Story", 0.9),
    ]  # fmt: skip
    wanted = frozenset({"company", "website", "job_title"})

    news = worth_telling(found, Subject(job_title="Farmer"), wanted, 0.5)

    assert [(each.found.field, each.found.value) for each in news] == [("company", "Lee Farms")]
