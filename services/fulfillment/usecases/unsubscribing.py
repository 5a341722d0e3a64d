"""Leaving a channel by the link in a piece."""

from services.fulfillment import store
from services.fulfillment.domain.wording import masked
from services.fulfillment.links import UnsubscribeLink
from services.fulfillment.models import Permission, Person, Piece
from services.fulfillment.usecases.remembering import permission_key
from shared.contracts.calls import UnsubscribeReply
from shared.contracts.fulfillment import Unsubscribed
from shared.database.unit_of_work import Transaction


def describe_unsubscribe(tx: Transaction, link: UnsubscribeLink) -> UnsubscribeReply:
    """What an unsubscribe link covers; changes nothing."""
    permission = tx.session.get(Permission, permission_key(link.person_id, link.channel))
    return _unsubscribe_reply(tx, link, done=permission is not None and not permission.allowed)


def unsubscribe(tx: Transaction, link: UnsubscribeLink) -> UnsubscribeReply:
    """Takes back the permission for the link's channel. A second time changes nothing and says so to nobody."""
    key = permission_key(link.person_id, link.channel)
    permission = store.hold_permission(tx.session, key, link.person_id, link.channel, tx.now)
    if permission.allowed:
        permission.allowed, permission.said_at, permission.origin = False, tx.now, "unsubscribe link"
        piece = tx.session.get(Piece, link.piece_id)
        tx.emit(
            Unsubscribed(
                person_id=link.person_id,
                lead_id=piece.lead_id if piece else None,
                channel=link.channel,
                piece=piece.piece if piece else None,
                unsubscribed_at=tx.now,
            )
        )
    return _unsubscribe_reply(tx, link, done=True)


def _unsubscribe_reply(tx: Transaction, link: UnsubscribeLink, *, done: bool) -> UnsubscribeReply:
    person = tx.session.get(Person, link.person_id)
    email = person.document.get("email") if person and link.channel == "email" else None
    return UnsubscribeReply(channel=link.channel, done=done, masked_address=masked(email) if email else None)
