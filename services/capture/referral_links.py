"""Personal links of participants: signed, without an end, made void together by raising the participant's `link`."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from shared import settings
from shared.contracts.errors import LinkInvalid


@dataclass(frozen=True)
class PersonalLink:
    """Whose link it is, and which one of theirs."""

    number: str
    link: int


def token(link: PersonalLink) -> str:
    """The signed form; the same link always gives the same."""
    return str(_serializer().dumps([link.number, link.link]))


def url(link: PersonalLink) -> str:
    """The address to hand out."""
    return f"{settings.get('LEADBUS_PUBLIC_URL').rstrip('/')}/refer/{token(link)}"


def read(text: str) -> PersonalLink:
    """The link in a token. Raises LinkInvalid for one that was not made here."""
    try:
        number, link = _serializer().loads(text)
        return PersonalLink(str(number), int(link))
    except (BadSignature, ValueError, TypeError) as error:
        raise LinkInvalid("referral") from error


def _serializer() -> URLSafeSerializer:
    # Read when it is needed: a room that is only looked at (by a test, by the documents) has no secret.
    secret = settings.get("LEADBUS_SECRET")
    if len(secret) < 32:
        raise ValueError("LEADBUS_SECRET must have at least 32 characters: whoever guesses it earns for others.")
    # The salt keeps a token of another purpose, signed with the same secret, from being used here.
    return URLSafeSerializer(secret, salt="capture.referrer")
