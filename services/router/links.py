"""Signed links: they let one owner do one thing with one assignment of one lead, until a given time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from services.router.domain.status import Action

_ACTIONS = get_args(Action)


@dataclass(frozen=True)
class Link:
    """What a link is good for."""

    lead_id: UUID
    assignment_id: UUID
    action: Action
    expires_at: datetime


@dataclass(frozen=True)
class Decision:
    """A manager's link: whether a lead that its owner wants to return is taken back."""

    lead_id: UUID
    assignment_id: UUID
    accepted: bool
    expires_at: datetime


class Altered(ValueError):
    """The token was not made by us, or not as it is."""


@dataclass(frozen=True)
class Links:
    """Makes and reads links. The time of expiry stands in the token itself, in business time."""

    secret: str
    public_url: str

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("LEADBUS_SECRET must have at least 32 characters: it signs links that change leads.")

    @property
    def portal(self) -> str:
        """Where an owner sees all their leads, once signed in."""
        return f"{self.public_url.rstrip('/')}/portal"

    def token(self, link: Link) -> str:
        """The signed form; the same link always gives the same token, so that a message sent again is the same."""
        fields = [link.lead_id.hex, link.assignment_id.hex, link.action, int(link.expires_at.timestamp())]
        return str(self._serializer().dumps(fields))

    def url(self, link: Link) -> str:
        """The address to print in a message."""
        return f"{self.public_url.rstrip('/')}/l/{self.token(link)}"

    def read(self, token: str) -> Link:
        """The link in `token`. Raises Altered; whether it is still valid is for the reader to decide."""
        try:
            lead, assignment, action, expires = self._serializer().loads(token)
            if action not in _ACTIONS:
                raise Altered("unknown action")
            return Link(UUID(lead), UUID(assignment), action, datetime.fromtimestamp(expires, UTC))
        except (BadSignature, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Altered("this link was not made here, or was changed on the way") from error

    def decision_url(self, decision: Decision) -> str:
        """The address of a manager's button."""
        fields = [decision.lead_id.hex, decision.assignment_id.hex, decision.accepted]
        token = self._serializer("router.return").dumps([*fields, int(decision.expires_at.timestamp())])
        return f"{self.public_url.rstrip('/')}/return/{token}"

    def read_decision(self, token: str) -> Decision:
        """As `read`, for a manager's link."""
        try:
            lead, assignment, accepted, expires = self._serializer("router.return").loads(token)
            return Decision(UUID(lead), UUID(assignment), accepted is True, datetime.fromtimestamp(expires, UTC))
        except (BadSignature, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Altered("this link was not made here, or was changed on the way") from error

    def _serializer(self, purpose: str = "router.lead-link") -> URLSafeSerializer:
        # The salt keeps a token of another purpose, signed with the same secret, from being used here.
        return URLSafeSerializer(self.secret, salt=purpose)
