"""Every query of fulfillment."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.fulfillment.models import Lead, Permission, Piece
from shared.database.plumbing import EFFECT


def count_pieces(session: Session) -> dict[str, int]:
    """Pieces by channel and state, for example {"email.sent": 40}."""
    rows = session.execute(select(Piece.channel, Piece.state, func.count()).group_by(Piece.channel, Piece.state))
    return {f"{channel}.{state}": number for channel, state, number in rows}


def pieces_for(session: Session, lead_id: UUID, inquiry_id: UUID) -> Sequence[UUID]:
    """Ids of the pieces of a lead that answer this inquiry."""
    query = select(Piece.piece_id).where(Piece.lead_id == lead_id, Piece.inquiry_id == inquiry_id)
    return session.scalars(query.order_by(Piece.piece_id)).all()


def went_to(session: Session, person_id: UUID, row: Piece, since: datetime) -> bool:
    """Whether this piece went to the same person since, for a lead that they had under another id."""
    query = (
        select(Piece.piece_id)
        .join(Lead, Lead.lead_id == Piece.lead_id)
        .where(
            Lead.person_id == person_id,
            Piece.lead_id != row.lead_id,
            Piece.person_id != row.person_id,
            Piece.piece == row.piece,
            Piece.items.contains(row.items),
            Piece.state.in_(("sent", "unknown")),
            Piece.settled_at >= since,
        )
    )
    return session.scalar(query.limit(1)) is not None


def count_claimed(session: Session) -> dict[str, int]:
    """Pieces that are being sent this moment, by channel."""
    rows = session.execute(
        select(EFFECT.c.kind, func.count()).where(EFFECT.c.state == "claimed").group_by(EFFECT.c.kind)
    )
    return {f"{channel}.claimed": number for channel, number in rows}


def hold_permission(session: Session, key: str, person_id: UUID, channel: str, asked_at: datetime) -> Permission:
    """The person's permission for a channel, locked; made, as given, when nothing was ever said."""
    session.execute(
        insert(Permission)
        .values(key=key, person_id=person_id, channel=channel, allowed=True, said_at=asked_at, origin="unsaid")
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return session.scalars(select(Permission).where(Permission.key == key).with_for_update()).one()
