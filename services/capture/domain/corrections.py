"""What an operator puts right in an inquiry, by our names. It wins over what was sent; consent cannot be given so."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import replace

from services.capture.domain.cleaning import ANSWER, MESSAGE, block, line
from services.capture.domain.register import Company
from services.capture.domain.submission import Submission
from services.capture.domain.vocabulary import PERSON_FIELDS

#: Says whose inquiry it is and how its bytes are to be read, rather than what is in it.
READING = ("source", "dialect")
_PLAIN = ("message", "product", "campaign")


class Uncorrectable(ValueError):
    """A correction is not possible; `field` names which."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def fields(company: Company) -> list[str]:
    """The names that a correction may have."""
    return [
        *(f"person.{name}" for name in sorted(PERSON_FIELDS)),
        *_PLAIN,
        *(f"answer.{name}" for name in sorted(company.questions)),
        *READING,
    ]


def checked(corrections: Mapping[str, str], company: Company, dialects: Collection[str]) -> dict[str, str]:
    """The corrections, cleaned. Raises Uncorrectable."""
    known = fields(company)
    allowed = {"source": company.sources, "dialect": dialects}
    for name, value in corrections.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise Uncorrectable(name, f"there is no such field; {hint}")
        if name in allowed and value and value not in allowed[name]:
            raise Uncorrectable(name, f"{value!r} is not known; known are {', '.join(sorted(allowed[name]))}")
    return {name: _clean(name, value) for name, value in corrections.items()}


def corrected(submission: Submission, corrections: Mapping[str, str]) -> Submission:
    """The submission with these corrections in it; an empty one takes the value away."""
    person, answers = dict(submission.person), dict(submission.answers)
    plain: dict[str, object] = {}
    for name, value in corrections.items():
        kind, _, key = name.partition(".")
        if kind == "person":
            _put(person, key, value)
        elif kind == "answer":
            _put(answers, key, value)
        elif kind == "product":
            plain["products"] = tuple(part.strip() for part in value.split(",") if part.strip())
        elif kind in ("message", "campaign"):
            plain[kind] = value or None
    if corrections.get("person.full_name"):
        # The whole name was put right: parts of the wrong one must not be joined to it.
        for part in ("given_name", "family_name"):
            if f"person.{part}" not in corrections:
                person.pop(part, None)
    return replace(submission, person=person, answers=answers, **plain)  # type: ignore[arg-type]


def values(submission: Submission, company: Company) -> dict[str, str]:
    """By name of a correction: what stands there now."""
    said = {
        **{f"person.{name}": value for name, value in submission.person.items()},
        **{f"answer.{name}": value for name, value in submission.answers.items()},
        "message": submission.message or "",
        "product": ", ".join(submission.products),
        "campaign": submission.campaign or "",
    }
    return {name: said.get(name, "") for name in fields(company) if name not in READING}


def _put(into: dict[str, str], key: str, value: str) -> None:
    if value:
        into[key] = value
    else:
        into.pop(key, None)


def _clean(name: str, value: str) -> str:
    if name == "message":
        return block(value, MESSAGE)
    return block(value, ANSWER) if name.startswith("answer.") else line(value)
