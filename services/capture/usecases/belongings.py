"""What the front desk holds of a person: found by ids, and by exact address where an inquiry has no person yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import ARRAY, Select, Text, and_, any_, cast, func, or_, select
from sqlalchemy.orm import Session

from services.capture.domain.contacts import email_address, phone_number
from services.capture.domain.values import Unusable
from services.capture.models import (
    Activity,
    CompanyKey,
    ConsentStatement,
    Inquiry,
    Lead,
    Person,
    PersonKey,
    PersonMerge,
    PersonReview,
    PersonValue,
    PulledAnswer,
    RawPayload,
    Referral,
    Repair,
    SubmissionKey,
    Visitor,
)
from services.capture.usecases import footprints
from shared.database import erasing
from shared.database.erasing import Subject, among
from shared.database.plumbing import FAILED_MESSAGE

#: Outcomes of inquiries that have found their person.
_SETTLED = ("registered", "responded", "duplicate", "erased")
#: Digits at the end of a number by which candidates are looked up; the whole number decides.
_TAIL = 7


@dataclass(frozen=True)
class Addresses:
    """By what exactly this person, and nobody else, is known."""

    emails: frozenset[str]
    phones: frozenset[str]
    postal_keys: frozenset[str]

    @property
    def email_patterns(self) -> list[str]:
        """For LIKE: as written, and as in the body of a form."""
        return [f"%{email.replace('@', at)}%" for email in sorted(self.emails) for at in ("@", "%40")]


@dataclass(frozen=True)
class Belongings:
    """Everything of a person at the front desk."""

    subject: Subject
    addresses: Addresses
    receipt_ids: tuple[UUID, ...]


def gather(session: Session, person_id: UUID, *, hold: bool = False) -> Belongings:
    """All that belongs to a person, whoever they were merged with. `hold`: nobody merges them meanwhile."""
    person_ids = family(session, person_id)
    if hold:
        session.execute(select(Person.id).where(among(Person.id, person_ids)).order_by(Person.id).with_for_update())
        # Whom a merge brought while we waited.
        person_ids = family(session, person_id)
    addresses = _addresses(session, person_ids)
    lead_ids = tuple(session.scalars(select(Lead.id).where(among(Lead.person_id, person_ids)).order_by(Lead.id)))
    own = set(session.scalars(select(Inquiry.id).where(among(Inquiry.person_id, person_ids))))
    own |= _strangers(session, addresses)
    own |= set(session.scalars(select(Inquiry.id).where(among(Inquiry.duplicate_of, own))))
    inquiry_ids = tuple(sorted(own))
    receipts = session.scalars(select(Inquiry.receipt_id).where(among(Inquiry.id, inquiry_ids)).distinct())
    return Belongings(Subject(person_ids, lead_ids, inquiry_ids), addresses, tuple(sorted(receipts)))


def family(session: Session, person_id: UUID) -> tuple[UUID, ...]:
    """The ids that are this person: their own, and those that were merged with it."""
    current = session.scalar(select(func.coalesce(Person.current_id, Person.id)).where(Person.id == person_id))
    absorbed = session.scalars(select(Person.id).where(Person.current_id == current).order_by(Person.id))
    return tuple(dict.fromkeys((current or person_id, person_id, *absorbed)))


def held(of: Belongings) -> dict[str, Select[Any]]:
    """The person's rows, by table."""
    subject = of.subject
    alone = and_(among(RawPayload.receipt_id, of.receipt_ids), RawPayload.inquiries == 1)
    queries: dict[str, Select[Any]] = {
        "person": select(Person.__table__).where(among(Person.id, subject.person_ids)),
        "person_key": select(PersonKey.__table__).where(among(PersonKey.person_id, subject.person_ids)),
        "company_key": select(CompanyKey.__table__).where(
            CompanyKey.company_id.in_(select(Person.company_id).where(among(Person.id, subject.person_ids)))
        ),
        "lead": select(Lead.__table__).where(among(Lead.id, subject.lead_ids)),
        "inquiry": select(Inquiry.__table__).where(among(Inquiry.id, subject.inquiry_ids)),
        # Of a list that holds others too, the person's row stands in their inquiry.
        "raw_inquiry": select(RawPayload.__table__).where(alone),
        "person_value": select(PersonValue.__table__).where(its_own(PersonValue, subject)),
        "person_review": select(PersonReview.__table__).where(
            or_(among(PersonReview.one_id, subject.person_ids), among(PersonReview.other_id, subject.person_ids))
        ),
        "person_merge": select(PersonMerge.__table__).where(
            or_(among(PersonMerge.survivor_id, subject.person_ids), among(PersonMerge.absorbed_id, subject.person_ids))
        ),
        "referral": select(Referral.__table__).where(among(Referral.inquiry_id, subject.inquiry_ids)),
        "visitor": select(Visitor.__table__).where(footprints.is_theirs(subject)),
        "activity": select(Activity.__table__).where(footprints.left_by(subject)).order_by(Activity.at),
        "submission_key": select(SubmissionKey.__table__).where(among(SubmissionKey.inquiry_id, subject.inquiry_ids)),
        "pulled_answer": select(PulledAnswer.__table__).where(among(PulledAnswer.inquiry_id, subject.inquiry_ids)),
        "inquiry_repair": select(Repair.__table__).where(among(Repair.inquiry_id, subject.inquiry_ids)),
        "consent_statement": select(ConsentStatement.__table__)
        .where(among(ConsentStatement.person_id, subject.person_ids))
        .order_by(ConsentStatement.changed_at),
    }
    return queries


def its_own(model: Any, subject: Subject) -> Any:
    """The condition that a row was said by or of the person, whoever they were merged with."""
    return or_(among(model.person_id, subject.person_ids), among(model.origin_person_id, subject.person_ids))


def failed_intakes(addresses: Addresses) -> Any:
    """The condition that a failed intake message holds one of the addresses."""
    kinds = ("intake", "unreadable", "retried")
    return and_(FAILED_MESSAGE.c.type.in_(kinds), _in_bytes(FAILED_MESSAGE.c.body, addresses))


def _addresses(session: Session, person_ids: Sequence[UUID]) -> Addresses:
    keys = list(session.scalars(select(PersonKey.key).where(among(PersonKey.person_id, person_ids))))
    rows = session.execute(select(Person.email, Person.phone).where(among(Person.id, person_ids))).all()
    emails = {key.removeprefix("email:") for key in keys if key.startswith("email:")}
    phones = {key.removeprefix("phone:").partition("|")[0] for key in keys if key.startswith("phone:")}
    return Addresses(
        emails=frozenset(emails | {row.email.lower() for row in rows if row.email}),
        phones=frozenset(phones | {row.phone for row in rows if row.phone}),
        postal_keys=frozenset(key for key in keys if key.startswith("post:")),
    )


def _strangers(session: Session, addresses: Addresses) -> set[UUID]:
    """Inquiries without a person that give exactly one of these addresses, or whose unread bytes hold one."""
    said_phone = func.regexp_replace(Inquiry.parsed["person"]["phone"].astext, "[^0-9]", "", "g")
    tails = [f"%{phone[-_TAIL:]}" for phone in sorted(addresses.phones)]
    says = or_(
        func.lower(cast(Inquiry.parsed, Text)).like(_any(addresses.email_patterns)), said_phone.like(_any(tails))
    )
    open_ones = and_(Inquiry.person_id.is_(None), Inquiry.outcome.not_in(_SETTLED))
    said = session.execute(select(Inquiry.id, Inquiry.parsed).where(open_ones, says))
    found = {row.id for row in said if _gives(row.parsed.get("person") or {}, addresses)}
    unread = (
        select(Inquiry.id)
        .join(RawPayload, RawPayload.receipt_id == Inquiry.receipt_id)
        .where(open_ones, RawPayload.inquiries == 1, ~Inquiry.parsed.has_key("person"))
        .where(_in_bytes(RawPayload.body, addresses))
    )
    return found | set(session.scalars(unread))


def _gives(person: dict[str, str], addresses: Addresses) -> bool:
    return (_normal(email_address, person.get("email")) or "") in addresses.emails or any(
        _normal(lambda raw, where=country: phone_number(raw, where), person.get("phone")) in addresses.phones
        for country in _countries(addresses)
    )


def _countries(addresses: Addresses) -> Iterable[str | None]:
    yield None
    for phone in sorted(addresses.phones):
        yield phonenumbers.region_code_for_number(phonenumbers.parse(phone))


def _normal(form: Any, raw: str | None) -> str | None:
    try:
        return str(form(raw)) if raw else None
    except Unusable:
        return None


def _in_bytes(column: Any, addresses: Addresses) -> Any:
    return func.lower(func.encode(column, "escape")).like(_any(addresses.email_patterns))


def _any(patterns: Sequence[str]) -> Any:
    return any_(cast(list(patterns), ARRAY(Text)))


def rows(session: Session, of: Belongings) -> dict[str, list[dict[str, Any]]]:
    """What is held, as JSON types."""
    return erasing.rows_of(session, {**held(of), **erasing.plumbing_of(of.subject)})
