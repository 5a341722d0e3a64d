"""Signing in to the portal by an emailed link, and out again.

Whoever asks learns nothing of who is known: for every address the same rows are written and the same is answered. The
link is good for one use, a quarter of an hour, in the browser that asked for it: one that is forwarded, or read by
somebody else on the way, opens nothing.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, select, update

from services.router.domain.rules import Rules
from services.router.domain.visitor import Visitor, visitor_of
from services.router.models import PortalSession, SignIn
from shared.contracts.calls import SessionBegun, SignInAsked, SignInLink, SignInNoted, SignInState
from shared.contracts.errors import LinkInvalid
from shared.database.unit_of_work import Transaction
from shared.ids import new_id
from shared.room import Settled

log = structlog.get_logger()

#: Kind of the effect that sends the link.
MAIL = "portal_mail"
LINK_MINUTES = 15
SESSION_HOURS = 12
#: Links that one address gets in an hour: whoever asks for somebody else cannot fill their mailbox.
LINKS_PER_HOUR = 5
_KEPT_AFTERWARDS = timedelta(days=1)


@dataclass(frozen=True)
class Seals:
    """Signs ids for links and cookies; what was signed for the one is no good for the other."""

    secret: str
    public_url: str

    def link(self, sign_in: UUID) -> str:
        """The address to mail."""
        return f"{self.public_url.rstrip('/')}/portal/in/{self._sealed('sign-in', sign_in)}"

    def session(self, session: UUID) -> str:
        """The value of the cookie."""
        return self._sealed("session", session)

    def opened(self, purpose: str, sealed: str) -> UUID:
        """The id in it. Raises LinkInvalid when it was not made here for this purpose."""
        try:
            return UUID(self._serializer(purpose).loads(sealed))
        except (BadSignature, ValueError, TypeError, AttributeError) as error:
            raise LinkInvalid("This was not made here, or was changed on the way.") from error

    def _sealed(self, purpose: str, id: UUID) -> str:
        return str(self._serializer(purpose).dumps(id.hex))

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=f"router.portal-{purpose}")


def ask_to_sign_in(tx: Transaction, request: SignInAsked, *, rules: Rules) -> SignInNoted:
    """Has the link mailed, where the address is known. Answers the same, after the same work, where it is not."""
    visitor = visitor_of(request.address, rules.owners)
    known = visitor.address if visitor and _may_ask(tx, visitor.address) else None
    _forget_old(tx)
    sign_in = SignIn(
        id=new_id(tx.now),
        address=known,
        browser=request.browser,
        asked_at=tx.now,
        expires_at=tx.now + timedelta(minutes=LINK_MINUTES),
    )
    tx.add(sign_in)
    payload = {"address": known, "name": visitor.name if known and visitor else None, "at": tx.now.isoformat()}
    tx.plan(MAIL, f"portal/{sign_in.id}", payload)
    return SignInNoted(minutes=LINK_MINUTES)


def look_at_sign_in(tx: Transaction, request: SignInLink, *, seals: Seals) -> SignInState:
    """What a link is still good for. Changes nothing. Raises LinkInvalid."""
    sign_in = tx.session.get(SignIn, seals.opened("sign-in", request.token))
    return SignInState(state=_state(tx, sign_in, request.browser))


def sign_in(tx: Transaction, request: SignInLink, *, rules: Rules, seals: Seals) -> SessionBegun:
    """Begins a session, and ends the link. Raises LinkInvalid."""
    row = tx.get(SignIn, seals.opened("sign-in", request.token))
    visitor = visitor_of(row.address, rules.owners) if row is not None and row.address else None
    if row is None or visitor is None or _state(tx, row, request.browser) != "ready":
        raise LinkInvalid("This link cannot be used any more.")
    row.used_at = tx.now
    session = PortalSession(
        id=new_id(tx.now),
        address=visitor.address,
        began_at=tx.now,
        expires_at=tx.now + timedelta(hours=SESSION_HOURS),
    )
    tx.add(session)
    log.info("portal_signed_in", works_for=list(visitor.works_for), manages=len(visitor.manages))
    return SessionBegun(session=seals.session(session.id), ends_at=session.expires_at)


def sign_out(tx: Transaction, sealed: str, everywhere: bool, *, seals: Seals) -> int:
    """Ends the session, or all of the same person. Returns how many ended; raises LinkInvalid."""
    row = tx.session.get(PortalSession, seals.opened("session", sealed))
    if row is None:
        return 0
    which = PortalSession.address == row.address if everywhere else PortalSession.id == row.id
    open_ones = update(PortalSession).where(which, PortalSession.ended_at.is_(None))
    ended: Any = tx.session.execute(open_ones.values(ended_at=tx.now))
    return int(ended.rowcount)


def visitor_in(tx: Transaction, sealed: str, *, rules: Rules, seals: Seals) -> Visitor:
    """Who is signed in. Whom the company's file no longer names is nobody. Raises LinkInvalid."""
    row = tx.session.get(PortalSession, seals.opened("session", sealed))
    if row is None or row.ended_at is not None or tx.now >= row.expires_at:
        raise LinkInvalid("This session is over.")
    visitor = visitor_of(row.address, rules.owners)
    if visitor is None:
        raise LinkInvalid("This session is over.")
    return visitor


def record_outcome(tx: Transaction, settled: Settled) -> None:
    """A link that could not be mailed is only noted: whoever wants it asks again."""
    if settled.outcome != "done":
        log.warning("portal_mail_failed", key=settled.key, outcome=settled.outcome, attempts=settled.attempts)


def _state(tx: Transaction, row: SignIn | None, browser: str | None) -> Any:
    if row is None or row.address is None or tx.now >= row.expires_at:
        return "expired"
    if row.used_at is not None:
        return "used"
    return "ready" if hmac.compare_digest(row.browser, browser or "") else "other_browser"


def _may_ask(tx: Transaction, address: str) -> bool:
    asked = select(func.count()).where(SignIn.address == address, SignIn.asked_at > tx.now - timedelta(hours=1))
    return tx.session.execute(asked).scalar_one() < LINKS_PER_HOUR


def _forget_old(tx: Transaction) -> None:
    for table in (SignIn, PortalSession):
        tx.session.execute(delete(table).where(table.expires_at < tx.now - _KEPT_AFTERWARDS))
