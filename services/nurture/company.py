"""Reads the company's programmes (programmes.yml) and checks them: a mistake is named before anything runs on it."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from services.nurture.domain import Programme, Rules, Step
from shared.conditions import Condition, ConditionError, FactType

FILE = "programmes.yml"
CHANNELS = ("email", "post")

#: What a programme's `when` may speak of. Texts that are not known are "", flags are false.
FACTS: dict[str, FactType] = {
    "rank": "text",
    "score": "number",
    "source": "text",
    "campaign": "text",
    "channel": "text",
    "products": "list",
    "country": "text",
    "state": "text",
    "language": "text",
    "email_agreed": "flag",
    "post_agreed": "flag",
    "came_back": "flag",
}


class CompanyError(ValueError):
    """A company file cannot be used; the message names file, entry and field."""


def load(company: Path) -> Rules:
    """The programmes of `company`. Their version is the digest of the file. Raises CompanyError."""
    path = company / FILE
    try:
        text = path.read_bytes()
        document = yaml.safe_load(text)
    except (OSError, yaml.YAMLError) as error:
        raise CompanyError(f"{path}: {error}") from error
    version = sha256(text).hexdigest()[:12]
    root = _Entry(str(path), document)
    programmes = tuple(_programme(entry, version) for entry in root.entries("programmes"))
    _unique(str(path), [programme.id for programme in programmes])
    return Rules(programmes, root.entry("frequency").number("days_between_steps"))


def _programme(entry: "_Entry", version: str) -> Programme:
    steps = tuple(_step(step) for step in entry.entries("steps"))
    _unique(f"{entry.place}: steps", [step.id for step in steps])
    days = [step.after_days for step in steps]
    if days != sorted(days):
        raise CompanyError(f"{entry.place}: steps: after_days must grow from step to step")
    months = entry.number("horizon_months", least=1)
    if days and days[-1] > months * 28:
        raise CompanyError(f"{entry.place}: steps: the last step lies beyond horizon_months ({months})")
    return Programme(
        id=entry.text("id"),
        version=version,
        when=entry.condition("when"),
        steps=steps,
        horizon_months=months,
        resume_days_before_ready=entry.number("resume_days_before_ready"),
    )


def _step(entry: "_Entry") -> Step:
    channel = entry.text("channel")
    if channel not in CHANNELS:
        raise CompanyError(f"{entry.place}: channel: {channel!r} is none of {', '.join(CHANNELS)}")
    return Step(entry.text("id"), entry.text("piece"), channel, entry.number("after_days"))


def _unique(place: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise CompanyError(f"{place}: id {name!r} is there twice")


class _Entry:
    """One mapping of the file, with its place for error messages."""

    def __init__(self, place: str, fields: Any) -> None:
        if not isinstance(fields, Mapping):
            raise CompanyError(f"{place}: a mapping is required")
        self.place = f"{place}: {fields['id']}" if "id" in fields else place
        self._fields = fields

    def _value(self, field: str, kind: type, what: str) -> Any:
        value = self._fields.get(field)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise CompanyError(f"{self.place}: {field}: {what} is required")
        return value

    def text(self, field: str) -> str:
        return str(self._value(field, str, "a text"))

    def number(self, field: str, least: int = 0) -> int:
        value = int(self._value(field, int, "a whole number"))
        if value < least:
            raise CompanyError(f"{self.place}: {field}: at least {least} is required")
        return value

    def entry(self, field: str) -> "_Entry":
        return _Entry(f"{self.place}: {field}", self._fields.get(field))

    def entries(self, field: str) -> list["_Entry"]:
        values = self._value(field, list, "a list")
        return [_Entry(f"{self.place}: {field} {place}", value) for place, value in enumerate(values, 1)]

    def condition(self, field: str) -> Condition:
        try:
            return Condition.parse(self.text(field), FACTS)
        except ConditionError as error:
            raise CompanyError(f"{self.place}: {field}: {error}") from error
