"""When leads are no longer those that were learnt from, or end otherwise than was said."""

import random

import pytest

from services.qualify.prediction.calibration import Calibration
from services.qualify.prediction.drift import LEAST_CLOSED, LEAST_LEADS, Tally, drift, stability
from services.qualify.prediction.fields import Field
from services.qualify.prediction.model import Model
from services.qualify.prediction.scorecard import Scorecard
from services.qualify.prediction.settings import Settings

ROLE = Field("role", "text", values=("owner", "employee"))
MODEL = Model("logistic", 2.0, (ROLE,), Scorecard(0.0, ((0.0, 0.0, 1.0, -1.0),)), Calibration("platt"))
LEARNT = {"role": [0.1, 0.1, 0.4, 0.4]}


def tally(**roles: int) -> Tally:
    """So many leads with each role."""
    found = Tally()
    for role, number in roles.items():
        for _ in range(number):
            found.came(MODEL, [None if role == "nothing" else role])
    return found


def test_the_index_is_that_of_the_textbooks() -> None:
    assert stability([0.5, 0.5], [50, 50]) == 0
    assert stability([0.5, 0.5], [80, 20]) == pytest.approx(0.4159, abs=1e-4)
    assert stability([1.0, 0.0], [0, 10]) > 5
    assert stability([1.0], []) == 0


def test_the_same_leads_raise_no_alarm_and_others_do_by_name() -> None:
    same = drift(tally(nothing=20, other=20, owner=80, employee=80), MODEL, LEARNT, Settings())
    moved = drift(tally(nothing=20, other=20, owner=10, employee=150), MODEL, LEARNT, Settings())

    assert same.alarms == ()
    assert list(moved.moved) == ["role"]
    assert moved.alarms[0].endswith("(employee: 40% then, 75% now)") or "owner: 40% then, 5% now" in moved.alarms[0]


def test_a_handful_of_leads_says_nothing_however_odd_they_are() -> None:
    odd = drift(tally(employee=LEAST_LEADS - 1), MODEL, LEARNT, Settings())

    assert odd.inputs["role"] > 0.25
    assert odd.alarms == ()


def test_chance_alone_raises_no_alarm_in_a_fact_of_many_buckets() -> None:
    field = Field("town", "text", values=tuple(map(str, range(38))))
    model = Model("logistic", 2.0, (field,), Scorecard(0.0, ((0.0,) * 40,)), Calibration("platt"))
    draw, found = random.Random(3), Tally()
    for _ in range(LEAST_LEADS):
        found.came(model, [str(draw.randrange(38))])
    seen = drift(found, model, {"town": [0.0, 0.0, *[1 / 38] * 38]}, Settings())

    assert seen.inputs["town"] > 0.25
    assert seen.alarms == ()


@pytest.mark.parametrize(("won", "alarm"), [(30, False), (36, False), (52, True), (9, True)])
def test_sales_far_from_what_was_predicted_raise_an_alarm(won: int, alarm: bool) -> None:
    found = Tally()
    for place in range(100):
        found.ended(0.3, place < won)
    seen = drift(found, MODEL, LEARNT, Settings())

    assert bool(seen.alarms) is alarm
    assert not alarm or f"{won} of 100 leads that closed were won, 30 were predicted" in seen.alarms[0]


def test_too_few_sales_say_nothing() -> None:
    found = Tally()
    for _ in range(LEAST_CLOSED - 1):
        found.ended(0.9, won=False)

    assert drift(found, MODEL, LEARNT, Settings()).alarms == ()
    assert drift(found, MODEL, LEARNT, Settings()).outcome_errors is None


def test_a_tally_goes_on_where_it_was_left() -> None:
    found = tally(owner=3)
    found.ended(0.5, won=True)
    again = Tally.of(found.document())
    again.came(MODEL, ["owner"])

    assert (again.leads, again.buckets["role"], again.won) == (4, [0, 0, 4, 0], 1)
    assert Tally.of({}) == Tally()
