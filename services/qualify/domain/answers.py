"""Reads answers as prospects write them ("$45,000", "Within 3 months") as values that rules compare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.conditions import FactType

AnswerValue = str | bool | Decimal | date | tuple[str, ...]

_NUMBER = re.compile(
    r"(?P<digits>\d[\d.,' \u00a0]*)"
    r"(?:\s*(?P<unit>k|m|thousand|million)(?![a-z]))?"
    # In "10-25k" the unit of the upper end is meant for both.
    r"(?:\s*(?:-|–|to|bis)\s*[$€£]?\s*[\d.,]+\s*(?P<upper>k|m|thousand|million)(?![a-z]))?",
    re.IGNORECASE,
)
_UNITS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_FLAGS = {
    "yes": True, "y": True, "true": True, "1": True, "on": True, "ja": True,
    "no": False, "n": False, "false": False, "0": False, "off": False, "nein": False,
}  # fmt: skip
#: Longer numbers are not amounts but phone or card numbers.
_MOST_DIGITS = 12
#: Per question: so many short answers are remembered with what was read in them.
_REMEMBERED, _REMEMBERED_LENGTH = 2000, 40


@dataclass(frozen=True)
class Answer:
    """One field that the company asks for. `choices` maps other wordings, in lower case, to the company's own."""

    name: str
    kind: FactType
    choices: Mapping[str, str] = field(default_factory=dict)
    #: What was read before: most people answer what others answered.
    _read: dict[str, AnswerValue | None] = field(default_factory=dict, repr=False, compare=False)

    def read(self, text: str) -> AnswerValue | None:
        """The value in `text`; None where there is none of this kind."""
        if text in self._read:
            return self._read[text]
        value = self._value(text)
        if len(text) <= _REMEMBERED_LENGTH and len(self._read) < _REMEMBERED:
            self._read[text] = value
        return value

    def _value(self, text: str) -> AnswerValue | None:
        text = text.strip()
        if not text:
            return None
        match self.kind:
            case "number":
                return read_number(text)
            case "flag":
                return _FLAGS.get(text.lower())
            case "date":
                return _read_date(text)
            case "list":
                return tuple(self._choice(part.strip()) for part in re.split(r"[;,]", text) if part.strip())
            case "text":
                return self._choice(text)

    def _choice(self, text: str) -> str:
        return self.choices.get(text.lower(), text)


def read_number(text: str) -> Decimal | None:
    """The first number in `text`: of a range that is the lower end, which promises nothing too much."""
    found = _NUMBER.search(text)
    if not found:
        return None
    digits = re.sub(r"[' \u00a0]", "", found["digits"]).rstrip(".,")
    plain = _with_decimal_point(digits)
    if len(plain) > _MOST_DIGITS or "-" in text[: found.start()]:
        return None
    return Decimal(plain) * _UNITS.get((found["unit"] or found["upper"] or "").lower(), 1)


def _with_decimal_point(digits: str) -> str:
    """Makes 1250.50 of 1.250,50 and of 1,250.50; a mark before exactly three digits parts thousands."""
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return digits
    head, _, tail = digits.rpartition(marks[-1])
    if len(set(marks)) == 1 and (len(marks) > 1 or len(tail) == 3):
        return re.sub(r"[.,]", "", digits)
    return f"{re.sub(r'[.,]', '', head)}.{tail}"


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
