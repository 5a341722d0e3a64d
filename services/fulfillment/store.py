"""Every query of fulfillment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.fulfillment.models import Permission, Piece
from shared.database.plumbing import EFFECT


def count_pieces(session: Session) -> dict[str, int]:
    """Pieces by channel and state, for example {"email.sent": 40}."""
    rows = session.execute(select(Piece.channel, Piece.state, func.count()).group_by(Piece.channel, Piece.state))
    return {f"{channel}.{state}": number for channel, state, number in rows}


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
