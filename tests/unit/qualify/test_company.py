"""The company's rules file: what is refused, and how the example company's behaves."""

import random
import re
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from services.qualify.company import load_rules, read_rules
from services.qualify.domain.decision import assess
from services.qualify.domain.history import History
from shared.company_file import CompanyError
from tests.unit.qualify.heard import NOON, RULE_BOOK, response

TIMINGS = {"now": 12, "3m": 20, "6m": 22, "12m": 18, "later": 16, "none": 12}
INDUSTRIES = {"crop": 35, "livestock": 25, "landscaping": 18, "municipal": 8, "student": 5, "other": 9}
PRODUCTS = {"compact-tractor": 30, "zero-turn-mower": 28, "grain-dryer": 22, "feed-mixer": 14, "spare-parts": 6}
EXAMPLE = Path(__file__).parents[3] / "deploy" / "company"
RULES = (EXAMPLE / "rules.yml").read_text()


@pytest.mark.parametrize(
    ("replaced", "by", "says"),
    [
        ("role ==", "rolle ==", "there is no fact 'rolle', did you mean 'role'"),
        ("role ==", "role =", """rules.yml, line 12: points "owner": when: 'role = "owner"': syntax error"""),
        ("acres >= 500", "acres >= many", "there is no fact 'many'"),
        ("acres >= 500", '\'acres >= "500"\'', "acres is a number"),
        ("points: 20", "points: many", """points "owner": points is 'many', not a whole number"""),
        ("points: 20", "points: true", "points is True, not a whole number"),
        ("points: 20, ", "", """points "owner": points is missing"""),
        ("because: a large farm", "becuase: a large farm", """points "large-farm": because is missing"""),
        ("because: a large farm", "because: a large farm, colour: red", "unknown field 'colour'"),
        ("rule: large-farm", "rule: owner", "rule 'owner' is there twice"),
        ("group: fit, points: 20", "group: fitness, points: 20", "group 'fitness' is not one of fit, engagement"),
        ("fit: {at_most: 30, at_least: -10}", "fit: {at_most: -30, at_least: -10}", "at_most is below at_least"),
        ("hot: 40", "hot: 10", "ranks: hot (10) must be above warm (20)"),
        ("[marketing, sales]", "[marketing]", "qualified: agreed_by: sales has not agreed"),
        ("agreed_by: [marketing, sales]", "", "qualified: agreed_by is missing"),
        ("agreed_on: 2026-01-15", "agreed_on: lately", "agreed_on is 'lately', not a date"),
        ("criteria_met: 3", "criteria_met: 5", "criteria_met is 5, not 0 to 4"),
        ("{answer: budget", "{answer: buget", "answer 'buget' is not among the answers"),
        ("acres: {type: number}", "state: {type: text}", "answers: state: is the name of a built-in fact"),
        ("acres: {type: number}", "acres: {type: numeric}", "type is 'numeric', not one of"),
        ("12m: 12}}", "12m: 0}}", "months: '12m' is 0, not 1 to 120"),
        ("spare-parts: 350", "spare-parts: cheap", "spare-parts is 'cheap', not an amount"),
        ("spare-parts: 350", "grain-dryer: 350", "'grain-dryer' is there twice"),
        ("ranks: {hot: 40, warm: 20}", "", "ranks is missing"),
        ("junk:", "jnk:", "rules.yml, line 19: unknown field 'jnk', did you mean 'junk'"),
        ("answers:", "answers: [", "not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_and_its_place_named(replaced: str, by: str, says: str) -> None:
    assert replaced in RULE_BOOK
    with pytest.raises(CompanyError) as refused:
        read_rules(RULE_BOOK.replace(replaced, by, 1).encode())
    assert says in str(refused.value)
    assert re.match(r"rules\.yml, line \d+: ", str(refused.value))


@pytest.mark.parametrize("text", ["", "[]", "text", "a: 1"])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(CompanyError):
        read_rules(text.encode())


def doubled(levels: int, opening: str) -> str:
    """A few lines that stand for ten to the power of `levels` values."""
    lines = [f"a0: &a0 {opening.format('x: 1')}"]
    return "\n".join(
        lines + [f"a{n}: &a{n} {opening.format(', '.join([f'*a{n - 1}'] * 10))}" for n in range(1, levels)]
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{doubled(10, '[{}]')}\nprint_cost: *a9\n{RULES.replace('print_cost', 'gone')}", "more than 100,000 values"),
        ("x0: &x0 {a: 1}\n" + "\n".join(f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 10)}]}}" for n in range(1, 9)),
         "<< cannot be used here"),
        ("points: &a [*a]\n", "more than 100,000 values"),
        ("[" * 2000 + "]" * 2000, "too many levels"),
        ("a: 1\n" * 300_000, "bytes, more than"),
        (RULES.replace("points: 15", "points: " + "9" * 5000, 1), "cannot be read"),
        (RULES.replace("2026-09-28", "2026-13-45"), "cannot be read"),
        (RULES.replace("compact-tractor: 28500", "compact-tractor: .nan"), "is nan, not an amount"),
        (RULES.replace("compact-tractor: 28500", "compact-tractor: -5"), "is -5, not an amount"),
    ],
)  # fmt: skip
def test_a_text_that_would_keep_the_room_busy_or_fool_it_is_refused(text: str, says: str) -> None:
    began = time.process_time()
    with pytest.raises(CompanyError, match=says):
        read_rules(text.encode())

    assert time.process_time() - began < 2


def test_an_anchor_saves_writing() -> None:
    text = RULES.replace("retry_after: [4 hours, 1 day]", "retry_after: [&wait 4 hours, *wait]")

    assert read_rules(text.encode()).screening.retry_after == (timedelta(hours=4),) * 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match=r"rules\.yml: there is no such file"):
        load_rules(tmp_path)


def test_every_change_of_the_text_is_a_version_of_its_own() -> None:
    assert read_rules(RULE_BOOK.encode()).version != read_rules(RULE_BOOK.replace("20,", "21,", 1).encode()).version
    assert len(read_rules(RULE_BOOK.encode()).version) == 12


def test_the_example_company_gets_a_mix_that_its_sales_can_work() -> None:
    """About one in eight ready on arrival, one in five never, the rest to nurture."""
    chance = random.Random(7)
    rules = load_rules(EXAMPLE)
    leads = [assess(_arrival(chance), rules, NOON) for _ in range(1500)]
    shares = Counter(lead.judged.decision for lead in leads if lead)

    assert 0.10 <= shares["qualified"] / 1500 <= 0.15
    assert 0.15 <= (shares["unqualified"] + shares["junk"]) / 1500 <= 0.23
    assert {lead.judged.rank for lead in leads if lead} == {"hot", "warm", "cold", "future", "unqualified", "junk"}


def _arrival(chance: random.Random) -> History:
    """One lead as forms and portals bring them: half of the questions answered, few ready to buy."""
    drawn = {
        "budget": (0.5, lambda: str(int(chance.lognormvariate(9.6, 1.1)))),
        "role": (0.6, lambda: _drawn(chance, owner=40, manager=25, employee=20, other=15)),
        "need": (0.4, lambda: "dry 400 acres of corn"),
        "timing": (0.6, lambda: _drawn(chance, **TIMINGS)),
        "acres": (0.5, lambda: str(int(chance.lognormvariate(5.3, 1.1)))),
        "employees": (0.3, lambda: str(int(chance.lognormvariate(1.8, 1)))),
        "industry": (0.7, lambda: _drawn(chance, **INDUSTRIES)),
        "currently_owns": (0.3, lambda: "a Kubota"),
        "interest": (0.7, lambda: _drawn(chance, literature=45, quote=25, demo=12, dealer_contact=18)),
    }  # fmt: skip
    answers = {name: draw() for name, (share, draw) in drawn.items() if chance.random() < share}
    country = _drawn(chance, US=78, CA=7, DE=5, GB=5, BR=3, IN=2)
    person = {
        "state": chance.choice(["IA", "IL", "MO", "NE", "TX", "CA", "OH"]) if country == "US" else None,
        "country": country,
        "has_email": chance.random() < 0.85,
        "has_phone": chance.random() < 0.65,
        "mailable": chance.random() < 0.6,
    }
    source = chance.choice(["website-contact", "website-catalogue", "google-ads-dryers", "autobase"])
    product = _drawn(chance, **PRODUCTS)
    arrived = response(answers=answers, person=person, source=source, products=(product,))
    return History(responses=(arrived,))


def _drawn(chance: random.Random, **weights: int) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
