"""Pages behind a password that the browser sends by itself: what another site makes it post is not let in."""

from urllib.parse import urlsplit

from flask import request

from gateway.problems import Problem
from gateway.state import gateway


def check_same_site() -> None:
    """Lets a form of our own pages in. Raises a Problem."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site is not None and site not in ("same-origin", "none")
    if origin is not None and origin != "null":
        own = {urlsplit(gateway().public_url).netloc, request.host}
        foreign = foreign or urlsplit(origin).netloc not in own
    if foreign:
        raise Problem(403, "other_site", "This form was sent from another site.")
