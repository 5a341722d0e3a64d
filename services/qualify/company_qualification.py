"""Reads what marketing and sales agreed to call ready: the section `qualified`, and what a process changes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.qualify.company_conditions import Declared, condition
from services.qualify.company_entry import Entry
from services.qualify.domain.answers import Answer
from services.qualify.domain.rules import BANT, Criterion, Qualification

#: Who has to agree before a definition of sales-ready counts.
PARTIES = ("marketing", "sales")


def read_qualification(entry: Entry, facts: Declared, answers: Mapping[str, Answer]) -> Qualification:
    """The usual definition. Raises CompanyError, also where not both parties agreed."""
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
    return _possible(entry, qualification)


def read_process_definition(
    entry: Entry, facts: Declared, answers: Mapping[str, Answer], usual: Qualification
) -> Qualification:
    """The definition of one process; what it leaves out is as usual."""
    own = {bar: _criterion(entry.entry(bar), facts, answers) for bar in BANT if entry.has(bar)}
    changed = replace(
        usual,
        score=entry.take("score", int, usual.score),
        criteria={**usual.criteria, **own},
        criteria_met=entry.take("criteria_met", int, usual.criteria_met),
    )
    return _possible(entry, changed)


def _possible(entry: Entry, qualification: Qualification) -> Qualification:
    if not 0 <= qualification.criteria_met <= len(BANT):
        raise entry.error(f"criteria_met is {qualification.criteria_met}, not 0 to {len(BANT)}")
    return qualification


def _criterion(entry: Entry, facts: Declared, answers: Mapping[str, Answer]) -> Criterion:
    criterion = Criterion(answer_name(entry, answers), condition(entry, facts), entry.take("because", str))
    entry.done()
    return criterion


def answer_name(entry: Entry, answers: Mapping[str, Answer]) -> str:
    """The answer that an entry names."""
    name = entry.take("answer", str)
    if name not in answers:
        raise entry.error(f"answer {name!r} is not among the answers of this file")
    return name
