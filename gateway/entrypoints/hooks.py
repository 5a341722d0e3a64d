"""Webhooks of advertising platforms and form services, and how each proves that it is the one it says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.entrypoints.reading import check_name, one_of, section, sha256
from shared.company_file import CompanyError
from shared.secret import Secret

#: By dialect, how a sender proves itself: a key in the body, a signature over the raw body, or a token in a header.
PROOFS = {
    "google_ads": "key",
    "meta": "signature",
    "linkedin": "signature",
    "typeform": "signature",
    "gravity_forms": "token",
    "contact_form_7": "token",
    "hubspot": "token",
    "salesforce": "token",
    "adf": "token",
    "json": "token",
    "form": "token",
}


@dataclass(frozen=True)
class Hook:
    """A webhook by its name in the address."""

    name: str
    source: str
    dialect: str
    #: SHA-256 of the key in the body (Google) or of the token in a header (who cannot sign).
    key_sha256: str | None = None
    #: The secret that signs: Meta's app secret, LinkedIn's client secret, Typeform's webhook secret.
    secret: Secret | None = None
    #: What Meta repeats when it asks whether this address is ours.
    verify_token: Secret | None = None
    #: Anybody may post: the sender cannot prove itself at all.
    open: bool = False


def hook(name: str, entry: Any, place: str, folder: Path) -> Hook:
    """A hook of `hooks:`."""
    check_name(name, place)
    fields = section(entry, place, {"source", "dialect", "key_sha256", "secret", "verify_token", "open"})
    dialect = one_of(fields.get("dialect"), PROOFS, "dialect", place)
    found = Hook(
        name=name,
        source=str(fields.get("source") or name),
        dialect=dialect,
        key_sha256=sha256(fields, "key_sha256", place) if "key_sha256" in fields else None,
        secret=_secret(fields, "secret", place, folder),
        verify_token=_secret(fields, "verify_token", place, folder),
        open=fields.get("open") is True,
    )
    _check_proof(found, place)
    return found


def _check_proof(found: Hook, place: str) -> None:
    proof = PROOFS[found.dialect]
    if proof == "key" and found.key_sha256 is None:
        raise CompanyError(f"{place}: `key_sha256` must be the SHA-256 of the key, in 64 hex digits")
    if proof == "signature" and found.secret is None:
        raise CompanyError(f"{place}: `secret` must name where the secret is kept that signs")
    if proof == "token" and found.key_sha256 is None and not found.open:
        raise CompanyError(f"{place}: `key_sha256` of the sender's token is required, or `open: true` for anybody")
    if found.dialect == "meta" and found.verify_token is None:
        raise CompanyError(f"{place}: `verify_token` must name where the token is kept that Meta repeats")


def _secret(fields: dict[str, Any], name: str, place: str, folder: Path) -> Secret | None:
    if name not in fields:
        return None
    try:
        return Secret.parse(fields[name], folder)
    except ValueError as error:
        raise CompanyError(f"{place}: `{name}` {error}") from None
