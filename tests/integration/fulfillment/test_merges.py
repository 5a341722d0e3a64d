"""People who were taken for one, or told apart: what is sent goes to whoever it is for now, and nothing goes twice."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.fulfillment.models import Lead, Piece
from shared.contracts.capture import LeadRegistered
from shared.contracts.envelope import Envelope
from tests.builders import NOON, enveloped, lead_registered, merged, person, unmerged
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.test_any_order import event_ids, outcome, played
from tests.integration.fulfillment.told import DEALER, assigned, consent, responded, scored, step


def _literature(house: House) -> list[dict[str, Any]]:
    return [row for row in house.rows(Piece) if row["items"]]


def _answered(house: House, lead: LeadRegistered) -> None:
    house.hear(lead, scored(lead), assigned(lead, DEALER))
    house.send()


def test_a_further_response_after_a_merge_sends_nothing_again(house: House) -> None:
    mine, theirs = lead_registered(person=person()), lead_registered(person=person())
    _answered(house, theirs)
    before = len(_literature(house))
    house.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    house.hear(replace(responded(theirs), person_id=mine.person_id, person=mine.person))
    house.send()

    assert len(_literature(house)) == before > 0


def test_what_one_of_two_has_had_is_not_sent_to_the_other(house: House) -> None:
    mine, theirs = lead_registered(person=person()), lead_registered(person=person())
    house.hear(mine, theirs, step(mine), merged(mine.person, theirs.person, [theirs.lead_id], 2))
    house.send()
    house.hear(step(theirs, occasion="theirs/1"))
    house.send()

    states = [row["state"] for row in house.rows(Piece) if row["piece"] == "nurture-1-guide"]
    assert sorted(states) == ["sent", "suppressed"]


def test_a_waiting_piece_goes_to_the_survivor_and_a_refusal_of_either_holds(house: House, sink: MailSink) -> None:
    mine = lead_registered(person=person(email="mine@leefarms.example"))
    theirs, refuses = (lead_registered(person=person(email=f"{n}@leefarms.example")) for n in ("theirs", "refuses"))
    house.hear(mine, theirs, refuses, consent(refuses, False, NOON + timedelta(hours=1)))
    house.send()
    house.hear(step(theirs), step(refuses, "nurture-2-story"))
    house.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    house.hear(merged(mine.person, refuses.person, [refuses.lead_id], 3))
    house.send()

    by_piece = {row["piece"]: row["state"] for row in house.rows(Piece) if row["piece"].startswith("nurture")}
    assert by_piece == {"nurture-1-guide": "sent", "nurture-2-story": "suppressed"}
    assert sink.messages[-1]["To"].endswith("<mine@leefarms.example>")


def test_told_apart_a_request_is_answered_once_and_to_its_own_person(house: House, sink: MailSink) -> None:
    mine = lead_registered(person=person(email="mine@leefarms.example"))
    theirs = lead_registered(person=person(email="theirs@leefarms.example"))
    stray = responded(mine, products=["feed-mixer"])
    inquiry = str(stray.response.inquiry_id)
    house.hear(mine, theirs, merged(mine.person, theirs.person, [theirs.lead_id], 2), stray)
    apart = {"moved": {inquiry: theirs.lead_id}, "left": {inquiry: mine.lead_id}}
    house.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3, **apart))
    house.clock.forward(hours=3)
    house.run_due()
    house.send()
    house.hear(scored(mine), scored(theirs), assigned(mine), assigned(theirs))
    house.send()

    rows = [row for row in house.rows(Piece) if str(row["inquiry_id"]) == inquiry and row["channel"] == "email"]
    assert {row["lead_id"] for row in rows} == {theirs.lead_id}
    assert len(rows) == len({row["piece"] for row in rows}) == 2
    assert {row["state"] for row in rows} == {"sent"}
    about = [mail for mail in sink.messages if "feed" in str(mail).lower() or "mixer" in str(mail).lower()]
    assert {mail["To"].split("<")[-1].rstrip(">") for mail in about} == {"theirs@leefarms.example"}


def history() -> list[Envelope]:
    """Chains of merges, some undone in another order, amid requests and steps."""
    events: list[Any] = []
    for _ in range(3):
        a, b, c, x, y = (lead_registered(person=person()) for _ in range(5))
        for lead in (a, b, c, x, y):
            events += [lead, scored(lead), assigned(lead, DEALER)]
        stray = responded(a, products=["feed-mixer"])
        inquiry = str(stray.response.inquiry_id)
        events += [stray, step(b), responded(b, products=["feed-mixer"])]
        events.append(merged(b.person, c.person, [c.lead_id], 2))
        events.append(merged(a.person, b.person, [b.lead_id, c.lead_id], 3))
        apart = {"moved": {inquiry: c.lead_id}, "left": {inquiry: a.lead_id}}
        events.append(unmerged(a.person, c.person, [c.lead_id], 4, **apart))
        events += [merged(x.person, y.person, [y.lead_id], 2), unmerged(x.person, y.person, [y.lead_id], 3)]
        events += [scored(y, revision=2), consent(x, False, NOON + timedelta(hours=1))]
    return [enveloped(event, time=NOON + timedelta(seconds=number)) for number, event in enumerate(events)]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_merges_sends_the_same(make_house: Callable[[], House], seed: int) -> None:
    chance = random.Random(seed)
    told = history()
    mixed = told + chance.choices(told, k=len(told) // 3)
    chance.shuffle(mixed)
    in_order, shuffled = make_house(), make_house()
    played(in_order, told, lambda: len(told))
    played(shuffled, mixed, lambda: chance.choice([1, 5, 20]))

    assert outcome(shuffled)["leads"] == outcome(in_order)["leads"] != []
    assert outcome(shuffled)["people"] == outcome(in_order)["people"]
    assert outcome(shuffled)["pieces"] == outcome(in_order)["pieces"]
    assert event_ids(shuffled) == event_ids(in_order)
    assert len({row["lead_id"] for row in in_order.rows(Lead)}) == 15
