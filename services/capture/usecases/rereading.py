"""Reads inquiries again from the bytes that were kept: with the company's present mapping and what was put right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from services.capture import sources, store
from services.capture.domain.corrections import READING, corrected
from services.capture.domain.register import Company
from services.capture.domain.submission import Submission, Unreadable
from services.capture.models import Inquiry, RawPayload
from services.capture.usecases import arriving
from services.capture.usecases.arriving import Arrival, Reading
from shared.contracts import schema
from shared.contracts.intake import Intake
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()


@dataclass(frozen=True)
class Reread:
    """One inquiry, read and judged again."""

    arrival: Arrival
    kept: RawPayload
    #: How many inquiries its payload holds, read so; one that could not be read at all may turn out to be a list.
    found: int
    #: source and dialect, where they were put right.
    read_as: Mapping[str, str]


def reread(
    tx: Transaction,
    inquiries: Iterable[Inquiry],
    company: Company,
    *,
    trusted: bool = False,
    answers: Mapping[UUID, bytes] | None = None,
) -> dict[UUID, Reread]:
    """These inquiries as they would be judged if they came now, by id. A payload is read once, however many it holds.

    `answers` are those that a platform gave just now; earlier ones are looked up.
    """
    wanted = list(inquiries)
    payloads = store.payloads(tx.session, {inquiry.receipt_id for inquiry in wanted})
    pulled = {**store.answers(tx.session, [inquiry.id for inquiry in wanted]), **(answers or {})}
    readings: dict[tuple[UUID, str, str], Reading] = {}
    found: dict[UUID, Reread] = {}
    for inquiry in wanted:
        kept, said = payloads[inquiry.receipt_id], corrections_of(inquiry)
        read_as = {name: said[name] for name in READING if said.get(name)}
        key = (kept.receipt_id, read_as.get("source", ""), read_as.get("dialect", ""))
        if key not in readings:
            readings[key] = arriving.read(kept, read_again(kept, read_as), company)
        arrival = _judged(kept, readings[key], inquiry, said, company, pulled.get(inquiry.id), trusted)
        found[inquiry.id] = Reread(arrival, kept, len(readings[key].submissions), read_as)
    return found


def corrections_of(inquiry: Inquiry) -> dict[str, str]:
    """What was put right in it so far, without who and when."""
    return {name: entry["value"] for name, entry in (inquiry.corrections or {}).items()}


def read_again(kept: RawPayload, read_as: Mapping[str, str]) -> Intake:
    """What the gateway knew of a kept payload, with source and dialect put right."""
    intake = schema.load(Intake, kept.intake)
    return replace(intake, source=read_as.get("source", intake.source), dialect=read_as.get("dialect", intake.dialect))


def _judged(
    kept: RawPayload,
    reading: Reading,
    inquiry: Inquiry,
    corrections: Mapping[str, str],
    company: Company,
    answer: bytes | None,
    trusted: bool,
) -> Arrival:
    refused = reading.refused
    try:
        said = _said(reading, inquiry)
        if said is None:
            said, refused = Submission(row=inquiry.row), ("unreadable", f"there is no row {inquiry.row} any more")
        if said.fetch is not None and answer is not None:
            said = sources.answer(answer, reading.intake, reading.source, said)
        content = {name: value for name, value in corrections.items() if name not in READING}
        if content:
            said = corrected(said, content)
            if any(value for name, value in content.items() if name.startswith("person.")):
                # Somebody knows who it is: nothing is left to be fetched.
                said = replace(said, fetch=None)
            # What no reader could read, a person has read.
            refused = refused if refused and refused[0] == "unknown_source" else None
        return arriving.arrival(kept, reading, said, company, refused, inquiry_id=inquiry.id, trusted=trusted)
    except Unreadable as error:
        refused = (error.reason, error.detail)
    except Exception as error:
        log.error("inquiry_not_judged", inquiry_id=str(inquiry.id), **arriving.place_of(error))
        refused = ("unreadable", f"a value could not be handled: {type(error).__name__}")
    return arriving.arrival(kept, reading, Submission(row=inquiry.row), company, refused, inquiry_id=inquiry.id)


def _said(reading: Reading, inquiry: Inquiry) -> Submission | None:
    """The inquiry's own submission among those of its payload."""
    if inquiry.row < 0:
        # It stood at this place and could not be read; its own number is not known.
        return reading.submissions[-inquiry.row] if -inquiry.row < len(reading.submissions) else None
    likely = inquiry.row - 1 if len(reading.submissions) > 1 else 0
    if 0 <= likely < len(reading.submissions) and reading.submissions[likely].row == inquiry.row:
        return reading.submissions[likely]
    own = next((one for one in reading.submissions if one.row == inquiry.row), None)
    if own is None and inquiry.row == 0:
        # Nothing could be read at all then; now it is a list, and this inquiry is its first row.
        return reading.submissions[0]
    return own
