"""The last look before a piece goes out, and the record afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from services.fulfillment import store
from services.fulfillment.company import Library
from services.fulfillment.domain import literature, pieces
from services.fulfillment.domain.literature import Item
from services.fulfillment.models import Lead, Permission, Person, Piece
from services.fulfillment.usecases.planning import requests_of
from services.fulfillment.usecases.remembering import permission_key
from shared.contracts import people, schema
from shared.contracts.fulfillment import PieceFailed, PieceSent, PrintJobSent
from shared.contracts.people import Owner
from shared.database.unit_of_work import Transaction
from shared.room import Settled

SUPPRESSED = "suppressed: "


@dataclass(frozen=True)
class Refusal:
    """The piece must not, or cannot, go out."""

    reason: str


@dataclass(frozen=True)
class Question:
    """What a piece asks to confirm."""

    statement_id: UUID
    #: What they read when they agreed; empty where it is not known.
    text: str
    expires_at: datetime


@dataclass(frozen=True)
class PurchaseQuestion:
    """Whether the person bought what they asked about."""

    lead_id: UUID
    #: Who was to sell it.
    owner_name: str
    products: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True)
class Dispatch:
    """One piece with everything that its letter or email says, as known at this moment."""

    piece_id: UUID
    key: str
    piece: pieces.Piece
    person_id: UUID
    person: people.Person
    #: Who follows up; None while nobody is known.
    owner: Owner | None
    items: tuple[Item, ...]
    #: Ids of the products that the inquiry names, and of those that no earlier one of this lead named.
    products: tuple[str, ...]
    new_products: tuple[str, ...]
    requested_at: datetime
    now: datetime
    question: Question | None = None
    purchase: PurchaseQuestion | None = None


@dataclass(frozen=True)
class Proof:
    """What is known of a piece that went out; it travels in the effect's detail."""

    reference: str
    owner_id: str | None = None
    pages: int | None = None

    def encode(self) -> str:
        """As text."""
        return orjson.dumps(vars(self)).decode()

    @classmethod
    def decode(cls, text: str) -> "Proof":
        """From text."""
        return cls(**orjson.loads(text))


def prepare(tx: Transaction, piece_id: UUID, *, library: Library) -> Dispatch | Refusal:
    """Everything that the piece needs, or why it must not go out: asked just before it does. Changes nothing."""
    row = tx.session.get(Piece, piece_id)
    if row is None:
        return Refusal("the piece is not on record")
    piece = library.pieces.get(row.piece)
    if piece is None:
        return Refusal(f"the company has no piece {row.piece!r} any more")
    lead = tx.session.get(Lead, row.lead_id)
    person_id = _person_of(lead, row)
    known = tx.session.get(Person, person_id)
    if known is None:
        return Refusal("nothing is known of the person")
    person = schema.load(people.Person, known.document)
    occasion = pieces.Occasion(
        requested_at=row.requested_at,
        caused_at=row.caused_at,
        country=person.address.country if person.address else None,
        decision=lead.decision if lead else None,
        unconfirmed=_waits_for_a_confirmation(tx, row, library),
        expires_at=question.expires_at if (question := _question(row)) else None,
        asks_until=purchase.expires_at if (purchase := _purchase(row)) else None,
    )
    because = pieces.why_not(piece, occasion, _permission(tx, row, person_id), library.opt_in_countries, tx.now)
    if because is not None:
        return Refusal(because)
    # An acknowledgement answers an inquiry and brings nothing else: each has its own.
    brings_something = piece.kind == "marketing" or bool(row.items)
    if brings_something and store.went_to(tx.session, person_id, row, tx.now - pieces.NOT_AGAIN_WITHIN):
        return Refusal(f"{SUPPRESSED}the person has it already, under another id")
    return _dispatch(row, piece, lead, person, library, tx.now)


def preload_settling(tx: Transaction, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Locks the pieces whose outcomes are recorded together."""
    tx.preload(Piece, [UUID(payload["piece_id"]) for payload in payloads])


def _goes_to(tx: Transaction, row: Piece) -> UUID:
    """Who the person is now that this was asked for."""
    # Not locked: handlers lock leads before pieces, and whoever is told an older person here hears of the newer one.
    return _person_of(tx.session.get(Lead, row.lead_id), row)


def _person_of(lead: Lead | None, row: Piece) -> UUID:
    return lead.person_id if lead is not None and lead.person_id is not None else row.person_id


def settle(tx: Transaction, settled: Settled) -> None:
    """Records what became of a piece, and tells."""
    row = tx.get(Piece, UUID(settled.payload["piece_id"]))
    if row is None or row.state not in ("planned", "unknown"):
        return
    row.settled_at = tx.now
    if settled.outcome == "done":
        _record_sent(tx, row, Proof.decode(settled.detail))
    else:
        _record_failed(tx, row, settled)


def _record_sent(tx: Transaction, row: Piece, proof: Proof) -> None:
    row.state, row.reference, row.owner_id, row.pages = "sent", proof.reference, proof.owner_id, proof.pages
    if row.channel == "post":
        tx.emit(
            PrintJobSent(
                piece_id=row.piece_id,
                key=row.key,
                job_id=proof.reference,
                lead_id=row.lead_id,
                person_id=_goes_to(tx, row),
                piece=row.piece,
                occasion=row.occasion,
                items=row.items,
                pages=proof.pages or 0,
                sent_at=tx.now,
            ),
            key=row.key,
        )
        return
    tx.emit(
        PieceSent(
            piece_id=row.piece_id,
            key=row.key,
            lead_id=row.lead_id,
            person_id=_goes_to(tx, row),
            piece=row.piece,
            channel="email",
            occasion=row.occasion,
            items=row.items,
            owner_id=proof.owner_id,
            sent_at=tx.now,
        ),
        key=row.key,
    )


def _record_failed(tx: Transaction, row: Piece, settled: Settled) -> None:
    suppressed = settled.outcome == "failed" and settled.detail.startswith(SUPPRESSED)
    outcome = "suppressed" if suppressed else settled.outcome
    row.state, row.reason = outcome, settled.detail.removeprefix(SUPPRESSED)
    tx.emit(
        PieceFailed(
            piece_id=row.piece_id,
            key=row.key,
            lead_id=row.lead_id,
            person_id=_goes_to(tx, row),
            piece=row.piece,
            channel=row.channel,  # type: ignore[arg-type]
            occasion=row.occasion,
            outcome=outcome,  # type: ignore[arg-type]
            reason=row.reason,
            failed_at=tx.now,
        ),
        key=row.key,
    )


def _permission(tx: Transaction, row: Piece, person_id: UUID) -> pieces.Permission | None:
    """What the person said; a refusal under the id that it was asked for under counts as well."""
    said = [tx.session.get(Permission, permission_key(one, row.channel)) for one in {person_id, row.person_id}]
    words = [pieces.Permission(one.allowed, one.said_at, one.origin) for one in said if one is not None]
    refused = [word for word in words if not word.allowed]
    return max(refused or words, key=lambda word: word.said_at, default=None)


def _waits_for_a_confirmation(tx: Transaction, row: Piece, library: Library) -> bool:
    """Whether the person was ever asked to confirm that they want something on the channel of this piece."""
    asked = select(Piece.piece_id).where(
        Piece.person_id == row.person_id,
        Piece.piece == library.confirm_answer,
        Piece.facts["channel"].astext == row.channel,
    )
    return library.confirm_answer is not None and tx.session.scalar(asked.limit(1)) is not None


def _question(row: Piece) -> Question | None:
    if "statement_id" not in row.facts:
        return None
    facts = row.facts
    return Question(UUID(facts["statement_id"]), facts["text"] or "", datetime.fromisoformat(facts["expires_at"]))


def _purchase(row: Piece) -> PurchaseQuestion | None:
    if "about_purchase" not in row.facts:
        return None
    facts = row.facts
    return PurchaseQuestion(
        lead_id=UUID(facts["about_purchase"]),
        owner_name=facts["owner_name"],
        products=tuple(facts["products"]),
        expires_at=datetime.fromisoformat(facts["expires_at"]),
    )


def _dispatch(
    row: Piece, piece: pieces.Piece, lead: Lead | None, person: people.Person, library: Library, now: datetime
) -> Dispatch:
    requests = requests_of(lead)
    request = next((one for one in requests if one.inquiry_id == row.inquiry_id), None)
    purchase = _purchase(row)
    about = request.products if request else purchase.products if purchase else ()
    return Dispatch(
        piece_id=row.piece_id,
        key=row.key,
        piece=piece,
        person_id=person.person_id,
        person=person,
        owner=schema.load(Owner, lead.owner) if lead and lead.owner else None,
        items=tuple(library.items[name] for name in row.items if name in library.items),
        products=tuple(dict.fromkeys(about)),
        new_products=literature.new_products(requests, request) if request else (),
        requested_at=row.requested_at,
        now=now,
        question=_question(row),
        purchase=purchase,
    )
