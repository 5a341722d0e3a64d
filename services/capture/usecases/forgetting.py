"""Takes a person out of the front desk's tables. What is left are figures, and refusals under a keyed hash."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from services.capture.domain import blanking, consent
from services.capture.domain.lead import ERASED
from services.capture.models import (
    CodeSighting,
    CompanyKey,
    ConsentStatement,
    Inquiry,
    Lead,
    Person,
    PersonBlock,
    PersonKey,
    PersonMerge,
    PersonReview,
    PersonValue,
    PulledAnswer,
    RawPayload,
    Repair,
    SubmissionKey,
    Suppression,
)
from services.capture.store import LIST_ROWS, list_of
from services.capture.usecases import footprints
from services.capture.usecases.belongings import Belongings, failed_intakes, its_own
from shared.contracts import intake as intakes
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.database import erasing
from shared.database.erasing import among
from shared.database.plumbing import DUE, FAILED_MESSAGE

KEPT = {
    "inquiry, lead": "source, campaign, time and outcome: figures without a person",
    "raw_inquiry": "receipt, source and time; in a list, the rows of other people",
    "erasure": "that it was asked for, when, why and by whom",
}
#: Tables without anything of a person, and why; a test asks this of every table that is not cleared.
HARMLESS = {
    "campaign, campaign_code, campaign_cost, campaign_register, campaign_version": "the company's own campaigns",
    "release_run": "how many inquiries were released, by whom of the staff",
    "referral, referred_lead, referral_credit, referral_payment": "what staff earned, by ids of leads alone",
    "erasure, erasure_report, suppression": "ids, figures and keyed hashes",
}
_SUPPRESSED = "a keyed hash of what they refused to be contacted at, so that nobody writes there again"
_SPOOL = "an inquiry that waits on a gateway's disk while the broker is away arrives later, and is a new one"

_BLANK_INQUIRY: dict[str, Any] = {
    "outcome": ERASED, "reason": None, "detail": None, "parsed": {}, "notes": [], "message": None, "answers": {},
    "attribution": {}, "consent": {}, "corrections": None, "also_person_id": None,
}  # fmt: skip


def forget(session: Session, of: Belongings, now: datetime, secret: str) -> tuple[dict[str, int], dict[str, str]]:
    """Removes or blanks everything. Returns rows by table, and what is kept and why.

    Raises NotAllowed while a list that holds the person is still being read.
    """
    _refuse_while_reading(session, of)
    removed: dict[str, int] = {}
    kept = KEPT | {"gateway spool": _SPOOL}
    if _suppress(session, of, secret):
        kept["suppression"] = _SUPPRESSED
    removed["raw_inquiry"], whole_files = _blank_payloads(session, of)
    if whole_files:
        kept["lists"] = f"{whole_files} files were removed whole; what other rows said is kept in their inquiries"
    removed["failed_message (intake)"] = _blank_failed_intakes(session, of)
    removed |= footprints.forget(session, of.subject)
    for table, rows in _statements(of, now).items():
        removed[table] = erasing.removed(session, rows)
    return removed, kept


def _statements(of: Belongings, now: datetime) -> dict[str, Any]:
    """What happens to the person's rows, by table; those that refer to others first."""
    subject, persons, inquiries = of.subject, of.subject.person_ids, of.subject.inquiry_ids
    return {
        # A sender's number that stands alone names nobody, and keeps a platform's list from bringing the lead back.
        "submission_key": delete(SubmissionKey).where(
            among(SubmissionKey.inquiry_id, inquiries), SubmissionKey.key.not_like("%|")
        ),
        "pulled_answer": delete(PulledAnswer).where(among(PulledAnswer.inquiry_id, inquiries)),
        "code_sighting": delete(CodeSighting).where(among(CodeSighting.inquiry_id, inquiries)),
        "inquiry_repair": update(Repair)
        .where(among(Repair.inquiry_id, inquiries))
        .values(detail_before=None, corrections={}),
        "inquiry": update(Inquiry).where(among(Inquiry.id, inquiries)).values(_BLANK_INQUIRY),
        "consent_statement": delete(ConsentStatement).where(its_own(ConsentStatement, subject)),
        "person_key": delete(PersonKey).where(its_own(PersonKey, subject)),
        "person_value": delete(PersonValue).where(its_own(PersonValue, subject)),
        "person_block": delete(PersonBlock).where(among(PersonBlock.person_id, persons)),
        "person_review": delete(PersonReview).where(
            or_(among(PersonReview.one_id, persons), among(PersonReview.other_id, persons))
        ),
        "person_merge": update(PersonMerge)
        .where(or_(among(PersonMerge.survivor_id, persons), among(PersonMerge.absorbed_id, persons)))
        .values(reasons=[]),
        "company_key": delete(CompanyKey).where(_of_nobody_else(persons)),
        "person": delete(Person).where(among(Person.id, persons)),
        "lead": update(Lead).where(among(Lead.id, subject.lead_ids)).values(resolution=ERASED, resolved_at=now),
    }


def _of_nobody_else(persons: Sequence[UUID]) -> Any:
    """The condition that a company has no other people: its name or its domain may be the person's own.

    Also where they have changed the company since: nobody is left to tell whose it was.
    """
    other = aliased(Person)
    return ~exists().where(other.company_id == CompanyKey.company_id, ~among(other.id, persons))


def _refuse_while_reading(session: Session, of: Belongings) -> None:
    keys = [str(receipt_id) for receipt_id in of.receipt_ids]
    pending = select(func.count()).select_from(DUE).where(DUE.c.kind == LIST_ROWS, list_of(DUE.c.key).in_(keys))
    if session.scalar(pending):
        raise NotAllowed("A list with this person in it is still being read. Try again in a minute.")


# --- payloads --------------------------------------------------------------------------------------------------------


def _blank_payloads(session: Session, of: Belongings) -> tuple[int, int]:
    """Blanks what arrived; in a list the person's rows alone. Returns how many, and how many lists went whole."""
    whole_files = 0
    payloads = session.scalars(
        select(RawPayload).where(among(RawPayload.receipt_id, of.receipt_ids)).order_by(RawPayload.receipt_id)
    ).all()
    for payload in payloads:
        rows = session.execute(select(Inquiry.id, Inquiry.parsed).where(Inquiry.receipt_id == payload.receipt_id)).all()
        its_own = [row.parsed for row in rows if row.id in of.subject.inquiry_ids]
        if len(its_own) == len(rows):
            payload.body, payload.intake = b"", _without_sender(payload.intake)
            continue
        others = [row.parsed for row in rows if row.id not in of.subject.inquiry_ids]
        cut = _cut_out(payload.body, its_own, others)
        whole_files += cut is None
        payload.body = cut or b""
    session.flush()
    return len(payloads), whole_files


def _cut_out(body: bytes, own: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> bytes | None:
    of_others = [value for one in others for value in _all_values(one)]
    for said in (_all_values, _addresses_said):
        cut = blanking.without(body, [said(one) for one in own], of_others)
        if cut is not None:
            return cut
    return None


def _all_values(parsed: dict[str, Any]) -> list[str]:
    return list((parsed.get("person") or {}).values())


def _addresses_said(parsed: dict[str, Any]) -> list[str]:
    person = parsed.get("person") or {}
    return [person[name] for name in ("email", "phone") if person.get(name)][:1]


def _without_sender(intake: dict[str, Any]) -> dict[str, Any]:
    return {**intake, "query": {}, "headers": {}, "remote_address": None, "filename": None}


def _blank_failed_intakes(session: Session, of: Belongings) -> int:
    rows = session.execute(select(FAILED_MESSAGE).where(failed_intakes(of.addresses)).with_for_update()).all()
    for row in rows:
        body = blanking.without(bytes(row.body), [[email] for email in sorted(of.addresses.emails)])
        headers = {**row.headers, intakes.HEADER: _without_sender_in(row.headers.get(intakes.HEADER, ""))}
        told = {"body": body or b"", "headers": headers, "error": row.error.partition(":")[0]}
        session.execute(update(FAILED_MESSAGE).where(FAILED_MESSAGE.c.id == row.id).values(told))
    return len(rows)


def _without_sender_in(header: str) -> str:
    try:
        intake = intakes.decode_header(header)
    except ContractViolation:
        return ""
    return intakes.encode_header(
        intakes.Intake(
            receipt_id=intake.receipt_id, received_at=intake.received_at, dialect=intake.dialect, source=intake.source,
            content_type=intake.content_type, query={}, headers={}, test=intake.test, key_id=intake.key_id,
        )
    )  # fmt: skip


# --- refusals --------------------------------------------------------------------------------------------------------


def _suppress(session: Session, of: Belongings, secret: str) -> int:
    """Keeps what the person had refused, under a hash of where that would have reached them."""
    rules = consent.ConsentRules(secret=secret)
    statements = session.scalars(
        select(ConsentStatement).where(among(ConsentStatement.person_id, of.subject.person_ids))
    )
    refused: dict[str, dict[str, str]] = {}
    for word in consent.standing(consent.Statement.of(row) for row in statements):
        if not word.allowed and not word.pending:
            for address in _where(word.channel, of):
                named = refused.setdefault(rules.hashed(word.channel, address), {})
                named[f"{word.channel}/{word.purpose}"] = word.since.isoformat()
    for key, said in refused.items():
        known = session.get(Suppression, key)
        if known is None:
            session.add(Suppression(hash=key, refused=said))
        else:
            known.refused = {**known.refused, **said}
    session.flush()
    return len(refused)


def _where(channel: str, of: Belongings) -> frozenset[str]:
    by_channel = {"email": of.addresses.emails, "phone": of.addresses.phones, "post": of.addresses.postal_keys}
    return by_channel.get(channel, frozenset())


def ids(texts: Sequence[str]) -> list[UUID]:
    """As ids again."""
    return [UUID(text) for text in texts]
