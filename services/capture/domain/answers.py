"""Answers in the form the company counts with: numbers as numbers, choices as its own words."""

import re
from collections.abc import Iterator

from services.capture.domain.cleaning import folded
from services.capture.domain.register import Question
from services.capture.domain.values import Unusable

_NUMBER = re.compile(r"(?P<digits>\d(?:[\d.,' \u00a0]*\d)?)\s*(?P<unit>k|thousand|m|mio|million)?\b", re.IGNORECASE)
_BETWEEN_CHOICES = re.compile(r"[,;|\n]")
_UNITS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000}


def answer(question: Question, raw: str) -> str:
    """`raw` in the form of `question`. Raises Unusable when it has none; the answer is then kept as it came."""
    if question.kind == "number":
        return number(raw)
    if question.kind == "choice":
        return choice(question, raw)
    return raw


def choice(question: Question, raw: str) -> str:
    """The company's word for `raw`. Raises Unusable when none of its words or their synonyms is meant."""
    meant = question.meanings.get(folded(raw)) or next(_meanings(question, raw), None)
    if meant is None:
        raise Unusable(f"not one of {', '.join(question.choices)}")
    return meant


def is_one_of_several(question: Question, raw: str) -> bool:
    """Whether several boxes were ticked where one choice is counted."""
    return question.kind == "choice" and folded(raw) not in question.meanings and len(set(_meanings(question, raw))) > 1


def _meanings(question: Question, raw: str) -> Iterator[str]:
    parts = _BETWEEN_CHOICES.split(raw)
    if len(parts) > 1:
        yield from (question.meanings[plain] for plain in map(folded, parts) if plain in question.meanings)


def number(raw: str) -> str:
    """The number in "$50,000", "50k" or "25.000 - 40.000 EUR"; of a range the lower end, which is safe to promise.

    Raises Unusable when there is none.
    """
    found = _NUMBER.search(raw)
    if found is None:
        raise Unusable("no number in it")
    value = _plain(found["digits"])
    unit = found["unit"]
    if unit:
        value *= _UNITS[unit.lower()]
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _plain(digits: str) -> float:
    digits = re.sub(r"[' \u00a0]", "", digits)
    if "." in digits and "," in digits:
        decimal = max(digits.rfind("."), digits.rfind(","))
        return float(re.sub(r"[.,]", "", digits[:decimal]) + "." + digits[decimal + 1 :])
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        return float(re.sub(r"[.,]", "", digits))
    if digits.count(",") + digits.count(".") > 1:
        raise Unusable("no number in it")
    return float(digits.replace(",", "."))
