"""What is learnt from companies whose true chances are known."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from services.qualify.prediction.examples import Example
from services.qualify.prediction.learning.candidates import NothingToLearn
from services.qualify.prediction.learning.measuring import auc, measure
from services.qualify.prediction.learning.table import Table
from services.qualify.prediction.learning.training import TooFewOutcomes, Trained, train
from services.qualify.prediction.settings import Settings
from tests.unit.qualify.prediction.companies import NOISE, START, Known, company

LEADS = 6_000
DRIVERS = {"role", "timing", "acres", "has_phone", "products"}


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(Table.of(known.example for known in company(LEADS)), Settings())


@pytest.fixture(scope="module")
def fresh() -> list[Known]:
    """Leads that nobody learnt from."""
    return list(company(4_000, seed=99))


def test_chances_are_near_the_true_ones(trained: Trained, fresh: list[Known]) -> None:
    told = np.array([trained.model.chance(trained.model.read(known.example.facts)) for known in fresh])
    true = np.array([known.chance for known in fresh])

    assert abs(told.mean() - true.mean()) < 0.02
    assert np.abs(told - true).mean() < 0.04
    measured = measure(told, np.array([known.example.won for known in fresh], dtype=np.int8))
    assert measured.gap < 0.03
    assert measured.auc.value > auc(true, np.array([known.example.won for known in fresh])).value - 0.01


def test_the_true_form_is_a_sum_so_trees_are_not_worth_it(trained: Trained) -> None:
    assert trained.card["kind"] in ("naive_bayes", "logistic")
    assert "too little" in trained.card["because"] or "worse" in trained.card["because"]


def test_reasons_name_the_true_drivers(trained: Trained, fresh: list[Known]) -> None:
    named = [
        reason.fact.partition(":")[0]
        for known in fresh[:500]
        for reason in trained.model.explained(trained.model.read(known.example.facts))[1][:3]
    ]

    assert sum(name in DRIVERS for name in named) / len(named) > 0.97


def test_reasons_say_what_raises_and_what_lowers(trained: Trained) -> None:
    good = {"role": "owner", "timing": "now", "acres": 900.0, "products": ("grain-dryer",), "has_phone": True}
    bad = {"role": "employee", "timing": "later", "acres": 20.0, "products": ("parts",), "has_phone": False}
    high, raising = trained.model.explained(trained.model.read(good))
    low, lowering = trained.model.explained(trained.model.read(bad))

    assert high > 0.8 > 0.05 > low
    assert {reason.fact for reason in raising if reason.raises} >= {"role", "timing", "acres"}
    assert {reason.fact for reason in lowering if not reason.raises} >= {"role", "timing"}
    assert "timing now: raises the chance" in " ".join(reason.words for reason in raising)


def test_nothing_is_suspected_where_nothing_leaks(trained: Trained) -> None:
    assert trained.doubts == []
    assert {fact["fact"] for fact in trained.card["facts"]} >= DRIVERS | set(NOISE)


def test_free_text_counts_only_as_said_or_not_said(trained: Trained) -> None:
    [field] = [field for field in trained.model.fields if field.fact == "currently_owns"] or [None]

    assert field is None or field.values == ()


def test_trees_are_taken_where_facts_work_together() -> None:
    def together(known: Known, place: int) -> Example:
        facts = dict(known.example.facts) | {"left": place % 2 == 0, "right": place // 2 % 2 == 0}
        odd = facts["left"] == facts["right"]
        return replace(known.example, facts=facts, won=place // 4 % 10 < (6 if odd else 1))

    examples = [together(known, place) for place, known in enumerate(company(4_000, seed=5))]
    learnt = train(Table.of(examples), Settings())

    assert learnt.card["kind"] == "boosting"
    assert "clearly better" in learnt.card["because"]
    told = np.array([learnt.model.chance(learnt.model.read(example.facts)) for example in examples[:400]])
    alike = np.array([example.facts["left"] == example.facts["right"] for example in examples[:400]])
    assert told[alike].mean() > told[~alike].mean() + 0.2


def test_a_fact_that_everybody_gets_only_afterwards_is_not_read_and_told() -> None:
    def with_contract(known: Known, place: int) -> Example:
        signed = known.example.won
        in_time = signed and place % 40 == 0
        facts = dict(known.example.facts) | ({"contract_number": "signed"} if in_time else {})
        return replace(known.example, facts=facts, only_later=frozenset({"contract_number"} if signed else ()))

    examples = [with_contract(known, place) for place, known in enumerate(company(1_000, seed=6))]
    learnt = train(Table.of(examples), Settings())

    assert learnt.card["known_only_later"] == ["contract_number"]
    assert "contract_number" not in {field.fact for field in learnt.model.fields}


@pytest.mark.parametrize("kind", ["a value that tells too much", "known for winners only"])
def test_a_fact_that_was_entered_after_the_sale_is_found(kind: str) -> None:
    def leaky(known: Known, place: int) -> Example:
        late = 300.0 + place % 200 if known.example.won else float(place % 350)
        if kind == "known for winners only":
            late = None if not known.example.won or place % 5 == 0 else 1.0 + place % 3  # type: ignore[assignment]
        return replace(known.example, facts=dict(known.example.facts) | {"call_seconds": late})

    examples = [leaky(known, place) for place, known in enumerate(company(1_000, seed=7))]
    learnt = train(Table.of(examples), Settings())
    answered = train(Table.of(examples), Settings(leave_out=("call_seconds",)))
    confirmed = train(Table.of(examples), Settings(known_in_time=("call_seconds",)))

    assert [doubt.split()[0] for doubt in learnt.doubts] == ["call_seconds"]
    assert answered.doubts == []
    assert "call_seconds" not in {field.fact for field in answered.model.fields}
    assert confirmed.doubts == []
    assert "call_seconds" in {field.fact for field in confirmed.model.fields}


def test_facts_that_say_nothing_are_doubted() -> None:
    examples = [replace(known.example, won=place % 7 == 0) for place, known in enumerate(company(1_000, seed=8))]
    learnt = train(Table.of(examples), Settings())

    assert learnt.doubts == ["what is known of leads says nothing about how they end"]


@pytest.mark.parametrize(
    ("won", "lost", "missing"),
    [(49, 900, "1 more won leads are missing"), (900, 20, "30 more lost"), (0, 0, "50 more won and 50 more lost")],
)
def test_below_the_minimum_nothing_is_learnt_and_what_is_missing_is_told(won: int, lost: int, missing: str) -> None:
    examples = [
        Example(START + timedelta(hours=place), START, place < won, {"role": "owner"}) for place in range(won + lost)
    ]

    with pytest.raises(TooFewOutcomes, match=missing):
        train(Table.of(examples), Settings())


def test_leads_that_are_all_alike_teach_nothing() -> None:
    examples = [
        Example(START + timedelta(hours=place), START, place % 2 == 0, {"role": "owner"}) for place in range(200)
    ]

    with pytest.raises(NothingToLearn):
        train(Table.of(examples), Settings())


def test_just_enough_outcomes_give_a_model_that_says_how_little_it_knows() -> None:
    examples = [known.example for known in company(1_200, seed=9, average=-4.2)]
    won = [example for example in examples if example.won][:55]
    lost = [example for example in examples if not example.won][:300]
    learnt = train(Table.of([*won, *lost]), Settings())
    chosen = next(trial for trial in learnt.card["trials"] if trial["chosen"])

    assert chosen["shuffled"]["auc"]["high"] - chosen["shuffled"]["auc"]["low"] > 0.05
    assert any("few" in limit for limit in learnt.card["limits"])
