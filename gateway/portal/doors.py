"""Who is let in: a signed-in browser, and only forms of our own pages."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, g, redirect, request

from gateway.office import private_page
from gateway.portal import cookies
from gateway.problems import Problem
from gateway.same_site import check_same_site
from gateway.state import gateway
from shared.contracts.calls import Call
from shared.contracts.errors import LinkInvalid, NotFound

FIELD = "form_token"
SIGN_IN = "/portal"
View = TypeVar("View", bound=Callable[..., Any])
Q = TypeVar("Q")
R = TypeVar("R")


def signed_in(view: View) -> View:
    """Lets a signed-in browser in; every other is led to the sign-in. What is sent must come from a page of ours."""

    @wraps(view)
    def guarded(*args: Any, **fields: Any) -> Any:
        session = cookies.session()
        if session is None:
            return redirect(SIGN_IN, 303)
        g.portal_secret = session
        if request.method == "POST":
            check_token()
        try:
            return view(*args, **fields)
        except LinkInvalid:
            answer = cast(Response, redirect(f"{SIGN_IN}?over=1", 303))
            cookies.forget_session(answer)
            return answer
        except NotFound:
            gone = private_page("portal_gone.html")
            gone.status_code = 404
            return gone

    return cast(View, guarded)


def asked(call: Call[Q, R], **fields: Any) -> R:
    """A room's answer to whoever is signed in. Raises LinkInvalid when the session is over."""
    return gateway().rooms.call(call, session=g.portal_secret, **fields)


def token() -> str:
    """The token for the forms of the present page. Only who knows the cookie can make it."""
    secret: str = g.portal_secret
    return hmac.new(secret.encode(), b"portal form", hashlib.sha256).hexdigest()


def check_token() -> None:
    """Raises a Problem unless the present post comes from a page of ours in this very browser."""
    check_same_site()
    given = request.form.get(FIELD, "").encode()
    if not hmac.compare_digest(given, token().encode()):
        raise Problem(403, "form_expired", "This page is too old, or is not ours. Open it again.")
