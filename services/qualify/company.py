"""Reads the company's `rules.yml` and refuses what could not work, naming the entry and the field."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from services.qualify.company_conditions import Declared, condition
from services.qualify.company_costs import read_print_cost, read_typical_sale
from services.qualify.company_entry import Entry, parsed
from services.qualify.company_lifecycle import read_lifecycle
from services.qualify.company_market import read_owners, read_processes, read_segments, read_strategy
from services.qualify.company_points import read_limits, read_points
from services.qualify.company_qualification import answer_name, read_qualification
from services.qualify.company_screening import read_screening
from services.qualify.domain.answers import Answer
from services.qualify.domain.facts import BUILT_IN, Readiness
from services.qualify.domain.lifecycle import READ
from services.qualify.domain.rules import ClassRule, Rules
from shared.company_file import CompanyError
from shared.conditions import FactType

__all__ = ["CompanyError", "load_rules", "read_rules"]

RULES_FILE = "rules.yml"


def load_rules(company: Path) -> Rules:
    """The rules in the company's folder. Raises CompanyError."""
    file = company / RULES_FILE
    if not file.exists():
        raise CompanyError(f"{file}: there is no such file")
    return read_rules(file.read_bytes())


def read_rules(text: bytes) -> Rules:
    """The rules in `text`; their version is the first 12 hex digits of its SHA-256. Raises CompanyError."""
    root = Entry(RULES_FILE, parsed(text, RULES_FILE))
    answers = _answers(root.entry("answers"))
    facts = BUILT_IN | {name: answer.kind for name, answer in answers.items()}
    hot, warm = _ranks(root.entry("ranks"))
    usual = read_qualification(root.entry("qualified"), facts, answers)
    rules = Rules(
        version=hashlib.sha256(text).hexdigest()[:12],
        answers=answers,
        points=read_points(root, facts),
        limits=read_limits(root),
        hot=hot,
        warm=warm,
        junk=_class_rules(root, "junk", facts),
        unqualified=_class_rules(root, "unqualified", facts),
        future=_class_rules(root, "future", facts),
        readiness=_readiness(root.entry("ready_on"), answers),
        qualification=usual,
        typical_sale=read_typical_sale(root),
        print_cost=read_print_cost(root),
        lifecycle=read_lifecycle(root, facts),
        screening=read_screening(root, facts),
        segments=read_segments(root, facts),
        strategy=read_strategy(root, facts),
        processes=read_processes(root, facts, answers, usual),
        owners=read_owners(root),
    )
    root.done()
    return rules


def _answers(entry: Entry) -> dict[str, Answer]:
    return {name: _answer(name, entry.entry(name)) for name in entry.fields()}


def _answer(name: str, entry: Entry) -> Answer:
    if name in BUILT_IN or name in READ:
        raise entry.error("is the name of a built-in fact; choose another")
    kind = entry.take("type", str)
    if kind not in get_args(FactType):
        raise entry.error(f"type is {kind!r}, not one of {', '.join(get_args(FactType))}")
    choices: dict[str, str] = {}
    for choice, wordings in entry.take("choices", dict, {}).items():
        choices |= {str(wording).lower(): str(choice) for wording in (choice, *(wordings or []))}
    entry.done()
    return Answer(name, cast(FactType, kind), choices)


def _ranks(entry: Entry) -> tuple[int, int]:
    hot, warm = entry.take("hot", int), entry.take("warm", int)
    entry.done()
    if hot <= warm:
        raise entry.error(f"hot ({hot}) must be above warm ({warm})")
    return hot, warm


def _class_rules(root: Entry, name: str, facts: Declared) -> tuple[ClassRule, ...]:
    rules = []
    for entry in root.listed(name):
        rule = ClassRule(entry.take("rule", str), condition(entry, facts), entry.take("because", str))
        entry.done()
        rules.append(rule)
    return tuple(rules)


def _readiness(entry: Entry, answers: Mapping[str, Answer]) -> Readiness:
    readiness = Readiness(answer_name(entry, answers), entry.take("months", dict))
    entry.done()
    for choice, months in readiness.months.items():
        if not isinstance(months, int) or isinstance(months, bool) or not 0 < months <= 120:
            raise entry.error(f"months: {choice!r} is {months!r}, not 1 to 120")
    return readiness
