"""Signed links in pieces: made here, followed through the gateway, resolved here."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from itsdangerous import BadSignature, Signer, URLSafeSerializer

from services.fulfillment.domain.pieces import Channel
from shared.contracts.clicks import ClickTokens, reply_tokens
from shared.contracts.errors import LinkInvalid
from shared.contracts.signed_ids import confirmation_tokens, purchase_tokens


@dataclass(frozen=True)
class UnsubscribeLink:
    """Who leaves which channel, and the piece in whose footer it stood."""

    person_id: UUID
    channel: Channel
    piece_id: UUID


@dataclass(frozen=True)
class Links:
    """Makes and reads links that begin with the public address. They do not expire: a person may leave any day."""

    secret: str
    public_url: str

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("LEADBUS_SECRET must have at least 32 characters: whoever guesses it signs off everybody.")

    def unsubscribe_url(self, link: UnsubscribeLink) -> str:
        """The address for the footer and for List-Unsubscribe."""
        return f"{self.public_url.rstrip('/')}/u/{self.unsubscribe_token(link)}"

    def unsubscribe_token(self, link: UnsubscribeLink) -> str:
        """The signed part of the address."""
        token = self._unsubscribe().dumps([str(link.person_id), link.channel, str(link.piece_id)])
        return token.decode() if isinstance(token, bytes) else token

    def read_unsubscribe(self, token: str) -> UnsubscribeLink:
        """What a token says. Raises LinkInvalid for one that is altered or was made for something else."""
        try:
            person, channel, piece = self._unsubscribe().loads(token)
            return UnsubscribeLink(UUID(person), channel, UUID(piece))
        except (BadSignature, ValueError, TypeError, AttributeError) as error:
            raise LinkInvalid("unsubscribe") from error

    def download_url(self, name: str, person_id: UUID, piece_id: UUID, sent_at: datetime) -> str:
        """A download of the company's `footsteps.yml`, with the token that tells the front desk who followed it."""
        token = ClickTokens(self.secret).make(person_id, piece_id, sent_at)
        return f"{self.public_url.rstrip('/')}/d/{quote(name, safe='')}?p={token}"

    def confirm_url(self, statement_id: UUID, expires_at: datetime) -> str:
        """Where somebody confirms that they agreed."""
        return (
            f"{self.public_url.rstrip('/')}/confirm/{confirmation_tokens(self.secret).make(statement_id, expires_at)}"
        )

    def purchase_url(self, lead_id: UUID, expires_at: datetime) -> str:
        """Where a prospect says whether they bought."""
        return f"{self.public_url.rstrip('/')}/bought/{purchase_tokens(self.secret).make(lead_id, expires_at)}"

    def reply_token(self, person_id: UUID, piece_id: UUID, sent_at: datetime) -> str:
        """The signed word that goes with the answers of a reply form."""
        return reply_tokens(self.secret).make(person_id, piece_id, sent_at)

    def response_url(self, piece_id: UUID) -> str:
        """The personal address of a piece's reply form; short, so that a letter's QR code stays coarse and readable."""
        code = base64.urlsafe_b64encode(piece_id.bytes).rstrip(b"=")
        return f"{self.public_url.rstrip('/')}/r/{self._response().sign(code).decode()}"

    def read_response(self, token: str) -> UUID:
        """The piece whose response address this is. Raises LinkInvalid."""
        try:
            return UUID(bytes=base64.urlsafe_b64decode(self._response().unsign(token) + b"=="))
        except (BadSignature, binascii.Error, ValueError) as error:
            raise LinkInvalid("response") from error

    def _unsubscribe(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="fulfillment.unsubscribe")

    def _response(self) -> Signer:
        return Signer(self.secret, salt="fulfillment.response")
