"""What is not passed on: nobody to answer to, spam, and content meant for a machine. All of it is kept whole."""

import re
from collections.abc import Iterable

from services.capture.domain.person import Facts
from services.capture.domain.submission import Submission

#: A person asking for a brochure may paste an address or two.
MOST_LINKS = 3

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_LINK_MARKUP = re.compile(r"\[url[=\]]|\[link[=\]]|<a\s[^>]{0,200}href", re.IGNORECASE)
_SCRIPT = re.compile(
    r"<\s*(?:script|iframe|object|embed|svg)\b|javascript:|\bon(?:error|load|click)\s*=", re.IGNORECASE
)


def reachable(facts: Facts) -> bool:
    """Whether there is any way to answer: an email address, a telephone, or a street with a town."""
    address = facts.address
    return bool(facts.email or facts.phone or (address and address.lines and (address.city or address.postcode)))


def spam(submission: Submission) -> str | None:
    """Why this is spam, or None. Only what no honest sender does counts."""
    if submission.trap:
        return "the field that no person sees was filled"
    message = submission.message or ""
    if _LINK_MARKUP.search(message):
        return "the message is made of link markup"
    if len(_LINK.findall(message)) > MOST_LINKS:
        return f"the message holds more than {MOST_LINKS} links"
    if any(_LINK.search(text) for text in _names(submission)):
        return "a link stands where a name belongs"
    return None


def hostile(submission: Submission) -> str | None:
    """Why this is an attack, or None: scripts where a name, a company or a town belongs."""
    for name, value in submission.person.items():
        # Hardly any value has one of the marks that all of these need.
        if ("<" in value or ":" in value or "=" in value) and _SCRIPT.search(value):
            return f"script in the field {name}"
    return None


def _names(submission: Submission) -> Iterable[str]:
    return (submission.person.get(name, "") for name in ("full_name", "given_name", "family_name", "city"))
