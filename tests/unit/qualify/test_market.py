"""Segments, strategy and processes; what is missing, and what would flip a decision."""

from decimal import Decimal

import pytest

from services.qualify.domain.supposing import flips, missing
from shared.company_file import CompanyError
from tests.unit.qualify.heard import IOWA, READY, assessed, history, response, rules, update

MARKET = rules(
    "ranks:",
    "segments:\n"
    "  - {segment: large-grain, when: 'acres >= 500 and \"grain-dryer\" in products', because: dries a lot}\n"
    '  - {segment: corn-belt, when: \'state in ["IA", "IL"]\', because: corn}\n'
    "strategy:\n"
    "  - {overlay: growth, when: '\"corn-belt\" in segments', points: 4, times_value: 1.5, because: we grow there}\n"
    "  - {overlay: margin, when: '\"grain-dryer\" in products', times_value: 1.2, because: best margin}\n"
    "processes:\n"
    "  - {process: telemarketing, when: budget < 5000, because: small sales are made by telephone, "
    "owner: call_centre, score: 20, criteria_met: 1}\n"
    "owned_by: {warm: call_centre}\n"
    "ranks:",
)


def test_a_lead_belongs_to_the_segments_whose_condition_holds() -> None:
    assert assessed(history({"acres": "640"}), MARKET).segments == ("large-grain", "corn-belt")
    assert assessed(history({}), MARKET).segments == ("corn-belt",)
    abroad = history({}, person_updates=(update(1, state="TX"),))
    assert assessed(abroad, MARKET).segments == ()


def test_the_strategy_adds_points_and_multiplies_the_potential_value() -> None:
    found = assessed(history({}), MARKET)

    assert {line.rule: line.points for line in found.lines}["growth"] == 4
    assert found.potential_value == Decimal(96000) * Decimal("1.5") * Decimal("1.2")
    parts = response(products=("spare-parts",), person=IOWA | {"state": "TX"})
    assert assessed(history(responses=(parts,)), MARKET).potential_value == Decimal(350)


def test_a_process_has_a_definition_of_its_own_and_says_who_works_the_lead() -> None:
    small = assessed(history({"role": "owner", "budget": "3000"}), MARKET)
    large = assessed(history(READY), MARKET)
    warm = assessed(history({"role": "owner"}), MARKET)
    cold = assessed(history({}), MARKET)

    assert (small.process, small.decision, small.owner) == ("telemarketing", "qualified", "call_centre")
    assert "telemarketing: small sales are made by telephone" in small.because
    assert (large.process, large.decision, large.owner) == ("sales", "qualified", "sales")
    assert (warm.process, warm.decision, warm.owner) == ("sales", "not_ready", "call_centre")
    assert (cold.rank, cold.owner) == ("cold", "marketing")


def test_unanswered_questions_are_told_with_what_they_may_bring() -> None:
    found = missing(assessed(history({"role": "owner"})))

    assert [(each.answer, each.best, each.points, each.rank) for each in found] == [
        ("timing", "now", 15, "warm"), ("acres", "500", 10, "warm"),
    ]  # fmt: skip


def test_the_smallest_change_of_one_fact_is_told_and_does_what_it_says() -> None:
    lead = history({name: text for name, text in READY.items() if name != "timing"})
    [flip] = flips(assessed(lead))

    assert [(change.name, change.text) for change in flip.changes] == [("timing", "now")]
    changed = assessed(history({**READY, "timing": "now"}))
    assert (flip.decision, flip.score, flip.rank) == (changed.decision, changed.score, changed.rank)


def test_where_one_fact_is_not_enough_two_are_told() -> None:
    found = flips(assessed(history({"role": "owner"})))

    pairs = {tuple(sorted(change.name for change in flip.changes)) for flip in found}
    assert ("need", "timing") in pairs or ("budget", "timing") in pairs
    assert all(flip.decision == "qualified" for flip in found)


def test_of_a_ready_lead_it_is_told_what_it_hangs_on() -> None:
    found = flips(assessed(history(READY)))

    assert found
    assert all(flip.decision != "qualified" and len(flip.changes) == 1 for flip in found)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points: 20, when: role", "points: 20, half_life: 3 weeks, when: role", "half_life is '3 weeks', not a time"),
        ("points: 20, when: role", "points: 20, at_most: 9, when: role", "at_most belongs to a rule with `activity`"),
        ("points: 20, when: role", "points: 20, activity: page, times: 0, when: role", "times is 0"),
        ("points: 20, when: role", "points: 20, activity: page, at_most: 30, when: role", "per: occurrence"),
        ("points: 20, when: role", "points: 20, activity: page, per: ocurrence, when: role", "mean 'occurrence'"),
        ("group: fit, points: 20", "group: fitt, points: 20", "did you mean 'fit'"),
        ("ranks:", "segments: [{segment: a, when: state == \"IA\"}]\nranks:", "because is missing"),
        ("ranks:", "segments: [{segment: a, when: '\"b\" in segments', because: x}]\nranks:", "no fact 'segments'"),
        ("ranks:", "strategy: [{overlay: a, when: state == \"IA\", because: x}]\nranks:", "would change nothing"),
        ("ranks:", "stages: [{stage: mqll, when: responses > 0, because: x}]\nranks:", "did you mean 'mql'"),
        ("ranks:", "backward: [{from: inquiry, to: sal, when: responses > 0, because: x}]\nranks:", "is not before"),
        ("ranks:", "owned_by: {hott: sales}\nranks:", "did you mean 'hot'"),
        ("ranks:", "processes: [{process: a, when: has_phone, because: x, owner: cal_centre}]\nranks:", "call_centre"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_line_and_what_may_be_meant(old: str, new: str, says: str) -> None:
    with pytest.raises(CompanyError) as refused:
        rules(old, new)
    assert says in str(refused.value)
    assert "rules.yml, line " in str(refused.value)
