"""Where a form may send its visitor afterwards.

Anything not listed is not followed: an open redirect helps only phishers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

#: Names under which forms carry the address: Salesforce's, and that of most form services.
FIELDS = ("retURL", "_next")
#: Browsers read these otherwise than parsers do.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")
_CLIMBS = re.compile(r"/(\.|%2e){2}(/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class ReturnPattern:
    """One address, or, when it ends in `/*`, every address under it. Only the query is free."""

    scheme: str
    authority: str
    path: str
    below: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """The pattern that a company wrote. Raises ValueError."""
        below = text.endswith("/*")
        parts = _split(text.removesuffix("*"))
        if parts is None:
            raise ValueError(f"{text!r} is not an address that begins with https:// (or http://) and a host")
        return cls(parts.scheme, parts.netloc.lower(), parts.path or "/", below)

    @property
    def origin(self) -> str:
        """Scheme and host."""
        return f"{self.scheme}://{self.authority}"

    def allows(self, parts: SplitResult) -> bool:
        """Whether the address may be followed."""
        if (parts.scheme, parts.netloc.lower()) != (self.scheme, self.authority):
            return False
        path = parts.path or "/"
        return path == self.path or (self.below and path.startswith(self.path) and not _CLIMBS.search(path))


def allowed_return(wanted: str | None, patterns: Iterable[ReturnPattern]) -> str | None:
    """`wanted` when one of the patterns allows it."""
    parts = _split(wanted) if wanted else None
    if parts is None:
        return None
    return wanted if any(pattern.allows(parts) for pattern in patterns) else None


def is_address(text: str) -> bool:
    """Whether this is a whole web address that browsers and parsers read alike."""
    return _split(text) is not None


def _split(text: str) -> SplitResult | None:
    if _AMBIGUOUS.search(text) or len(text) > 2000 or not text.isascii():
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts
