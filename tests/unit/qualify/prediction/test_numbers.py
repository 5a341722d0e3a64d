"""What the room works out in plain Python is scikit-learn's own number."""

import json
import math

import numpy as np
import pytest

from services.qualify.prediction.calibration import Calibration, sigmoid
from services.qualify.prediction.learning.calibrating import calibrate, chances
from services.qualify.prediction.learning.candidates import CANDIDATES, Candidate, fit, matrix_of
from services.qualify.prediction.learning.table import Table
from services.qualify.prediction.model import Model
from tests.unit.qualify.prediction.companies import company

EXAMPLES = [known.example for known in company(3_000, seed=4)]
TABLE = Table.of(EXAMPLES)
#: Facts in ways that the examples never came with.
STRANGE = (
    {},
    {"role": "emperor", "timing": "never before seen", "products": ("unheard-of",), "acres": -5.0},
    {"acres": float("inf"), "has_phone": None},
    {"acres": "many", "role": 3.0, "products": "mower", "has_phone": "perhaps"},
)


def stored(model: Model) -> Model:
    """The model as it comes back from the database."""
    return Model.of(json.loads(json.dumps(model.document())))


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_the_room_gets_the_number_of_scikit_learn(candidate: Candidate) -> None:
    rows = np.arange(len(TABLE))
    fitted = fit(candidate, TABLE, rows[:2_000])
    theirs = fitted.scores(TABLE, rows)
    calibration = calibrate(theirs[:2_000], TABLE.outcomes[:2_000])
    model = stored(Model(candidate.kind, 2.0, fitted.fields, fitted.core, calibration))

    ours = [model.score(model.read(example.facts)) for example in EXAMPLES]
    told = [model.chance(model.read(example.facts)) for example in EXAMPLES]

    assert np.abs(np.array(ours) - theirs).max() < 1e-9
    assert np.abs(np.array(told) - chances(calibration, theirs)).max() < 1e-9
    theirs_uncalibrated = fitted.estimator.predict_proba(matrix_of(candidate.kind, TABLE, fitted.fields, rows))[:, 1]
    assert np.abs(np.array([sigmoid(score) for score in ours]) - theirs_uncalibrated).max() < 1e-9


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_reasons_add_up_to_the_score(candidate: Candidate) -> None:
    fitted = fit(candidate, TABLE, np.arange(len(TABLE)))
    model = Model(candidate.kind, 2.0, fitted.fields, fitted.core, Calibration("platt"))
    average = model.score([None] * len(model.fields)) - sum(
        model.core.contributions(model.fields, [None] * len(model.fields))
    )

    for example in EXAMPLES[:50]:
        values = model.read(example.facts)
        assert model.score(values) == pytest.approx(average + sum(model.core.contributions(model.fields, values)))


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_whatever_a_lead_comes_with_has_a_chance(candidate: Candidate) -> None:
    fitted = fit(candidate, TABLE, np.arange(len(TABLE)))
    model = Model(candidate.kind, 2.0, fitted.fields, fitted.core, Calibration("platt"))

    for facts in STRANGE:
        chance, reasons = model.explained(model.read(facts))
        assert 0 < chance < 1
        assert all(reason.words for reason in reasons)


def test_the_same_examples_give_the_same_version_and_one_changed_weight_another() -> None:
    fitted = fit(CANDIDATES[1], TABLE, np.arange(len(TABLE)))
    again = fit(CANDIDATES[1], Table.of(EXAMPLES), np.arange(len(TABLE)))
    one, other = (Model("logistic", 2.0, each.fields, each.core, Calibration("platt")) for each in (fitted, again))
    document = one.document()
    document["core"]["weights"][0][0] += 1e-12

    assert one.version == other.version == stored(one).version
    assert Model.of(document).version != one.version


@pytest.mark.parametrize("score", [-800.0, -30.0, -0.1, 0.0, 2.5, 40.0, 800.0])
def test_a_sigmoid_never_overflows(score: float) -> None:
    chance = Calibration("platt", 1.0, 0.0).chance(score)

    assert 0 <= chance <= 1
    assert math.isclose(chance, 1 - Calibration("platt", 1.0, 0.0).chance(-score), abs_tol=1e-12)


def test_between_two_points_of_the_curve_lies_a_line_and_outside_it_is_flat() -> None:
    curve = Calibration("isotonic", scores=(-2.0, 0.0, 1.0), chances=(0.1, 0.3, 0.9))

    assert [curve.chance(score) for score in (-9.0, -2.0, -1.0, 0.5, 1.0, 9.0)] == pytest.approx(
        [0.1, 0.1, 0.2, 0.6, 0.9, 0.9]
    )
