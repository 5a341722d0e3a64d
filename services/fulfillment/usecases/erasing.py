"""Forgets a person, and shows what is held of one."""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select, and_, delete, or_, select, update

from services.fulfillment.models import Lead, Permission, Person, Piece
from shared.contracts.calls import ExportRequest
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.fulfillment import PersonDataErased
from shared.contracts.privacy import PassedOn
from shared.database import erasing
from shared.database.erasing import Subject, among
from shared.database.unit_of_work import Transaction

ERASED = "erased"
KEPT = {
    "piece": "that a piece went out, when and by which channel: without its content",
    "emails": "what was sent lies in the person's own mailbox, and in the logs of the mail servers on the way",
}


class PrintFolder(Protocol):
    """Where letters wait for the print house."""

    def withdraw(self, piece_id: UUID) -> bool:
        """Destroys a letter that was not fetched. False when it is not there."""


def held(subject: Subject) -> dict[str, Select[Any]]:
    """The person's rows, by table."""
    return {
        "person": select(Person.__table__).where(among(Person.person_id, subject.person_ids)),
        "permission": select(Permission.__table__).where(among(Permission.person_id, subject.person_ids)),
        "lead": select(Lead.__table__).where(_its_leads(subject)),
        "piece": select(Piece.__table__).where(_its_pieces(subject)),
    }


def export(tx: Transaction, request: ExportRequest) -> dict[str, list[Any]]:
    """What is held of a person, as JSON types."""
    subject = Subject.of(request)
    found: dict[str, list[Any]] = {}
    found.update(erasing.rows_of(tx.session, {**held(subject), **erasing.plumbing_of(subject)}))
    return found


def forget_person(tx: Transaction, envelope: Envelope, *, folder: PrintFolder) -> None:
    """Stops every piece, destroys letters that wait for the printer, and removes what is known of the person."""
    event: PersonErased = envelope.data
    subject = Subject.of(event)
    removed = erasing.begin(tx.session, subject, event.erasure_id, tx.now)
    passed_on, withdrawn = _withdraw_letters(tx, subject, folder)
    removed["print job"] = len(withdrawn)
    for table, rows in (
        ("person", delete(Person).where(among(Person.person_id, subject.person_ids))),
        ("permission", delete(Permission).where(among(Permission.person_id, subject.person_ids))),
        ("lead", delete(Lead).where(_its_leads(subject))),
    ):
        removed[table] = erasing.removed(tx.session, rows)
    unsent = and_(_its_pieces(subject), or_(Piece.state == "planned", among(Piece.piece_id, withdrawn)))
    tx.session.execute(update(Piece).where(unsent).values(state="suppressed", reason=ERASED, settled_at=tx.now))
    said = and_(_its_pieces(subject), Piece.reason.is_not(None))
    tx.session.execute(update(Piece).where(said).values(reason=ERASED))
    removed["piece"] = erasing.removed(
        tx.session,
        update(Piece).where(_its_pieces(subject)).values(items=[], because=[], facts={}, reference=None),
    )
    tx.emit(
        PersonDataErased(
            erasure_id=event.erasure_id, removed=removed, kept=KEPT, passed_on=passed_on, erased_at=tx.now
        ),
        key=str(event.erasure_id),
    )


def _withdraw_letters(tx: Transaction, subject: Subject, folder: PrintFolder) -> tuple[list[PassedOn], list[UUID]]:
    """What the print house has fetched, and what was still there and is destroyed."""
    letters = tx.session.execute(
        select(Piece.piece_id, Piece.piece, Piece.reference, Piece.state, Piece.settled_at)
        .where(_its_pieces(subject), Piece.channel == "post")
        .order_by(Piece.settled_at, Piece.piece_id)
    ).all()
    withdrawn = [letter.piece_id for letter in letters if folder.withdraw(letter.piece_id)]
    passed_on = [
        PassedOn(
            to="print house",
            by="post",
            what=f"{letter.piece}, job {letter.reference or 'unknown'}",
            at=letter.settled_at,
        )
        for letter in letters
        if letter.state in ("sent", "unknown") and letter.piece_id not in withdrawn
    ]
    return passed_on, withdrawn


def _its_leads(subject: Subject) -> Any:
    return or_(among(Lead.person_id, subject.person_ids), among(Lead.lead_id, subject.lead_ids))


def _its_pieces(subject: Subject) -> Any:
    return or_(among(Piece.person_id, subject.person_ids), among(Piece.lead_id, subject.lead_ids))
