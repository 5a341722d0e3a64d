"""People over HTTP: JSON for programs, a page where a manager compares two and decides, and nothing forged."""

import base64
import re
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import calls
from shared.contracts.calls import DecideReviewReply, PersonReply, ReviewEntry, ReviewSide, ReviewsReply, UnmergeReply
from shared.contracts.capture import MatchReason
from shared.contracts.people import Address, Person
from tests.unit.gateway.conftest import Desk, FixedClock

AT = FixedClock().now()
ONE, OTHER, MERGE = (UUID(f"01890000-0000-7000-8000-00000000000{n}") for n in (1, 2, 3))
HOSTILE = '<script>alert(1)</script>"&'
KEY = f"{ONE}.{OTHER}"


def side(person_id: UUID, name: str) -> ReviewSide:
    address = Address(lines=["412 County Road 9"], city="Ames", state="IA", postcode="50010", country="US")
    person = Person(person_id=person_id, name=name, email="r@gmail.com", address=address)
    return ReviewSide(person=person, registered_at=AT, inquiries=2, last_inquiry_at=AT, sources=["website-contact"])


@pytest.fixture
def page(desk: Desk) -> dict[str, str]:
    """Headers of a browser that was given a key as the password."""
    reasons = [
        MatchReason(field="street", agreement="number and street equal", weight=16.8),
        MatchReason(field="given", agreement="different", weight=-3.6),
    ]
    entry = ReviewEntry(
        review_id=KEY,
        probability=0.87,
        reasons=reasons,
        objection="another mailbox of the same firm",
        found_at=AT,
        one=side(ONE, "Robert Vandersloot"),
        other=side(OTHER, HOSTILE),
    )
    person = PersonReply(
        person_id=ONE,
        current_id=ONE,
        person=entry.one.person,
        revision=1,
        registered_at=AT,
        facts=[],
        lead_ids=[],
        merges=[],
        related=[],
    )
    desk.rooms.replies |= {
        calls.REVIEWS: ReviewsReply(entries=[entry], next="0.87|x", open=12),
        calls.DECIDE_REVIEW: DecideReviewReply(review_id=KEY, state="same", merge_id=MERGE),
        calls.PERSON: person,
        calls.UNMERGE: UnmergeReply(merge_id=MERGE, absorbed_id=OTHER, survivor_id=ONE, undone_at=AT),
    }
    key = desk.key("manage")["Authorization"].removeprefix("Bearer ")
    return {"Authorization": "Basic " + base64.b64encode(f"mary:{key}".encode()).decode()}


def test_two_people_stand_side_by_side_with_reasons_and_two_buttons(desk: Desk, page: dict[str, str]) -> None:
    text = desk.client.get("/reviews", headers=page).text

    assert "Robert Vandersloot" in text
    assert HOSTILE not in text
    assert "87 % likely" in text
    assert "another mailbox of the same firm" in text
    assert 'value="same"' in text
    assert 'value="different"' in text
    assert "<script" not in text
    assert "style=" not in text


def test_a_decision_by_hand_names_who_made_it(desk: Desk, page: dict[str, str]) -> None:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', desk.client.get("/reviews", headers=page).text)
    assert found is not None
    answer = desk.client.post(f"/reviews/{KEY}", headers=page, data={"decision": "same", "form_token": found.group(1)})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/reviews?said=same")
    asked = desk.rooms.calls[-1][1]
    assert (asked["review_id"], asked["decision"]) == (KEY, "same")
    assert asked["by"].startswith("mary (")


@pytest.mark.parametrize("path", [f"/reviews/{KEY}", f"/merges/{MERGE}/undo"])
def test_a_form_of_another_site_decides_nothing(desk: Desk, page: dict[str, str], path: str) -> None:
    assert desk.client.post(path, headers=page, data={"decision": "same"}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v1/people/{ONE}"),
        ("GET", "/v1/reviews"),
        ("POST", f"/v1/reviews/{KEY}"),
        ("POST", f"/v1/people/{ONE}/merge"),
        ("POST", f"/v1/people/{ONE}/overlay"),
        ("POST", f"/v1/merges/{MERGE}/undo"),
    ],
)
def test_only_a_key_that_may_manage_sees_or_changes_people(desk: Desk, method: str, path: str) -> None:
    assert desk.client.open(path, method=method).status_code == 401
    assert desk.client.open(path, method=method, headers=desk.key("read")).status_code == 403


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"decision": "perhaps"}', b'{"decision": 5}', b"\xff"])
def test_a_body_that_says_nothing_usable_is_a_4xx(desk: Desk, page: dict[str, str], body: bytes) -> None:
    answer: Any = desk.client.post(f"/v1/reviews/{KEY}", headers=desk.key("manage"), data=body)

    assert answer.status_code in (400, 422)
