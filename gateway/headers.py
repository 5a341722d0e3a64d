"""Headers that every answer has."""

from collections.abc import Iterable
from functools import cache


def content_policy(leads_to: Iterable[str] = ()) -> str:
    """Pages load nothing but our own style sheet and send nothing but our own forms.

    A browser holds the whole way of a form against it: where the answer to a form leads to an address of the company,
    its origin is named in `leads_to`, or the visitor would stay before a form that seems not to be sent.
    """
    targets = " ".join(["'self'", *sorted(set(leads_to))])
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # A signed link is in the address: it must not travel on to wherever the page leads.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": content_policy(),
    "Cache-Control": "no-store",
}


@cache
def every_answer(public_url: str) -> dict[str, str]:
    """What goes out with every answer that does not say otherwise."""
    if public_url.startswith("https://"):
        return {**HEADERS, "Strict-Transport-Security": "max-age=31536000"}
    return HEADERS
