"""Registers arrivals: second copies are recognised, persons found, leads joined or opened, and everybody told.

Arrivals of one batch are taken in the order in which they were received, whatever order they came in. What another
batch brought first stays as it was decided.
"""

from collections.abc import Sequence
from dataclasses import asdict

import structlog

from services.capture import store
from services.capture.domain import identity
from services.capture.domain.inquiry import parsed
from services.capture.domain.register import Company
from services.capture.models import Inquiry, Person, PersonKey, SubmissionKey
from services.capture.usecases import leads, people
from services.capture.usecases.arriving import Arrival
from services.capture.usecases.leads import Episodes
from shared.contracts.capture import InquiryQuarantined, InquiryReceived
from shared.database.unit_of_work import Cause, Transaction

log = structlog.get_logger()


def register(tx: Transaction, arrivals: Sequence[Arrival], company: Company) -> None:
    """Registers these arrivals; a few queries for all of them, none for each."""
    in_order = sorted(arrivals, key=lambda one: (one.received_at, one.receipt_id, one.row))
    episodes = _preload(tx, in_order)
    for arrival in in_order:
        with tx.caused_by(Cause(arrival.inquiry_id, arrival.receipt_id, tx.cause.traceparent)):
            _register_one(tx, arrival, company, episodes)


def _register_one(tx: Transaction, arrival: Arrival, company: Company, episodes: Episodes) -> None:
    record = tx.add(_record(tx, arrival, company))
    if arrival.test:
        record.outcome = "test"
        _tell(tx, record)
        return
    first = _first_copy(tx, arrival, company)
    if first is not None:
        record.outcome, record.duplicate_of = "duplicate", first.inquiry_id
        log.info("inquiry_repeated", inquiry_id=str(record.id), first=str(first.inquiry_id), source=record.source)
    elif arrival.refused is not None:
        record.outcome = "quarantined"
        record.reason, record.detail = arrival.refused
        _quarantine(tx, record)
    else:
        _welcome(tx, arrival, record, episodes)


def _welcome(tx: Transaction, arrival: Arrival, record: Inquiry, episodes: Episodes) -> None:
    person, changed, record.also_person_id = people.recognise(tx, arrival)
    lead, opened = leads.join_or_open(tx, person, arrival, episodes)
    record.person_id, record.lead_id = person.id, lead.id
    record.outcome = "registered" if opened else "responded"
    _tell(tx, record)
    if changed:
        people.tell_change(tx, person, lead.id)
    leads.tell(tx, lead, person, record, opened=opened)
    people.note_consent(tx, person, record)
    log.info("inquiry_registered", inquiry_id=str(record.id), lead_id=str(lead.id), outcome=record.outcome)


def _first_copy(tx: Transaction, arrival: Arrival, company: Company) -> SubmissionKey | None:
    """The submission that this one repeats, if any; otherwise its own keys are remembered."""
    if arrival.provider_key:
        own = tx.get(SubmissionKey, arrival.provider_key)
        if own is not None:
            return own
    for key in arrival.content_keys:
        equal = tx.get(SubmissionKey, key)
        if equal is not None and abs(arrival.received_at - equal.received_at) <= company.same_submission:
            return equal
    if arrival.provider_key:
        _remember(tx, arrival.provider_key, arrival)
    _remember(tx, arrival.content_keys[0], arrival)
    return None


def _remember(tx: Transaction, key: str, arrival: Arrival) -> None:
    tx.add(SubmissionKey(key=key, inquiry_id=arrival.inquiry_id, received_at=arrival.received_at))


def _record(tx: Transaction, arrival: Arrival, company: Company) -> Inquiry:
    inquiry = arrival.inquiry
    return Inquiry(
        id=arrival.inquiry_id,
        receipt_id=arrival.receipt_id,
        row=arrival.row,
        source=arrival.source.id,
        channel=arrival.source.channel,
        medium=arrival.source.medium,
        campaign=inquiry.campaign,
        received_at=arrival.received_at,
        registered_at=tx.now,
        parsed=parsed(arrival.submission),
        notes=[asdict(note) for note in inquiry.notes],
        products=list(inquiry.products),
        message=inquiry.message,
        answers=dict(inquiry.answers),
        attribution=dict(inquiry.attribution),
        consent=asdict(inquiry.consent),
        completeness=inquiry.completeness,
        rules_version=company.version,
    )


def _tell(tx: Transaction, record: Inquiry) -> None:
    outcome = record.outcome
    assert outcome in ("registered", "responded", "test")
    tx.emit(
        InquiryReceived(
            inquiry_id=record.id,
            receipt_id=record.receipt_id,
            lead_id=record.lead_id,
            person_id=record.person_id,
            source=record.source,
            channel=record.channel,
            campaign=record.campaign,
            received_at=record.received_at,
            registered_at=record.registered_at,
            outcome=outcome,  # type: ignore[arg-type]
            completeness=record.completeness,
        )
    )


def _quarantine(tx: Transaction, record: Inquiry) -> None:
    log.info("inquiry_quarantined", inquiry_id=str(record.id), source=record.source, reason=record.reason)
    tx.emit(
        InquiryQuarantined(
            inquiry_id=record.id,
            receipt_id=record.receipt_id,
            source=record.source,
            channel=record.channel,
            received_at=record.received_at,
            reason=record.reason or "",
            detail=record.detail or "",
        )
    )


# --- loading ---------------------------------------------------------------------------------------------------------


def _preload(tx: Transaction, arrivals: Sequence[Arrival]) -> Episodes:
    """Everything the arrivals may ask for, in a handful of queries."""
    judged = [arrival for arrival in arrivals if not arrival.test]
    store.load(tx, SubmissionKey, (key for one in judged for key in (one.provider_key, *one.content_keys)))
    welcome = [arrival for arrival in judged if arrival.refused is None]
    said = [key.text for arrival in welcome for key in identity.keys(arrival.inquiry.facts)]
    owners = store.load(tx, PersonKey, said)
    persons = store.load(tx, Person, (owner.person_id for owner in owners))
    store.load(tx, PersonKey, _joint_keys(tx, welcome))
    return leads.load(tx, (person.id for person in persons), (arrival.inquiry_id for arrival in welcome))


def _joint_keys(tx: Transaction, arrivals: Sequence[Arrival]) -> list[str]:
    """Keys of what is known together with what is said: a known name and a new number make a new key."""
    joint: list[str] = []
    for arrival in arrivals:
        person = people.find(tx, arrival.inquiry.facts)[0]
        if person is not None:
            joint += [key.text for key in identity.keys(people.joint_facts(person, arrival))]
    return joint
