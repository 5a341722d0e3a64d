"""`python -m tests.bench.scoring`: how many leads can be assessed per second of CPU, with 60 rules.

Leads as forms and portals bring them, with activities, under the example's rules filled up to 60. Beside the whole
assessment, in the same run: reading a lead from what the database keeps of it, putting every point in words, telling
what is missing and what would flip the decision; and the conditions alone, as one compiled function, as a closure
each, and by rule-engine's own evaluator, which is the ceiling that they replace. Only CPU time is counted.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import rule_engine
from rich.console import Console
from rich.table import Table

from services.qualify import memory
from services.qualify.company import load_rules
from services.qualify.domain.activities import Activity, Telling
from services.qualify.domain.decision import assess
from services.qualify.domain.history import History
from services.qualify.domain.rules import PointRule, Rules
from services.qualify.domain.scoring import known_to
from services.qualify.domain.supposing import flips, missing
from services.qualify.models import Profile
from shared.condition_source import compiled
from shared.conditions import Condition
from tests.unit.qualify.heard import NOON
from tests.unit.qualify.test_company import _arrival

COMPANY = Path(__file__).parents[2] / "deploy" / "company"
RULES = 60
LATER = NOON + timedelta(days=20)
KINDS = ("page", "page", "page", "download", "calculator", "click", "open")


def main() -> int:
    """Returns 0 when everything could be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scoring", description=__doc__)
    parser.add_argument("--leads", type=int, default=5000)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    figures = measured(given.leads)
    if given.json:
        print(json.dumps(figures, indent=2))
        return 0
    table = Table("what", "µs of CPU", "per second of CPU", title=f"{given.leads:,} leads, {RULES} rules")
    for what, micros in figures.items():
        table.add_row(what, f"{micros:,.1f}", f"{1_000_000 / micros:,.0f}")
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    return 0


def measured(count: int) -> dict[str, float]:
    """Microseconds of CPU for one lead, by what is done."""
    rules, leads = sixty(load_rules(COMPANY)), arrivals(count)
    known = [known_to(rules, lead, LATER).values for lead in leads]
    conditions = [rule.when for rule in rules.counting]
    holding = compiled(conditions)
    kept = [stored(lead) for lead in leads]
    few = leads[: max(1, count // 20)]
    assessed = [found for lead in few if (found := assess(lead, rules, LATER))]
    return {
        "assess: points, rank, decision": cpu(lambda lead: assess(lead, rules, LATER), leads),
        "the same, read from documents first": cpu(
            lambda row: assess(memory.history_of(row, None), rules, LATER), kept
        ),
        "the same, with every point in words": cpu(lambda lead: _words(lead, rules), leads),
        "with stage and trend as well": cpu(lambda lead: _all(lead, rules), leads),
        "missing questions and flips": cpu(lambda found: (missing(found), flips(found)), assessed),
        "60 conditions: one compiled function": cpu(holding, known),
        "60 conditions: a closure each": cpu(lambda facts: [each.holds(facts) for each in conditions], known),
        "60 conditions: rule-engine's evaluator": cpu(
            _theirs(conditions, rules), [_whole(each, rules) for each in known[: len(few)]]
        ),
    }


def sixty(rules: Rules) -> Rules:
    """The example's rules, filled up with like ones to 60 that count points."""
    kinds = {name: answer.kind for name, answer in rules.answers.items()}
    more = [
        PointRule(
            f"more-{number}",
            "fit" if number % 2 else "engagement",
            Condition.parse(f'budget >= {number * 1000} and (acres > {number * 10} or role == "owner")', kinds),
            1,
            "for the benchmark",
            half_life=None if number % 2 else timedelta(days=30),
        )
        for number in range(RULES - len(rules.points))
    ]
    return replace(rules, points=(*rules.points, *more), strategy=())


def arrivals(count: int) -> list[History]:
    """Leads of a fixed seed: half of them with a handful of activities."""
    chance = random.Random(11)
    return [_with_activities(_arrival(chance), chance) for _ in range(count)]


def stored(lead: History) -> Profile:
    """The lead as its row has it, without activities, which are rows of their own."""
    responses = {
        str(each.inquiry_id): {
            "received_at": each.received_at.isoformat(), "told_at": each.told_at.isoformat(), "source": each.source,
            "channel": each.channel, "medium": each.medium, "campaign": each.campaign, "products": list(each.products),
            "message": each.message, "answers": dict(each.answers), "person": dict(each.person),
        }
        for each in lead.responses
    }  # fmt: skip
    empty: dict[str, Any] = {
        name: {} for name in ("recyclings", "closings", "notes", "findings", "marks", "colleagues")
    }
    return Profile(responses=responses, moved_away=[], previous_resolution=None, **empty)


def cpu(work: Callable[[Any], Any], items: Sequence[Any]) -> float:
    """Microseconds of CPU for one item, after a warm-up."""
    for item in items[:200]:
        work(item)
    began = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - began) / len(items) * 1_000_000


def _with_activities(lead: History, chance: random.Random) -> History:
    if chance.random() < 0.5:
        return lead
    times = [NOON + timedelta(hours=chance.randrange(400)) for _ in range(chance.randint(1, 8))]
    done = [
        Activity(UUID(int=chance.getrandbits(128)), chance.choice(KINDS), "gd40", at, (Telling(1, "human", True, at),))
        for at in times
    ]
    return replace(lead, activities=tuple(done))


def _words(lead: History, rules: Rules) -> Any:
    found = assess(lead, rules, LATER)
    return found and (found.lines, found.because, found.bant)


def _all(lead: History, rules: Rules) -> Any:
    found = assess(lead, rules, LATER)
    return found and (found.lines, found.because, found.stage, found.trend)


def _theirs(conditions: Iterable[Condition], rules: Rules) -> Callable[[Any], Any]:
    """rule-engine alone; it raises where a fact is missing, so that it gets a value for each."""
    asked = [rule_engine.Rule(each.text, context=each.tree.context) for each in conditions]
    return lambda facts: [each.matches(facts) for each in asked]


def _whole(facts: dict[str, Any], rules: Rules) -> dict[str, Any]:
    from services.qualify.domain.facts import BUILT_IN

    kinds = BUILT_IN | {name: answer.kind for name, answer in rules.answers.items()}
    empty = {"text": "", "number": 0, "flag": False, "date": None, "list": ()}
    return {name: facts.get(name, empty[kind]) for name, kind in kinds.items()}


if __name__ == "__main__":
    sys.exit(main())
