"""Programs fill in a form faster than anybody types; they are set aside, never refused."""

import re
from datetime import timedelta

import pytest

from gateway.timetrap import TimeTrap
from tests.unit.gateway.conftest import Desk


def stamp_of(desk: Desk) -> str:
    page = desk.client.get("/forms/contact").text
    found = re.search(r'name="lb_rendered" value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("after", "sign"),
    [
        (timedelta(seconds=1), "sent 1 seconds after"),
        (timedelta(seconds=30), None),
        (timedelta(hours=23), None),
        (timedelta(hours=25), "more than a day after"),
        (-timedelta(seconds=5), "sent 0 seconds after"),
    ],
)
def test_the_time_between_page_and_post_tells(desk: Desk, after: timedelta, sign: str | None) -> None:
    stamp = stamp_of(desk)
    desk.clock.at += after
    answer = desk.client.post("/forms/contact", data={"email": "a@b.example", "lb_rendered": stamp})

    [(intake, _)] = desk.taken()
    assert answer.status_code == 200, "a person who is taken for a program must not notice, nor lose anything"
    assert (sign is None and intake.suspicion is None) or (sign in (intake.suspicion or ""))


@pytest.mark.parametrize("stamp", ["1777896000.00", "x", "", "9" * 99 + ".a", "1777896000", "1777896000.ü"])
def test_an_invented_stamp_tells_too(desk: Desk, stamp: str) -> None:
    desk.client.post("/forms/contact", data={"email": "a@b.example", "lb_rendered": stamp})

    assert desk.taken()[0][0].suspicion == "the page's time stamp is not ours"


def test_the_companys_own_page_needs_no_stamp(desk: Desk) -> None:
    desk.client.post("/forms/contact", data={"email": "a@b.example"})

    assert desk.taken()[0][0].suspicion is None


def test_a_form_that_is_only_on_the_hosted_page_needs_one(desk: Desk) -> None:
    trap, now = TimeTrap(b"key"), desk.clock.at

    assert trap.suspicion("a", None, now, required=True)
    assert not trap.suspicion("a", trap.stamp("a", now - timedelta(seconds=9)), now, required=True)
    assert trap.suspicion("b", trap.stamp("a", now - timedelta(seconds=9)), now, required=True), "stamps are per form"
    assert TimeTrap(b"other").suspicion("a", trap.stamp("a", now - timedelta(seconds=9)), now, required=True)
