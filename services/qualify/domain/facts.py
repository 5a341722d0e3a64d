"""The facts that rules may name: the person, the newest response, what all responses answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from services.qualify.domain import enrichment
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
    "today": "date",
    "activities": "number",
    "days_since_activity": "number",
    "group_people": "number",
    "group_score": "number",
    "group_roles": "list",
    "segments": "list",
    **enrichment.FACTS,
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
#: Where a value comes from, as in Fact: inquiry, time, how, by whom.
Origin = tuple[UUID | None, datetime, str, str | None]
_OF_NEWEST = ("source", "channel", "medium", "campaign", "message")


@dataclass(frozen=True)
class Readiness:
    """How an answer about timing becomes a date: so many months after it was given."""

    answer: str
    months: Mapping[str, int]


@dataclass(frozen=True)
class Known:
    """What is known of a lead: bare values as conditions read them, and where they come from."""

    values: dict[str, Any]
    origins: Mapping[str, Origin]
    ready_on: date | None

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Every value with its origin."""
        return {name: Fact(value, *self.origins.get(name, ())) for name, value in self.values.items()}


def facts_of(
    history: History, answers: Mapping[str, Answer], readiness: Readiness | None, as_of: datetime
) -> dict[str, Fact]:
    """Every known fact; what is not known is absent."""
    return known_of(history, answers, readiness, as_of).facts


def known_of(history: History, answers: Mapping[str, Answer], readiness: Readiness | None, as_of: datetime) -> Known:
    """Everything known at `as_of`; what is not known is absent. A look-up fills only what nobody told."""
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    _looked_up(history, answers, values, origins)
    _of_person(history, values, origins)
    _answered(history, answers, values, origins)
    day = _ready_on(history, readiness, values, origins)
    _of_responses(history, values, origins)
    _counted(history, as_of, values, origins)
    if day is not None:
        values["days_until_ready"] = (day - as_of.date()).days
    return Known(values, origins, day)


def _looked_up(
    history: History, answers: Mapping[str, Answer], values: dict[str, Any], origins: dict[str, Origin]
) -> None:
    # What a look-up says now is all that it says: a value that it no longer has is gone.
    newest = {each.via: each for each in sorted(history.findings, key=lambda each: each.at)}
    for finding in sorted(newest.values(), key=lambda each: (each.at, each.via)):
        for name, value in finding.values.items():
            known = answers[name].read(str(value)) if name in answers else value if name in BUILT_IN else None
            if known is not None:
                values[name] = known
                origins[name] = (None, finding.at, finding.via, None)


def _of_person(history: History, values: dict[str, Any], origins: dict[str, Origin]) -> None:
    for name, value in history.person.items():
        if value is not None:
            values[name] = value
            origins.pop(name, None)


def _answered(
    history: History, answers: Mapping[str, Answer], values: dict[str, Any], origins: dict[str, Origin]
) -> None:
    """The newest readable answer to each question; one that cannot be read leaves the older one standing."""
    for given, origin in _told(history):
        for name, text in given.items():
            if name in answers and (value := answers[name].read(text)) is not None:
                values[name] = value
                origins[name] = origin


def _told(history: History) -> list[tuple[Mapping[str, str], Origin]]:
    """What was answered, oldest first."""
    if not history.notes:
        return [(each.answers, (each.inquiry_id, each.received_at, "inquiry", None)) for each in history.by_age]
    told = [
        (each.received_at, str(each.inquiry_id), each.answers, (each.inquiry_id, each.received_at, "inquiry", None))
        for each in history.responses
    ]
    noted = [(each.at, each.key, each.answers, (None, each.at, each.via, each.by)) for each in history.notes]
    return [(given, origin) for _, _, given, origin in sorted([*told, *noted], key=lambda each: each[:2])]


def _of_responses(history: History, values: dict[str, Any], origins: dict[str, Origin]) -> None:
    newest = history.newest
    origin = (newest.inquiry_id, newest.received_at, "inquiry", None)
    for name in _OF_NEWEST:
        value = getattr(newest, name)
        if value is not None:
            values[name] = value
            origins[name] = origin
    if len(history.responses) == 1:
        values["products"] = tuple(sorted(set(newest.products)))
    else:
        values["products"] = tuple(sorted({each for one in history.responses for each in one.products}))


def _ready_on(
    history: History, readiness: Readiness | None, values: Mapping[str, Any], origins: Mapping[str, Origin]
) -> date | None:
    """When the prospect wants to be contacted again: as sales or a screener noted it last, or as their timing says."""
    told = [(each.at, each.until) for each in history.recyclings]
    told += [(note.at, note.until) for note in history.notes if note.until]
    noted_at, noted = max(told, key=lambda each: each[0], default=(None, None))
    if readiness is None or readiness.answer not in values:
        return noted
    answered_at = origins[readiness.answer][1]
    if noted_at and noted and noted_at >= answered_at:
        return noted
    months = readiness.months.get(str(values[readiness.answer]))
    return add_months(answered_at.date(), months) if months else None


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


def _counted(history: History, as_of: datetime, values: dict[str, Any], origins: dict[str, Origin]) -> None:
    newest: Response = history.newest
    values["today"] = as_of.date()
    values["responses"] = len(history.responses)
    values["days_since_response"] = max(0, (as_of - newest.received_at).days)
    values["days_on_the_way"] = max(0, (newest.told_at - newest.received_at).days)
    values["recycled"] = bool(history.recyclings)
    if history.previous_resolution is not None:
        values["previous_resolution"] = history.previous_resolution
    values["activities"] = len(history.activities)
    if history.activities:
        last = max(activity.at for activity in history.activities)
        values["days_since_activity"] = max(0, (as_of - last).days)
    if history.colleagues:
        seen = max(history.colleagues, key=lambda each: each.heard_at)
        values |= {"group_people": seen.people, "group_score": seen.score, "group_roles": seen.roles}
    screened = [note for note in history.notes if note.outcome]
    if screened:
        word = max(screened, key=lambda note: (note.at, note.key))
        values["screening_outcome"] = word.outcome
        origins["screening_outcome"] = (None, word.at, word.via, word.by)
