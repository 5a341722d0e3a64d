"""What the portal of owners and their managers asks the router. Every call but the sign-in's carries a session."""

from datetime import datetime
from typing import Literal

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.people import Owner

# --- signing in ------------------------------------------------------------------------------------------------------


@contract
class SignInAsked:
    """Somebody gave an address. `browser` is the digest of what only the browser that asked knows."""

    address: str
    browser: str


@contract
class SignInNoted:
    """The same for every address: whoever asks learns nothing of who is known."""

    minutes: int


@contract
class SignInLink:
    """The token of an emailed link, and the digest of the browser in which it was opened."""

    token: str
    browser: str | None = None


@contract
class SignInState:
    """What the page behind the link shows; opening it changes nothing."""

    #: ready; other_browser: it was asked for elsewhere; used; expired
    state: Literal["ready", "other_browser", "used", "expired"]


@contract
class SessionBegun:
    """Somebody is signed in. `session` is signed, and goes into the browser's cookie and nowhere else."""

    session: str
    ends_at: datetime


@contract
class SessionRequest:
    session: str


@contract
class SignOutRequest:
    session: str
    #: Every other browser of the same person too.
    everywhere: bool = False


@contract
class SignedOut:
    """How many sessions ended."""

    ended: int


ASK_TO_SIGN_IN = declare("router", "ask_to_sign_in", SignInAsked, SignInNoted)
LOOK_AT_SIGN_IN = declare("router", "look_at_sign_in", SignInLink, SignInState)
SIGN_IN = declare("router", "sign_in", SignInLink, SessionBegun)
SIGN_OUT = declare("router", "sign_out", SignOutRequest, SignedOut)


@contract
class Visitor:
    """Who is signed in, and what the portal has for them."""

    address: str
    name: str
    #: Whose leads they work.
    owners: list[Owner]
    #: Whether there are owners that they manage.
    manages: bool
    #: IANA name; all times are shown in it.
    time_zone: str
