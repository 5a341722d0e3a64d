"""Signatures of senders over the raw body, each compared in constant time.

Partners sign by Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp` (Unix seconds)
and `webhook-signature: v1,<base64 of HMAC-SHA256(secret, "<id>.<timestamp>." + body)>`. Platforms have their own ways.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping

#: Seconds by which the clock of a sender may differ; afterwards a signed request cannot be sent again by a stranger.
TOLERANCE_SECONDS = 300
MAX_ID = 255
SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_PREFIX = "whsec_"


class SignatureWrong(Exception):
    """The request is not signed as it must be; the text says what is wrong, and nothing of the secret."""


def check_signed(secrets: Iterable[bytes], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The message id of a request signed by Standard Webhooks. Raises SignatureWrong."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > MAX_ID or not message_id.isascii():
        raise SignatureWrong("the header webhook-id is missing or too long")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureWrong("the header webhook-timestamp must be Unix seconds")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureWrong(f"the time in webhook-timestamp is more than {TOLERANCE_SECONDS} seconds away")
    content = f"{message_id}.{timestamp}.".encode() + body
    presented = [part[3:] for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
    proven = False
    for secret in secrets:
        expected = b64encode(_mac(signing_key(secret), content)).decode()
        for signature in presented[:5]:
            proven |= _equal(signature, expected)
    if not proven:
        raise SignatureWrong("no signature in webhook-signature is right for this body")
    return message_id


def signing_key(secret: bytes) -> bytes:
    """The key in a secret such as `whsec_<base64>`; any other secret is a key as it stands."""
    if secret.startswith(_PREFIX.encode()):
        try:
            return b64decode(secret.removeprefix(_PREFIX.encode()), validate=True)
        except Base64Error:
            pass
    return secret


def meta_signed(secrets: Iterable[bytes], presented: str, body: bytes) -> bool:
    """`X-Hub-Signature-256: sha256=<hex>` over the raw body."""
    return _any_equal(presented, ("sha256=" + _mac(secret, body).hex() for secret in secrets))


def linkedin_signed(secrets: Iterable[bytes], presented: str, body: bytes) -> bool:
    """`X-LI-Signature`: hex over "hmacsha256=" and the raw body, itself with or without that prefix."""
    given = presented.removeprefix("hmacsha256=")
    return _any_equal(given, (_mac(secret, b"hmacsha256=" + body).hex() for secret in secrets))


def linkedin_response(secret: bytes, challenge: str) -> str:
    """What LinkedIn wants to hear when it asks whether an address is ours."""
    return _mac(secret, challenge.encode()).hex()


def typeform_signed(secrets: Iterable[bytes], presented: str, body: bytes) -> bool:
    """`Typeform-Signature: sha256=<base64>` over the raw body."""
    return _any_equal(presented, ("sha256=" + b64encode(_mac(secret, body)).decode() for secret in secrets))


def same_secret(secrets: Iterable[bytes], presented: str) -> bool:
    """Whether a token is one of those agreed."""
    given = presented.encode("utf-8", "replace")
    return sum(hmac.compare_digest(given, secret) for secret in secrets) > 0


def same_digest(sha256_hex: str, presented: str) -> bool:
    """Whether a token is the one whose SHA-256 is known."""
    return hmac.compare_digest(hashlib.sha256(presented.encode("utf-8", "replace")).hexdigest(), sha256_hex)


def _any_equal(presented: str, expected: Iterable[str]) -> bool:
    # Counted: every one is compared, so that the time tells nothing.
    return sum(_equal(presented, one) for one in expected) > 0


def _equal(presented: str, expected: str) -> bool:
    return hmac.compare_digest(presented.encode("utf-8", "replace"), expected.encode())


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()
