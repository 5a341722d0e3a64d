"""What is not passed on, and what is, though it looks odd."""

import pytest

from services.capture.domain.person import Facts
from services.capture.domain.submission import Submission
from services.capture.domain.suspicion import hostile, reachable, spam
from shared.contracts.people import Address


@pytest.mark.parametrize(
    "submission",
    [
        Submission(trap="x"),
        Submission(message='buy <a href="http://x">pills</a>'),
        Submission(message="[url=http://x]pills[/url]"),
        Submission(message="http://a http://b http://c http://d"),
        Submission(person={"full_name": "Win at https://x.example"}),
    ],
)
def test_what_no_honest_sender_does_is_spam(submission: Submission) -> None:
    assert spam(submission)


@pytest.mark.parametrize(
    "message",
    [
        "See https://leefarms.example and https://photos.example/barn, www.oldmixer.example is what we have now",
        "Price < 5,000 & delivery > May?",
        "Fwd: FREE catalogue!!! Please call, I want to buy now. $$$",
    ],
)
def test_an_eager_farmer_is_no_spammer(message: str) -> None:
    assert spam(Submission(message=message)) is None


def test_a_script_where_a_name_belongs_is_an_attack() -> None:
    assert hostile(Submission(person={"full_name": "<script>alert(1)</script>"}))


@pytest.mark.parametrize("name", ["Robert'); DROP TABLE inquiry;--", "O'Connor & Sons", "Onload Trucking"])
def test_an_odd_name_is_no_attack(name: str) -> None:
    assert hostile(Submission(person={"company": name})) is None


@pytest.mark.parametrize(
    ("facts", "there_is_a_way"),
    [
        (Facts(email="a@b.example"), True),
        (Facts(phone="+15155550142"), True),
        (Facts(address=Address(lines=["1 Elm"], city="Ames")), True),
        (Facts(address=Address(lines=[], city="Ames")), False),
        (Facts(name="Ann Lee"), False),
    ],
)
def test_somebody_can_be_answered_by_any_of_three_ways(facts: Facts, there_is_a_way: bool) -> None:
    assert reachable(facts) is there_is_a_way
