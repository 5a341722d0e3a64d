"""Registers arrivals: second copies are recognised, persons found, leads joined or opened, and everybody told.

Arrivals of one batch are taken in the order in which they were received, whatever order they came in. What another
batch brought first stays as it was decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

import structlog

from services.capture import store
from services.capture.domain import identity
from services.capture.domain.inquiry import parsed
from services.capture.domain.register import Company
from services.capture.metrics import registration_seconds
from services.capture.models import Inquiry, Person, PersonKey, SubmissionKey
from services.capture.usecases import (
    attributing,
    awaiting,
    companies,
    confirming,
    consents,
    leads,
    people,
    referrals,
    visitors,
)
from services.capture.usecases.arriving import Arrival
from services.capture.usecases.leads import Episodes
from services.capture.usecases.matching import Lookout
from shared.contracts.capture import InquiryReceived
from shared.database.unit_of_work import Cause, Transaction

log = structlog.get_logger()


def register(
    tx: Transaction, arrivals: Sequence[Arrival], company: Company, again: Mapping[UUID, Inquiry] | None = None
) -> None:
    """Registers these arrivals; a few queries for all of them, none for each.

    `again` are the records of inquiries that were set aside or awaited and are now registered under the same id.
    """
    in_order = sorted(arrivals, key=lambda one: (one.received_at, one.receipt_id, one.row))
    guests = visitors.meet(tx, in_order)
    in_order = [visitors.with_touches(guests, arrival) for arrival in in_order]
    lookout = Lookout()
    episodes = _preload(tx, in_order, lookout)
    consents.preload(tx, in_order, company.consent)
    records = []
    for arrival in in_order:
        with tx.caused_by(Cause(arrival.inquiry_id, arrival.receipt_id, tx.cause.traceparent)):
            record = (again or {}).get(arrival.inquiry_id) or tx.new(Inquiry, id=arrival.inquiry_id)
            _register_one(tx, arrival, record, company, episodes, lookout)
            records.append(record)
    lookout.file(tx)
    companies.file(tx)
    visitors.introduce(tx, guests, in_order, records)
    if company.referrals is not None:
        referrals.look_again_at_referred(tx, {one.person_id for one in records if one.person_id is not None})


def _register_one(
    tx: Transaction, arrival: Arrival, record: Inquiry, company: Company, episodes: Episodes, lookout: Lookout
) -> None:
    before = record.outcome
    _fill(tx, record, arrival, company)
    if arrival.submission.withdrawn:
        awaiting.withdraw(tx, record, arrival)
        return
    if arrival.test:
        record.outcome = "test"
        _tell(tx, record)
        return
    first = _first_copy(tx, arrival, company)
    if first is not None:
        record.outcome, record.duplicate_of = "duplicate", first.inquiry_id
        log.info("inquiry_repeated", inquiry_id=str(record.id), first=str(first.inquiry_id), source=record.source)
    elif arrival.refused is not None:
        awaiting.set_aside(tx, record, *arrival.refused, before=before)
    elif arrival.awaits:
        awaiting.wait(tx, record, arrival)
    elif arrival.inquiry.replier is not None and people.find(tx, arrival.inquiry).person is None:
        awaiting.set_aside(tx, record, "no_contact", "the person whose answers these are is not known", before=before)
    else:
        _welcome(tx, arrival, record, company, episodes, lookout)
        attributing.note_codes(tx, arrival.submission, record, company)
        referrals.note(tx, arrival, record, company)


def _welcome(
    tx: Transaction, arrival: Arrival, record: Inquiry, company: Company, episodes: Episodes, lookout: Lookout
) -> None:
    known = people.recognise(tx, arrival, lookout)
    person, record.also_person_id = known.person, known.also
    record.person_id, record.origin_person_id = person.id, known.origin
    lead, opened = leads.join_or_open(tx, person, arrival, episodes, known.origin)
    record.lead_id = lead.id
    record.outcome = "registered" if opened else "responded"
    _tell(tx, record)
    if arrival.inquiry_id in lookout.joined:
        people.tell_join(tx, person, lookout.joined[arrival.inquiry_id], lead.id)
    if known.changed:
        people.tell_change(tx, person, lead.id)
    pending = consents.hold_back(record, company.consent)
    leads.tell(tx, lead, person, record, opened=opened)
    consents.note(tx, person, record, arrival, company.consent, pending)
    if pending:
        confirming.ask(tx, person, lead.id, record, company.consent, pending)
    log.info("inquiry_registered", inquiry_id=str(record.id), lead_id=str(lead.id), outcome=record.outcome)


def _first_copy(tx: Transaction, arrival: Arrival, company: Company) -> SubmissionKey | None:
    """The submission that this one repeats, if any; otherwise its own keys are remembered."""
    if arrival.provider_key:
        own = tx.get(SubmissionKey, arrival.provider_key)
        if own is not None and own.inquiry_id != arrival.inquiry_id:
            return own
    for key in arrival.content_keys:
        equal = tx.get(SubmissionKey, key)
        if equal is None or equal.inquiry_id == arrival.inquiry_id:
            continue
        if abs(arrival.received_at - equal.received_at) <= company.repeats_within(arrival.source):
            return equal
    for key in filter(None, (arrival.provider_key, arrival.content_keys[0])):
        _remember(tx, key, arrival)
    return None


def _remember(tx: Transaction, key: str, arrival: Arrival) -> None:
    # An inquiry that is registered again has its keys already.
    if tx.get(SubmissionKey, key) is None:
        tx.new(SubmissionKey, key=key, inquiry_id=arrival.inquiry_id, received_at=arrival.received_at)


def _fill(tx: Transaction, record: Inquiry, arrival: Arrival, company: Company) -> None:
    inquiry = arrival.inquiry
    record.receipt_id = arrival.receipt_id
    record.row = arrival.row
    record.source = arrival.source.id
    record.channel = arrival.source.channel
    record.medium = arrival.source.medium
    record.campaign = inquiry.campaign
    record.received_at = arrival.received_at
    record.registered_at = tx.now
    record.reason = record.detail = None
    record.repairs = record.repairs or 0
    record.parsed = parsed(arrival.submission)
    record.notes = [asdict(note) for note in inquiry.notes]
    record.products = list(inquiry.products)
    record.message = inquiry.message
    record.answers = dict(inquiry.answers)
    record.attribution = dict(inquiry.attribution)
    record.consent = dict(vars(inquiry.consent))
    record.completeness = inquiry.completeness
    record.rules_version = company.version


def _tell(tx: Transaction, record: Inquiry) -> None:
    outcome = record.outcome
    assert outcome in ("registered", "responded", "test")
    waited = max(0.0, (record.registered_at - record.received_at).total_seconds())
    registration_seconds(record.channel).observe(waited)
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


# --- loading ---------------------------------------------------------------------------------------------------------


def _preload(tx: Transaction, arrivals: Sequence[Arrival], lookout: Lookout) -> Episodes:
    """Everything the arrivals may ask for, in a handful of queries."""
    judged = [arrival for arrival in arrivals if not arrival.test]
    store.load(tx, SubmissionKey, (key for one in judged for key in one.keys))
    welcome = [arrival for arrival in judged if arrival.refused is None and not arrival.awaits]
    owners = store.load(tx, PersonKey, (key.text for arrival in welcome for key in arrival.inquiry.keys))
    held = {owner.key for owner in owners}
    strangers = {
        arrival.inquiry_id: arrival.inquiry.facts
        for arrival in welcome
        if arrival.inquiry.replier is None
        and not any((key.certain or key.whole) and key.text in held for key in arrival.inquiry.keys)
    }
    likely = lookout.look_up(tx, strangers)
    companies.preload(tx, (arrival.inquiry.facts for arrival in welcome))
    repliers = {arrival.inquiry.replier for arrival in welcome}
    persons = store.load(tx, Person, {*(owner.person_id for owner in owners), *likely, *repliers})
    persons += store.load(tx, Person, {person.current_id for person in persons if person.id in repliers})
    store.load(tx, PersonKey, _joint_keys(tx, welcome))
    return leads.load(tx, (person.id for person in persons), (arrival.inquiry_id for arrival in welcome))


def _joint_keys(tx: Transaction, arrivals: Sequence[Arrival]) -> list[str]:
    """Keys of what is known together with what is said: a known name and a new number make a new key."""
    joint: list[str] = []
    for arrival in arrivals:
        person = people.find(tx, arrival.inquiry).person
        if person is not None:
            joint += [key.text for key in identity.keys(people.joint_facts(person, arrival))]
    return joint
