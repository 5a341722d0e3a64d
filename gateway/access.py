"""Who may use which route. Every route says it: a scope, or why it is public. One that says nothing is closed."""

import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from flask import current_app, g, request

from gateway.keys import ANY_SOURCE, Key
from gateway.limits import client_address, sender_network
from gateway.problems import Problem, unavailable
from gateway.signing import SIGNATURE_HEADERS, SignatureWrong, check_signed
from gateway.state import Gateway, gateway

log = structlog.get_logger()

_ATTRIBUTE = "leadbus_access"
View = TypeVar("View", bound=Callable[..., Any])


class Headers(Protocol):
    """Headers of a request by name, whatever its case."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True)
class Access:
    """What a route asks of its caller. With no scopes it is open to everybody, for the reason in `why`."""

    scopes: frozenset[str] = frozenset()
    why: str = ""
    #: A browser may send the key as the password of HTTP Basic.
    basic: bool = False


def scoped(*scopes: str, basic: bool = False) -> Callable[[View], View]:
    """The route needs a key with one of these scopes."""
    return _declare(Access(scopes=frozenset(scopes), basic=basic))


def public(why: str) -> Callable[[View], View]:
    """The route is open to everybody."""
    return _declare(Access(why=why))


def _declare(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, access)
        return view

    return declare


def access_of(view: Callable[..., Any]) -> Access | None:
    """What the route of `view` declares."""
    return getattr(view, _ATTRIBUTE, None)


def check_access() -> None:
    """Lets the present request in, with its key in `g.key`, or raises a Problem."""
    g.address = client_address(request, gateway().entrypoints.trusted_proxies)
    g.sender = sender_network(g.address)
    g.key = g.signed_id = None
    if request.endpoint is None:
        return
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        raise Problem(403, "closed", "This route is open to nobody.")
    if access.scopes:
        g.key = authenticated(gateway(), access, request.headers, g.sender)
        gateway().limits.check(gateway().entrypoints.limits.per_key, "key", g.key.id)
        if g.key.signed_with is not None and request.method not in ("GET", "HEAD"):
            g.signed_id = check_signature(gateway(), g.key, signature_headers(), request.get_data(cache=True), g.sender)


def signature_headers() -> dict[str, str]:
    """What the present request says of its signature."""
    return {name: request.headers[name] for name in SIGNATURE_HEADERS if name in request.headers}


def check_signature(gateway: Gateway, key: Key, headers: Mapping[str, str], body: bytes, sender: str) -> str:
    """The message id of a request that its key's holder signed as agreed. Raises a Problem."""
    secrets = key.signed_with.values() if key.signed_with else []
    if not secrets:
        log.error("signing_secret_missing", key_id=key.id)
        raise unavailable("signature_unknown", "The secret of this key is not known here yet.")
    try:
        return check_signed(secrets, headers, body, time.time())
    except SignatureWrong as wrong:
        gateway.limits.check(gateway.entrypoints.limits.guesses_per_address, "guess", sender)
        raise Problem(401, "signature_wrong", f"This key's requests must be signed: {wrong}.") from None


def authenticated(gateway: Gateway, access: Access, headers: Headers, sender: str) -> Key:
    """The key in the headers of a request, when it may do what `access` asks. Raises a Problem."""
    presented = _presented_key(headers, access.basic)
    key = gateway.keys.authenticate(presented) if presented else None
    if key is None:
        gateway.limits.check(gateway.entrypoints.limits.guesses_per_address, "guess", sender)
        scheme = 'Basic realm="Leadbus", charset="UTF-8"' if access.basic else "Bearer"
        raise Problem(401, "key_required", "A valid API key is required.", {"WWW-Authenticate": scheme})
    if not key.scopes & access.scopes:
        needed = " or ".join(sorted(access.scopes))
        raise Problem(403, "scope_missing", f"This key lacks the scope that is needed here: {needed}.")
    return key


def _presented_key(headers: Headers, basic: bool) -> str | None:
    scheme, _, value = (headers.get("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic" and basic:
        return _password(value)
    return headers.get("X-Api-Key")


def _password(credentials: str) -> str | None:
    try:
        return b64decode(credentials.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
    except Base64Error:
        return None


def may_see(source: str | None) -> bool:
    """Whether the caller may be told of what came from a source: a sender only of its own."""
    key: Key = g.key
    return bool(key.scopes & {"read", "manage"}) or ANY_SOURCE in key.sources or source in key.sources


def granted_source(named: str | None) -> str:
    """The source that the caller's key stands for, or the one it names among those it may. Raises a Problem."""
    return source_for(g.key, named)


def source_for(key: Key, named: str | None) -> str:
    """The source that a key stands for, or the named one among those it may send for. Raises a Problem."""
    allowed = key.sources
    if named:
        if named in allowed or ANY_SOURCE in allowed:
            return named
        raise Problem(403, "source_not_allowed", "This key may not send for the source that was named.")
    if len(allowed) == 1 and allowed[0] != ANY_SOURCE:
        return str(allowed[0])
    raise Problem(422, "source_required", "This key may send for several sources: name one as `?source=`.")
