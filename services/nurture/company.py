"""Reads the company's programmes and checks them: a mistake is named before anything runs on it.

programmes.yml says what is sent when; pieces.yml, which is fulfillment's, what there is to send, and where it takes a
yes.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from services.nurture.domain import Programme, Rules, Step
from shared.company_file import CompanyError
from shared.conditions import Condition, ConditionError, FactType

PROGRAMMES, PIECES = "programmes.yml", "pieces.yml"

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


def load(company: Path) -> Rules:
    """The programmes of `company`. Their version is the digest of their file. Raises CompanyError."""
    root, version = _read(company / PROGRAMMES)
    library, _ = _read(company / PIECES)
    channels = {piece.text("id"): piece.text("channel") for piece in library.entries("pieces")}
    programmes = tuple(_programme(entry, version, channels) for entry in root.entries("programmes"))
    _unique(root.place, [programme.id for programme in programmes])
    return Rules(
        programmes=programmes,
        days_between_steps=root.entry("frequency").number("days_between_steps"),
        opt_in_countries=frozenset(library.texts("opt_in_countries")),
    )


def _read(path: Path) -> tuple["_Entry", str]:
    try:
        text = path.read_bytes()
        return _Entry(str(path), yaml.safe_load(text)), sha256(text).hexdigest()[:12]
    except (OSError, yaml.YAMLError) as error:
        raise CompanyError(f"{path}: {error}") from error


def _programme(entry: "_Entry", version: str, channels: Mapping[str, str]) -> Programme:
    steps = tuple(_step(step, channels) for step in entry.entries("steps"))
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


def _step(entry: "_Entry", channels: Mapping[str, str]) -> Step:
    """A step; its channel is its piece's."""
    piece = entry.text("piece")
    if piece not in channels:
        near = get_close_matches(piece, channels, 1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        raise CompanyError(f"{entry.place}: piece: {PIECES} has no {piece!r}{hint}")
    return Step(entry.text("id"), piece, channels[piece], entry.number("after_days"))


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

    def texts(self, field: str) -> list[str]:
        values = self._value(field, list, "a list")
        if not all(isinstance(value, str) for value in values):
            raise CompanyError(f'{self.place}: {field}: a list of texts is required (write a bare NO as "NO")')
        return list(values)

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
