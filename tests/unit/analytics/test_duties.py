"""How owners keep their leads up to date, and which goals they reached."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.analytics.company import load
from services.analytics.domain.duties import Goal, Record, Tally, progress, records
from shared.company_file import CompanyError

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


def tally(outcome: str, did: str | None, number: int = 1, **over: Any) -> Tally:
    values = {"owner_id": "ames", "name": "Ames Tractor", "complete": True} | over
    return Tally(outcome=outcome, did=did, number=number, **values)


def goal(measure: Any, at_least: str, of_at_least: int = 1) -> Goal:
    return Goal("prompt", measure, Decimal(at_least), of_at_least, Decimal(100), "because")


AMES = [
    tally("in_time", "accept", 6),
    tally("late", "contacted", 2),
    tally("in_time", "won", 1, complete=False),
    tally("missed", None, 1),
]


def test_a_record_sums_what_was_due_and_what_was_done() -> None:
    (ames,) = records(AMES)

    assert (ames.duties, ames.in_time, ames.late, ames.missed) == (10, 7, 2, 1)
    assert (ames.answers, ames.complete) == (9, 8)
    assert ames.did == {"accept": 6, "contacted": 2, "won": 1}
    assert ames.share_in_time() == Decimal("0.7")
    assert ames.share_complete() == Decimal(8) / 9


def test_every_owner_has_a_record_of_their_own() -> None:
    found = records([*AMES, tally("missed", None, owner_id="bettendorf", name="Bettendorf")])

    assert [(one.owner_id, one.duties) for one in found] == [("ames", 10), ("bettendorf", 1)]


@pytest.mark.parametrize(
    ("wanted", "reached", "met"),
    [
        (goal("in_time", "0.7"), "0.7", True),
        (goal("in_time", "0.71"), "0.7", False),
        (goal("in_time", "0.5", of_at_least=11), None, False),
        (goal("complete", "0.9"), str(Decimal(8) / 9), False),
        (goal("complete", "0.5", of_at_least=10), None, False),
        (goal("accepted", "6"), "6", True),
        (goal("sales", "2"), "1", False),
        (goal("quotes", "1"), "0", False),
    ],
)
def test_a_goal_is_met_from_its_number_on_and_never_by_too_little_to_tell(
    wanted: Goal, reached: str | None, met: bool
) -> None:
    (ames,) = records(AMES)
    came = progress(ames, wanted)

    assert (came.reached, came.met) == (Decimal(reached) if reached else None, met)


def test_who_had_nothing_to_do_has_no_share() -> None:
    idle = Record("ames", "Ames", 0, 0, 0, 0, 0, {})

    assert (idle.share_in_time(), idle.share_complete()) == (None, None)


def test_the_example_companys_goals_are_read() -> None:
    goals = load(COMPANY)

    assert goals.currency == "USD"
    assert {one.goal: (one.measure, one.at_least) for one in goals.goals} == {
        "prompt": ("in_time", Decimal("0.9")),
        "complete": ("complete", Decimal("0.8")),
        "in-talks": ("appointments", Decimal(3)),
    }


def test_a_company_without_the_file_has_no_goals(tmp_path: Path) -> None:
    assert load(tmp_path).goals == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{id: a, measure: on_time, at_least: 90%, because: b}", "there is no 'on_time', did you mean 'in_time'"),
        ("{id: a, measure: in_time, at_least: 90, because: b}", "write it like 95%"),
        ("{id: a, measure: in_time, at_least: 120%, because: b}", "write it like 95%"),
        ("{id: a, measure: sales, at_least: many, because: b}", "a number above 0 is expected, not 'many'"),
        ("{id: a, measure: sales, at_least: 3, reward: -5, because: b}", "a number above 0 is expected, not '-5'"),
        ("{id: a, measure: sales, at_least: 3}", "because: this is needed"),
        ("{id: a, measure: sales, atleast: 3, because: b}", "did you mean 'at_least'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, entry: str, said: str) -> None:
    (tmp_path / "goals.yml").write_text(f"currency: USD\ngoals:\n  - {entry}\n")

    with pytest.raises(CompanyError, match=r"goals\.yml: goals a") as caught:
        load(tmp_path)
    assert said in str(caught.value)
