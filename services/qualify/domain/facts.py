"""The facts that rules may name: the person, the newest response, what all responses answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.qualify.domain.answers import Answer
from services.qualify.domain.history import History, Response
from shared.conditions import FactType

#: Facts that every company has, beside its own answers.
BUILT_IN: dict[str, FactType] = {
    "state": "text",
    "country": "text",
    "language": "text",
    "has_email": "flag",
    "has_phone": "flag",
    "has_company": "flag",
    "mailable": "flag",
    "products": "list",
    "source": "text",
    "channel": "text",
    "medium": "text",
    "campaign": "text",
    "message": "text",
    "responses": "number",
    "days_since_response": "number",
    "days_on_the_way": "number",
    "days_until_ready": "number",
    "predicted": "number",
    "previous_resolution": "text",
    "recycled": "flag",
    "screening_outcome": "text",
}


@dataclass(frozen=True)
class Fact:
    """A value with its origin: the inquiry that gave it, or None where it is known of the person or counted.

    `via` tells how it was learnt (inquiry, screening, enrichment, …) and `by` who wrote it down.
    """

    value: Any
    inquiry_id: UUID | None = None
    received_at: datetime | None = None
    via: str | None = None
    by: str | None = None


Facts = Mapping[str, Fact]
#: When, a name to order by, and the origin, before what was answered.
_Told = tuple[datetime, str, UUID | None, str, str | None, Mapping[str, str]]


@dataclass(frozen=True)
class Readiness:
    """How an answer about timing becomes a date: so many months after it was given."""

    answer: str
    months: Mapping[str, int]


def facts_of(
    history: History, answers: Mapping[str, Answer], readiness: Readiness | None, as_of: datetime
) -> dict[str, Fact]:
    """Every known fact; what is not known is absent."""
    facts = answered(history, answers)
    newest = history.newest
    for name in ("source", "channel", "medium", "campaign", "message"):
        facts[name] = Fact(getattr(newest, name), newest.inquiry_id, newest.received_at, "inquiry")
    facts["products"] = Fact(tuple(sorted({each for one in history.responses for each in one.products})))
    facts |= {name: Fact(value) for name, value in history.person.items()}
    facts = found(history) | {name: fact for name, fact in facts.items() if fact.value is not None}
    facts |= _counted(history, as_of)
    day = ready_on(history, facts, readiness)
    if day is not None:
        facts["days_until_ready"] = Fact((day - as_of.date()).days)
    return {name: fact for name, fact in facts.items() if fact.value is not None}


def answered(history: History, answers: Mapping[str, Answer]) -> dict[str, Fact]:
    """The newest readable answer to each question; one that cannot be read leaves the older one standing."""
    told: list[_Told] = [(response.received_at, str(response.inquiry_id), response.inquiry_id, "inquiry", None, response.answers)
            for response in history.responses]  # fmt: skip
    told += [(note.at, note.key, None, note.via, note.by, note.answers) for note in history.notes]
    facts: dict[str, Fact] = {}
    for at, _, inquiry_id, via, by, given in sorted(told, key=lambda each: each[:2]):
        for name, text in given.items():
            if name in answers and (value := answers[name].read(text)) is not None:
                facts[name] = Fact(value, inquiry_id, at, via, by)
    return facts


def found(history: History) -> dict[str, Fact]:
    """What was looked up about the lead: the newest of each."""
    facts: dict[str, Fact] = {}
    for finding in sorted(history.findings, key=lambda each: (each.at, each.via)):
        for name, value in finding.values.items():
            if name in BUILT_IN:
                facts[name] = Fact(value, None, finding.at, finding.via)
    return facts


def ready_on(history: History, facts: Facts, readiness: Readiness | None) -> date | None:
    """When the prospect wants to be contacted again: as sales or a screener noted it last, or as their timing says."""
    timing = facts.get(readiness.answer) if readiness else None
    told = [(each.at, each.until) for each in history.recyclings]
    told += [(note.at, note.until) for note in history.notes if note.until]
    noted_at, noted = max(told, key=lambda each: each[0], default=(None, None))
    if readiness is None or timing is None or timing.received_at is None:
        return noted
    if noted_at and noted and noted_at >= timing.received_at:
        return noted
    months = readiness.months.get(str(timing.value))
    return add_months(timing.received_at.date(), months) if months else None


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def shown(value: Any) -> str:
    """A value as a manager reads it."""
    match value:
        case None:
            return "not known"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value) or "none"
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)[:200]


def _counted(history: History, as_of: datetime) -> dict[str, Fact]:
    newest: Response = history.newest
    return {
        "responses": Fact(len(history.responses)),
        "days_since_response": Fact(max(0, (as_of - newest.received_at).days)),
        "days_on_the_way": Fact(max(0, (newest.told_at - newest.received_at).days)),
        "previous_resolution": Fact(history.previous_resolution),
        "recycled": Fact(bool(history.recyclings)),
        "screening_outcome": _screened(history),
    }


def _screened(history: History) -> Fact:
    """What a screener found last."""
    words = [note for note in history.notes if note.outcome]
    word = max(words, key=lambda note: (note.at, note.key), default=None)
    return Fact(word.outcome, None, word.at, word.via, word.by) if word else Fact(None)
