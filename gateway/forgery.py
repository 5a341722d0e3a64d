"""Forms behind HTTP Basic: the browser sends the key by itself, also when another site makes it post.

A form of ours carries a token that only we can make and that holds for one key, one purpose and a few hours. It is
made from the hash of the key, which every replica has and nobody else. The browser's own word on where a post comes
from is heeded where it is given.
"""

import hashlib
import hmac

from flask import g, request

from gateway.problems import Problem
from gateway.state import gateway

FIELD = "form_token"
_HOURS = 4
#: What a browser says of a post from our own page, or of an address that was typed.
_OURS = ("same-origin", "none")


def form_token(purpose: str) -> str:
    """The token for a form that does `purpose`."""
    return _token(purpose, _window())


def check_form(purpose: str) -> None:
    """Raises a Problem unless the present post comes from a form of ours that was made for this key and purpose."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OURS:
        raise Problem(403, "forged", "This form was sent by another site.")
    given = request.form.get(FIELD, "").encode()
    now = _window()
    # Compared with both, always: how long it takes says nothing.
    fits = [hmac.compare_digest(given, _token(purpose, window).encode()) for window in (now, now - 1)]
    if not any(fits):
        raise Problem(403, "form_expired", "This page is too old, or is not ours. Open it again.")


def _window() -> int:
    return int(gateway().clock.now().timestamp() // (_HOURS * 3600))


def _token(purpose: str, window: int) -> str:
    said = f"{g.key.id}|{purpose}|{window}"
    return hmac.new(bytes.fromhex(g.key.hash), said.encode(), hashlib.sha256).hexdigest()
