"""The consent ledger: every yes and no is filed with its wording and proof; everybody is told what counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.capture import store
from services.capture.domain import consent
from services.capture.domain.consent import CHANNELS, COUNTING, MARKETING, PENDING, SAID, ConsentRules
from services.capture.models import ConsentStatement, Inquiry, Person, RawPayload, Suppression
from services.capture.usecases import people
from services.capture.usecases.arriving import Arrival
from shared.contracts import fulfillment
from shared.contracts.calls import ConsentLine, ConsentReply, RecordConsentRequest, Standing
from shared.contracts.capture import ConsentChanged
from shared.contracts.envelope import Envelope
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

UNSUBSCRIBED = "unsubscribe link"
REFUSED_BEFORE = "refused before the data was erased"


@dataclass(frozen=True)
class Word:
    """One yes or no, to be filed."""

    channel: str
    purpose: str
    allowed: bool
    at: datetime
    origin: str
    state: str = SAID
    text: str | None = None
    version: str | None = None
    inquiry_id: UUID | None = None
    origin_person_id: UUID | None = None
    proofs: Mapping[str, str] = field(default_factory=dict)


# --- of an inquiry ---------------------------------------------------------------------------------------------------


def preload(tx: Transaction, arrivals: Iterable[Arrival], rules: ConsentRules) -> None:
    """Loads refusals of people who were erased, should one of these inquiries be theirs."""
    if rules.secret:
        store.load(tx, Suppression, {key for one in arrivals for key, _ in _hashes(one, rules)})


def hold_back(record: Inquiry, rules: ConsentRules) -> frozenset[str]:
    """Takes those yeses out of an inquiry's consent that count only once they are confirmed. Returns their channels."""
    pending = frozenset(channel for channel in rules.double_opt_in if record.consent.get(channel))
    if pending:
        record.consent = {**record.consent, **dict.fromkeys(pending)}
    return pending


def note(
    tx: Transaction, person: Person, record: Inquiry, arrival: Arrival, rules: ConsentRules, pending: frozenset[str]
) -> None:
    """Files each channel that the inquiry speaks of as a statement of its own, and publishes what counts."""
    said = record.consent
    wording = rules.recognise(said.get("text"), record.source)
    proofs = _proofs(tx, arrival)
    for channel in CHANNELS:
        allowed = True if channel in pending else said.get(channel)
        if allowed is not None:
            word = Word(
                channel=channel,
                purpose=wording.purpose if wording else MARKETING,
                allowed=allowed,
                at=record.received_at,
                origin=f"{record.channel}:{record.source}",
                state=PENDING if channel in pending else SAID,
                text=wording.text if wording else said.get("text"),
                version=wording.version if wording else None,
                inquiry_id=record.id,
                origin_person_id=record.origin_person_id,
                proofs=proofs,
            )
            file(tx, statement_id(record.id, channel), person.id, word, key=f"consent/{record.id}/{channel}")
    if rules.secret:
        _recall_refusals(tx, person, record, arrival, rules)


def statement_id(inquiry_id: UUID, channel: str) -> UUID:
    """The id of what an inquiry says of a channel."""
    return derived_id(inquiry_id, "consent", channel)


def _proofs(tx: Transaction, arrival: Arrival) -> dict[str, str]:
    """What the sender gave as proof; and where the person themselves sent it, what their browser told."""
    proofs = dict(arrival.submission.proofs)
    payload = tx.get(RawPayload, arrival.receipt_id)
    if payload is None or payload.intake.get("key_id"):
        # A partner's program sent it: address and browser are the partner's.
        return proofs
    headers = payload.intake.get("headers") or {}
    told = {
        "ip": payload.intake.get("remote_address"),
        "user_agent": headers.get("user-agent"),
        "url": headers.get("referer"),
    }
    return {name: value for name, value in told.items() if value} | proofs


def _recall_refusals(tx: Transaction, person: Person, record: Inquiry, arrival: Arrival, rules: ConsentRules) -> None:
    """Who had refused before they were erased has still refused, unless this inquiry says otherwise."""
    for key, channel in _hashes(arrival, rules):
        known = tx.get(Suppression, key)
        for what, at in (known.refused if known else {}).items():
            purpose = what.partition("/")[2]
            if record.consent.get(channel) is None:
                word = Word(channel, purpose, False, datetime.fromisoformat(at), REFUSED_BEFORE, inquiry_id=record.id)
                identifier = derived_id(record.id, "refused", channel, purpose)
                if tx.get(ConsentStatement, identifier) is None:
                    file(tx, identifier, person.id, word, key=f"refused/{record.id}/{channel}/{purpose}")


def _hashes(arrival: Arrival, rules: ConsentRules) -> list[tuple[str, str]]:
    facts = arrival.inquiry.facts
    postal = (key.text for key in arrival.inquiry.keys if key.text.startswith("post:"))
    reached = [("email", facts.email), ("phone", facts.phone), *(("post", key) for key in postal)]
    return [(rules.hashed(channel, address), channel) for channel, address in reached if address]


# --- from elsewhere --------------------------------------------------------------------------------------------------


def withdraw(tx: Transaction, envelope: Envelope) -> None:
    """A person unsubscribed from one channel: it is filed beside what they agreed to, and everybody is told."""
    event: fulfillment.Unsubscribed = envelope.data
    current = people.current(tx, event.person_id)
    word = Word(
        event.channel, MARKETING, False, event.unsubscribed_at, UNSUBSCRIBED,
        origin_person_id=event.person_id if current != event.person_id else None,
    )  # fmt: skip
    file(tx, tx.new_id("consent", event.channel), current, word)


def record(tx: Transaction, request: RecordConsentRequest, rules: ConsentRules) -> ConsentReply:
    """Files what somebody said by telephone, at a counter or in a letter. Raises NotFound, ContractViolation."""
    person_id = people.current(tx, request.person_id)
    if tx.get(Person, person_id) is None:
        raise NotFound(f"no person {request.person_id}")
    wording = rules.recognise(request.text, request.origin)
    purpose = wording.purpose if wording and request.purpose == MARKETING else request.purpose
    if purpose not in rules.purposes:
        raise ContractViolation("RecordConsentRequest", {"purpose": [f"one of {', '.join(rules.purposes)}"]})
    if request.at is not None and request.at > tx.now:
        raise ContractViolation("RecordConsentRequest", {"at": ["lies in the future"]})
    word = Word(
        channel=request.channel,
        purpose=purpose,
        allowed=request.allowed,
        at=request.at or tx.now,
        origin=request.origin,
        text=wording.text if wording else request.text,
        version=wording.version if wording else None,
        proofs=request.proofs,
    )
    file(tx, tx.new_id("consent", request.channel, purpose), person_id, word)
    tx.write()
    return ledger(tx, person_id)


def file(tx: Transaction, identifier: UUID, person_id: UUID, word: Word, key: str | None = None) -> None:
    """Adds one statement to the ledger. Everybody is told of it when it counts."""
    tx.new(
        ConsentStatement,
        id=identifier,
        person_id=person_id,
        origin_person_id=word.origin_person_id,
        channel=word.channel,
        purpose=word.purpose,
        allowed=word.allowed,
        changed_at=word.at,
        origin=word.origin,
        state=word.state,
        text=word.text,
        version=word.version,
        inquiry_id=word.inquiry_id,
        proofs=dict(word.proofs),
    )
    if word.state in COUNTING:
        tx.emit(
            ConsentChanged(
                person_id=person_id,
                channel=word.channel,  # type: ignore[arg-type]
                purpose=word.purpose,
                allowed=word.allowed,
                changed_at=word.at,
                origin=word.origin,
                text=word.text,
                version=word.version,
                proofs=dict(word.proofs),
            ),
            key=key,
        )


# --- reading ---------------------------------------------------------------------------------------------------------


def ledger(tx: Transaction, person_id: UUID) -> ConsentReply:
    """What holds now, and every statement behind it. Raises NotFound."""
    current = people.current(tx, person_id)
    if tx.get(Person, current) is None:
        raise NotFound(f"no person {person_id}")
    said = statements(tx, current)
    holds = consent.standing(consent.Statement.of(row) for row in said)
    return ConsentReply(
        person_id=current,
        holds=[Standing(**vars(one)) for one in holds],
        statements=[_line(row) for row in said],
    )


def statements(tx: Transaction, person_id: UUID) -> Sequence[ConsentStatement]:
    """All that a person said, the earliest first."""
    query = select(ConsentStatement).where(ConsentStatement.person_id == person_id)
    return tx.session.scalars(query.order_by(ConsentStatement.changed_at, ConsentStatement.id)).all()


def _line(row: ConsentStatement) -> ConsentLine:
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "id",
            "channel",
            "purpose",
            "allowed",
            "state",
            "origin",
            "text",
            "version",
            "inquiry_id",
            "proofs",
        )
    }
    return ConsentLine(**plain, at=row.changed_at)
