"""The portal's two cookies: the one of whoever is signed in, and the one of the browser that asks to sign in."""

import hashlib
import secrets
from datetime import datetime

from flask import Response, request

from gateway.state import gateway

#: How long a browser that asked for a link is remembered: a little longer than the link is good for.
ASKING_SECONDS = 20 * 60
_SESSION, _BROWSER = "lb_session", "lb_browser"
LONGEST = 500


def session() -> str | None:
    """The session that the present request carries, as it came."""
    return _cookie(_SESSION)


def keep_session(answer: Response, session: str, ends_at: datetime) -> None:
    """Signs the browser in; scripts and other sites get nothing of it."""
    left = int((ends_at - gateway().clock.now()).total_seconds())
    _set(answer, _SESSION, session, left)


def forget_session(answer: Response) -> None:
    """Signs the browser out."""
    _set(answer, _SESSION, "", 0)


def browser() -> str | None:
    """What only this browser knows while it waits for a link."""
    return _cookie(_BROWSER)


def new_browser() -> str:
    """Something that nobody guesses."""
    return secrets.token_urlsafe(32)


def keep_browser(answer: Response, value: str) -> None:
    """Remembers the browser until the link has come."""
    _set(answer, _BROWSER, value, ASKING_SECONDS)


def forget_browser(answer: Response) -> None:
    """The link was used."""
    _set(answer, _BROWSER, "", 0)


def digest(value: str | None) -> str | None:
    """What rooms are told of a browser: enough to know it again, and nothing that could be sent in its place."""
    return hashlib.sha256(value.encode()).hexdigest() if value else None


def _secure() -> bool:
    return gateway().public_url.startswith("https://")


def _name(name: str) -> str:
    # A browser takes a cookie of this prefix from this very host alone, and only over https.
    return f"__Host-{name}" if _secure() else name


def _cookie(name: str) -> str | None:
    value = request.cookies.get(_name(name))
    return value if value and len(value) <= LONGEST and value.isascii() else None


def _set(answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(_name(name), value, max_age=seconds, path="/", secure=_secure(), httponly=True, samesite="Lax")
