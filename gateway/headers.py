"""Headers that every answer has."""

from functools import cache

#: Pages load nothing but our own style sheet and send nothing but our own forms.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # A signed link is in the address: it must not travel on to wherever the page leads.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
}


@cache
def every_answer(public_url: str) -> dict[str, str]:
    """What goes out with every answer that does not say otherwise."""
    if public_url.startswith("https://"):
        return {**HEADERS, "Strict-Transport-Security": "max-age=31536000"}
    return HEADERS
