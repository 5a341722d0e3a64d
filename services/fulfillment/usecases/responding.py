"""Who answers through the link or the QR code of a piece."""

from uuid import UUID

from services.fulfillment.links import Links
from services.fulfillment.models import Person, Piece
from shared.contracts.calls import ResponseReply
from shared.contracts.errors import LinkInvalid
from shared.database.unit_of_work import Transaction


def describe_response(tx: Transaction, piece_id: UUID, links: Links) -> ResponseReply:
    """Whose piece it is. Changes nothing. Raises LinkInvalid for one that is not there (any more)."""
    piece = tx.session.get(Piece, piece_id)
    if piece is None:
        raise LinkInvalid("response")
    person = tx.session.get(Person, piece.person_id)
    return ResponseReply(
        lead_id=piece.lead_id,
        person_id=piece.person_id,
        piece=piece.piece,
        language=person.document.get("language") if person else None,
        token=links.reply_token(piece.person_id, piece_id, piece.planned_at),
    )
