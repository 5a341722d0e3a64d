"""Double opt-in: a yes on such a channel waits until the person has confirmed it by the signed link in a message.

Fulfillment sends the message. A GET shows what the link stands for, only a POST confirms: mail scanners follow every
link.
"""

from uuid import UUID

import structlog

from services.capture.domain.consent import CONFIRMED, EXPIRED, MARKETING, PENDING, ConsentRules
from services.capture.models import ConsentStatement, Inquiry, Person
from services.capture.usecases import consents, people
from services.capture.usecases.consents import Word, file
from shared.contracts.calls import ConfirmationReply, ConfirmRequest
from shared.contracts.capture import ConfirmationRequested
from shared.contracts.errors import LinkInvalid, NotAllowed
from shared.contracts.signed_ids import SignedIds
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.room import DueItem

log = structlog.get_logger()

#: Due work: the time in which a yes can be confirmed is over.
CONFIRMATION_EXPIRES = "confirmation_expires"
LINK = "confirmation link"
NOBODY = "nobody confirmed it in time"


def ask(
    tx: Transaction, person: Person, lead_id: UUID, record: Inquiry, rules: ConsentRules, channels: frozenset[str]
) -> None:
    """Has the person asked to confirm what an inquiry says of these channels."""
    expires_at = tx.now + rules.confirm_within
    wording = rules.recognise(record.consent.get("text"), record.source)
    for channel in sorted(channels):
        statement_id = consents.statement_id(record.id, channel)
        tx.schedule(CONFIRMATION_EXPIRES, str(statement_id), expires_at)
        tx.emit(
            ConfirmationRequested(
                statement_id=statement_id,
                inquiry_id=record.id,
                lead_id=lead_id,
                person_id=person.id,
                person=people.as_contract(person),
                channel=channel,  # type: ignore[arg-type]
                purpose=wording.purpose if wording else MARKETING,
                text=wording.text if wording else record.consent.get("text"),
                version=wording.version if wording else None,
                requested_at=tx.now,
                expires_at=expires_at,
            ),
            key=f"confirmation/{statement_id}",
        )


def describe(tx: Transaction, token: str, tokens: SignedIds) -> ConfirmationReply:
    """What a link stands for; changes nothing. Raises LinkInvalid, and NotAllowed where it was withdrawn since."""
    waiting = _waiting(tx, token, tokens)
    return _reply(tx, waiting, done=_is_confirmed(tx, waiting))


def confirm(tx: Transaction, request: ConfirmRequest, tokens: SignedIds) -> ConfirmationReply:
    """The yes that waited counts from now on, on the proof of this visit. A second time changes nothing.

    Raises LinkInvalid, and NotAllowed where the person has said something else since.
    """
    waiting = _waiting(tx, request.token, tokens)
    if not _is_confirmed(tx, waiting):
        proofs = {"confirms": str(waiting.id), "ip": request.address or "", "user_agent": request.user_agent or ""}
        word = Word(
            waiting.channel, waiting.purpose, True, tx.now, LINK, CONFIRMED, waiting.text, waiting.version,
            waiting.inquiry_id, waiting.origin_person_id, {name: value for name, value in proofs.items() if value},
        )  # fmt: skip
        file(tx, _confirmation_of(waiting), waiting.person_id, word, key=f"confirmed/{waiting.id}")
        tx.write()
        log.info("consent_confirmed", statement_id=str(waiting.id), channel=waiting.channel)
    return _reply(tx, waiting, done=True)


def expire(tx: Transaction, item: DueItem) -> None:
    """Nobody confirmed in time: the ledger says so, and that yes never comes to count."""
    waiting = tx.get(ConsentStatement, UUID(item.key))
    # Nothing is there of somebody who was erased.
    if waiting is None or _is_confirmed(tx, waiting):
        return
    # At its own time: it says nothing about a later yes that still waits.
    word = Word(
        waiting.channel, waiting.purpose, False, waiting.changed_at, NOBODY, EXPIRED, waiting.text, waiting.version,
        waiting.inquiry_id, waiting.origin_person_id, {"confirms": str(waiting.id), "expired_at": tx.now.isoformat()},
    )  # fmt: skip
    file(tx, derived_id(waiting.id, EXPIRED), waiting.person_id, word)


def _waiting(tx: Transaction, token: str, tokens: SignedIds) -> ConsentStatement:
    said = tokens.read(token)
    if said is None:
        raise LinkInvalid("This link is not complete, or was altered.")
    statement_id, expires_at = said
    # Locked: two clicks at one moment are one.
    waiting = next(iter(tx.preload(ConsentStatement, [statement_id])), None)
    if waiting is None or waiting.state != PENDING:
        raise LinkInvalid("There is nothing to confirm.")
    if _is_confirmed(tx, waiting):
        return waiting
    if expires_at <= tx.now or tx.get(ConsentStatement, derived_id(waiting.id, EXPIRED)) is not None:
        raise LinkInvalid("It was to be confirmed earlier.")
    if any(not one.allowed and one.changed_at > waiting.changed_at for one in _of_the_same(tx, waiting)):
        raise NotAllowed("This was withdrawn since.")
    return waiting


def _of_the_same(tx: Transaction, waiting: ConsentStatement) -> list[ConsentStatement]:
    about = waiting.channel, waiting.purpose
    said = consents.statements(tx, waiting.person_id)
    return [one for one in said if (one.channel, one.purpose) == about and one.state != EXPIRED]


def _is_confirmed(tx: Transaction, waiting: ConsentStatement) -> bool:
    return tx.get(ConsentStatement, _confirmation_of(waiting)) is not None


def _confirmation_of(waiting: ConsentStatement) -> UUID:
    return derived_id(waiting.id, CONFIRMED)


def _reply(tx: Transaction, waiting: ConsentStatement, *, done: bool) -> ConfirmationReply:
    person = tx.get(Person, waiting.person_id)
    local, _, domain = ((person.email if person else None) or "").rpartition("@")
    return ConfirmationReply(
        channel=waiting.channel,
        purpose=waiting.purpose,
        # Only the company's own wording: a page of ours shows nobody else's.
        text=waiting.text if waiting.version else None,
        done=done,
        masked_address=f"{local[:1]}\u2022\u2022\u2022@{domain}" if domain else None,
    )
