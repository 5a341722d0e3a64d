"""JSON of partners and plug-ins."""

import json
from typing import Any

import pytest

from services.capture.domain.submission import Submission, Unreadable
from tests.unit.capture.readers import normal, read


def _read(document: Any, **over: Any) -> list[Submission]:
    return read(json.dumps(document), dialect="json", source="partner-agrimag", content_type="application/json", **over)


def test_the_source_s_own_mapping_goes_first() -> None:
    (said,) = _read({"reader": {"name": "Ann Lee", "mail": "ann@lee.example"}, "budget_usd": 50000.0, "lead_ref": 7})

    assert said.person == {"full_name": "Ann Lee", "email": "ann@lee.example"}
    assert said.answers == {"budget": "50000"}
    assert said.provider_key == "7"


@pytest.mark.parametrize(
    "document",
    [
        {"email": "ann@lee.example", "firstName": "Ann"},
        {"Email Address": "ann@lee.example", "First-Name": "Ann"},
        {"contact": {"email": "ann@lee.example", "first_name": "Ann"}},
        {"fields": [{"name": "email", "value": "ann@lee.example"}, {"name": "firstname", "value": "Ann"}]},
        {"field_data": [{"name": "email", "values": ["ann@lee.example"]}, {"name": "first_name", "values": ["Ann"]}]},
        {"lead": {"data": {"emailaddress1": "ann@lee.example", "name[first]": "Ann"}}},
    ],
)
def test_many_shapes_say_the_same(document: Any) -> None:
    (said,) = _read(document)

    assert said.person == {"email": "ann@lee.example", "given_name": "Ann"}


def test_a_field_below_an_unknown_parent_is_not_mistaken_for_the_person_s() -> None:
    (said,) = _read({"email": "ann@lee.example", "tractor": {"name": "Old Faithful"}})

    assert "full_name" not in said.person
    assert said.extra == {"tractor.name": "Old Faithful"}


def test_several_in_one_document_are_numbered() -> None:
    said = _read({"leads": [{"email": "a@lee.example"}, {"email": "b@lee.example"}]})

    assert [(one.row, one.person["email"]) for one in said] == [(1, "a@lee.example"), (2, "b@lee.example")]


def test_what_no_mapping_knows_is_kept_as_an_answer_where_the_source_says_so() -> None:
    (said,) = _read({"email": "ann@lee.example", "How many cows?": 80})

    assert normal(said, "partner-agrimag").answers == {"How many cows?": "80"}


def test_links_bring_their_markers_beside_the_body() -> None:
    (said,) = _read({"email": "a@lee.example"}, query={"utm_source": "mag", "gclid": "g1", "email": "evil@x.example"})

    assert said.attribution == {"utm_source": "mag", "gclid": "g1"}
    assert said.person["email"] == "a@lee.example"


def test_a_campaign_is_known_by_its_code() -> None:
    (said,) = _read({"email": "a@lee.example", "issue": "sfd26"})

    assert normal(said, "partner-agrimag").campaign == "spring-field-days"


def test_a_campaign_is_known_by_the_link_that_brought_the_visit() -> None:
    (said,) = _read({"email": "a@lee.example", "utm_campaign": "dryers_search"})

    assert normal(said, "partner-agrimag").campaign == "google-search-dryers"


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty"), (b"{", "unreadable"), (b"[1]", "unreadable")])
def test_what_is_no_inquiry_says_so(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body, dialect="json", source="partner-agrimag")

    assert refused.value.reason == reason


def test_nesting_without_end_is_hostile() -> None:
    with pytest.raises(Unreadable) as refused:
        read(b"[" * 100_000, dialect="json", source="partner-agrimag")

    assert refused.value.reason == "hostile"
