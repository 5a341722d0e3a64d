"""Reads the company's `rules.yml` and refuses what could not work, naming the entry and the field."""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from services.qualify.company_entry import CompanyError, Entry, parsed
from services.qualify.domain.answers import Answer
from services.qualify.domain.facts import BUILT_IN, Readiness
from services.qualify.domain.rules import (
    BANT,
    GROUPS,
    ClassRule,
    Criterion,
    Group,
    Limit,
    PointRule,
    Qualification,
    Rules,
)
from shared.conditions import Condition, ConditionError, FactType

__all__ = ["CompanyError", "load_rules", "read_rules"]

RULES_FILE = "rules.yml"
#: Who has to agree before a definition of sales-ready counts.
PARTIES = ("marketing", "sales")
Declared = Mapping[str, FactType]


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
    rules = Rules(
        version=hashlib.sha256(text).hexdigest()[:12],
        answers=answers,
        points=_points(root, facts),
        limits=_limits(root.entry("groups")),
        hot=hot,
        warm=warm,
        junk=_class_rules(root, "junk", facts),
        unqualified=_class_rules(root, "unqualified", facts),
        future=_class_rules(root, "future", facts),
        readiness=_readiness(root.entry("ready_on"), answers),
        qualification=_qualification(root.entry("qualified"), facts, answers),
        typical_sale=_typical_sale(root.entry("typical_sale")),
    )
    root.done()
    return rules


def _answers(entry: Entry) -> dict[str, Answer]:
    return {name: _answer(name, entry.entry(name)) for name in entry.fields()}


def _answer(name: str, entry: Entry) -> Answer:
    if name in BUILT_IN:
        raise entry.error("is the name of a built-in fact; choose another")
    kind = entry.take("type", str)
    if kind not in get_args(FactType):
        raise entry.error(f"type is {kind!r}, not one of {', '.join(get_args(FactType))}")
    choices: dict[str, str] = {}
    for choice, wordings in entry.take("choices", dict, {}).items():
        choices |= {str(wording).lower(): str(choice) for wording in (choice, *(wordings or []))}
    entry.done()
    return Answer(name, cast(FactType, kind), choices)


def _points(root: Entry, facts: Declared) -> tuple[PointRule, ...]:
    rules = [_point_rule(entry, facts) for entry in root.listed("points")]
    names = [rule.rule for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise root.error(f"points: rule {name!r} is there twice")
    return tuple(rules)


def _point_rule(entry: Entry, facts: Declared) -> PointRule:
    rule = PointRule(
        rule=entry.take("rule", str),
        group=_group(entry, entry.take("group", str)),
        when=_condition(entry, facts),
        points=entry.take("points", int),
        because=entry.take("because", str),
    )
    entry.done()
    return rule


def _group(entry: Entry, name: str) -> Group:
    if name not in GROUPS:
        raise entry.error(f"group {name!r} is not one of {', '.join(GROUPS)}")
    return name  # type: ignore[return-value]


def _limits(entry: Entry) -> dict[Group, Limit]:
    return {_group(entry, name): _limit(entry.entry(name)) for name in entry.fields()}


def _limit(entry: Entry) -> Limit:
    limit = Limit(entry.take("at_most", int, None), entry.take("at_least", int, None))
    entry.done()
    if limit.at_most is not None and limit.at_least is not None and limit.at_most < limit.at_least:
        raise entry.error("at_most is below at_least")
    return limit


def _ranks(entry: Entry) -> tuple[int, int]:
    hot, warm = entry.take("hot", int), entry.take("warm", int)
    entry.done()
    if hot <= warm:
        raise entry.error(f"hot ({hot}) must be above warm ({warm})")
    return hot, warm


def _class_rules(root: Entry, name: str, facts: Declared) -> tuple[ClassRule, ...]:
    rules = []
    for entry in root.listed(name):
        rule = ClassRule(entry.take("rule", str), _condition(entry, facts), entry.take("because", str))
        entry.done()
        rules.append(rule)
    return tuple(rules)


def _readiness(entry: Entry, answers: Mapping[str, Answer]) -> Readiness:
    readiness = Readiness(_answer_name(entry, answers), entry.take("months", dict))
    entry.done()
    for choice, months in readiness.months.items():
        if not isinstance(months, int) or isinstance(months, bool) or not 0 < months <= 120:
            raise entry.error(f"months: {choice!r} is {months!r}, not 1 to 120")
    return readiness


def _qualification(entry: Entry, facts: Declared, answers: Mapping[str, Answer]) -> Qualification:
    agreed_by = tuple(entry.take("agreed_by", list))
    for party in PARTIES:
        if party not in agreed_by:
            raise entry.error(f"agreed_by: {party} has not agreed to this definition of sales-ready")
    qualification = Qualification(
        agreed_by=agreed_by,
        agreed_on=entry.take("agreed_on", date),
        score=entry.take("score", int),
        criteria={bar: _criterion(entry.entry(bar), facts, answers) for bar in BANT},
        criteria_met=entry.take("criteria_met", int, len(BANT)),
    )
    entry.done()
    if not 0 <= qualification.criteria_met <= len(BANT):
        raise entry.error(f"criteria_met is {qualification.criteria_met}, not 0 to {len(BANT)}")
    return qualification


def _criterion(entry: Entry, facts: Declared, answers: Mapping[str, Answer]) -> Criterion:
    criterion = Criterion(_answer_name(entry, answers), _condition(entry, facts), entry.take("because", str))
    entry.done()
    return criterion


def _answer_name(entry: Entry, answers: Mapping[str, Answer]) -> str:
    name = entry.take("answer", str)
    if name not in answers:
        raise entry.error(f"answer {name!r} is not among the answers of this file")
    return name


def _condition(entry: Entry, facts: Declared) -> Condition:
    try:
        return Condition.parse(entry.take("when", str), facts)
    except ConditionError as error:
        raise entry.error(f"when: {error}") from error


def _typical_sale(entry: Entry) -> dict[str, Decimal]:
    return {product: entry.amount(product) for product in entry.fields()}
