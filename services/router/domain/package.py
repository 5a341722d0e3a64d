"""The lead package: everything that the new owner needs to know, as plain values that any delivery can render."""

from collections.abc import Mapping, Sequence
from typing import Any

#: Values as they stand in events: JSON types.
Document = Mapping[str, Any]

#: Fields that every package has, filled or not, so that templates need not ask whether they are there.
CONTACT = (
    "name",
    "given_name",
    "family_name",
    "company",
    "job_title",
    "phone",
    "email",
    "website",
    "address",
    "language",
)
BANT = ("budget", "authority", "need", "timing", "ready_on")


def package(
    *,
    assignment: Document,
    person: Document,
    responses: Sequence[Document],
    score: Document | None,
    verdict: Document | None,
    previous: Document | None,
    fulfilment: Sequence[Document],
    screening: Document | None = None,
) -> dict[str, Any]:
    """The package of one assignment.

    Holds (a) the contact, (b) the initiative, (c) what was sent and when, (d) what qualification learnt and why,
    (e) what screeners noted, (f) the previous response and how it was resolved. `responses` is in the order of their
    numbers.
    """
    first = responses[0]
    return {
        "assignment": dict(assignment),
        "contact": {**dict.fromkeys(CONTACT), **person},
        "initiative": {name: first.get(name) for name in ("campaign", "source", "channel", "medium", "received_at")},
        "interest": {"products": products(responses), "message": first.get("message")},
        "answers": answers(responses, screening),
        "notes": notes(screening, verdict),
        "qualification": _qualification(score, verdict),
        "responses": [response_line(response) for response in responses],
        "previous": dict(previous) if previous else None,
        "fulfilment": sorted((dict(piece) for piece in fulfilment), key=lambda piece: piece["sent_at"]),
    }


def products(responses: Sequence[Document]) -> list[str]:
    """Every product asked about, in the order of asking."""
    return list(dict.fromkeys(product for response in responses for product in response["products"]))


def answers(responses: Sequence[Document], screening: Document | None = None) -> dict[str, str]:
    """The latest answer to every question, in writing or to a screener."""
    said = screening or {}
    asked = said.get("completed_at") or ""
    before = [response for response in responses if response["received_at"] <= asked]
    after = [response for response in responses if response["received_at"] > asked]
    told = [*(each["answers"] for each in before), said.get("answers") or {}, *(each["answers"] for each in after)]
    return {name: value for given in told for name, value in given.items()}


def notes(screening: Document | None, verdict: Document | None) -> list[dict[str, Any]]:
    """What screeners noted, oldest first: the verdict tells of it too, whichever is heard first."""
    told = [*((verdict or {}).get("notes") or []), *((screening or {}).get("notes") or [])]
    each_once = {note["note_id"]: dict(note) for note in told}
    return sorted(each_once.values(), key=lambda note: (note["at"], note["note_id"]))


def response_line(response: Document) -> dict[str, Any]:
    """What is told of one response."""
    told = ("received_at", "source", "campaign", "products", "message", "answers")
    return {name: response.get(name) for name in told}


def _qualification(score: Document | None, verdict: Document | None) -> dict[str, Any]:
    told = {**(score or {}), **(verdict or {})}
    return {
        "rank": told.get("rank"),
        "score": told.get("score"),
        "bant": {**dict.fromkeys(BANT), **(told.get("bant") or {})},
        "because": told.get("because") or [],
        "potential_value": told.get("potential_value"),
        "reasons": [{"points": line["points"], "because": line["because"]} for line in (score or {}).get("lines", [])],
    }
