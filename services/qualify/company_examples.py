"""Reads the examples beside the rules, `rules_tests.yml`."""

from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from services.qualify.company_entry import Entry, parsed
from services.qualify.domain.examples import EXPECTED, Example
from services.qualify.domain.history import History, PersonFacts, Response
from services.qualify.domain.rules import Rules

EXAMPLES_FILE = "rules_tests.yml"
#: The moment at which every example is judged; what happened before is so many days earlier.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_IDS = UUID("7a0c5b1e-58a4-5a3e-8f0b-1f6f9b1d2c07")
#: Somebody whom every channel reaches, at home in the United States.
REACHABLE: PersonFacts = {
    "state": "IA", "country": "US", "language": "en",
    "has_email": True, "has_phone": True, "has_company": False, "mailable": True,
}  # fmt: skip


def load_examples(company: Path, rules: Rules) -> list[Example]:
    """The examples in the company's folder; none without a file. Raises CompanyError."""
    file = company / EXAMPLES_FILE
    return read_examples(file.read_bytes(), rules) if file.exists() else []


def read_examples(text: bytes, rules: Rules) -> list[Example]:
    """The examples in `text`. An answer that the rules do not ask for is refused. Raises CompanyError."""
    root = Entry(EXAMPLES_FILE, parsed(text, EXAMPLES_FILE))
    examples = [_example(entry, rules) for entry in root.listed("tests")]
    root.done()
    return examples


def _example(entry: Entry, rules: Rules) -> Example:
    name, expect = entry.take("name", str), _expected(entry)
    person = _person(entry)
    responses = [_earlier(one, f"{name}/{place}", person, rules) for place, one in enumerate(entry.listed("earlier"))]
    history = History(
        responses=(*responses, _response(entry, name, person, rules)),
        previous_resolution=entry.take("previous_resolution", str, None),
    )
    entry.done()
    return Example(name, history, NOON, expect)


def _expected(entry: Entry) -> dict[str, int | str]:
    expect = entry.take("expect", dict)
    if not expect:
        raise entry.error("expect is empty: say score, rank or decision")
    for field, value in expect.items():
        if field not in EXPECTED:
            raise entry.error(f"expect: {field!r} is not one of {', '.join(EXPECTED)}")
        if not isinstance(value, str if field in ("rank", "decision") else int) or isinstance(value, bool):
            raise entry.error(f"expect: {field} is {value!r}")
    return expect


def _person(entry: Entry) -> PersonFacts:
    said = entry.take("person", dict, {})
    for field in said:
        if field not in REACHABLE:
            raise entry.error(f"person: {field!r} is not one of {', '.join(REACHABLE)}")
    return {**REACHABLE, **said}


def _earlier(entry: Entry, key: str, person: PersonFacts, rules: Rules) -> Response:
    response = _response(entry, key, person, rules)
    entry.done()
    return response


def _response(entry: Entry, key: str, person: PersonFacts, rules: Rules) -> Response:
    at = NOON - timedelta(days=entry.take("days_before", int, 0))
    return Response(
        inquiry_id=uuid5(_IDS, key),
        received_at=at,
        told_at=at,
        source=entry.take("source", str, "website-contact"),
        channel=entry.take("channel", str, "form"),
        medium=entry.take("medium", str, None),
        campaign=entry.take("campaign", str, None),
        products=tuple(map(str, entry.take("products", list, []))),
        message=entry.take("message", str, None),
        answers=_answers(entry, rules),
        person=person,
    )


def _answers(entry: Entry, rules: Rules) -> dict[str, str]:
    answers = entry.take("answers", dict, {})
    for name in answers:
        if name not in rules.answers:
            near = get_close_matches(str(name), rules.answers, 1)
            raise entry.error(f"answers: nobody asks for {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
    return {name: _text(value) for name, value in answers.items()}


def _text(value: Any) -> str:
    """An answer as a form would send it."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
