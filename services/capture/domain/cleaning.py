"""What people put into a form only to get past it, and text as it may be stored (`shared.cleaning`)."""

import unicodedata
from functools import lru_cache

from shared.cleaning import LINE, MESSAGE, block, line, storable

__all__ = ["ANSWER", "LINE", "MESSAGE", "block", "folded", "line", "said", "storable"]

#: Longest answer; characters.
ANSWER = 2_000
# Not "null" and not "na": both are names of people.
_PLACEHOLDERS = {"", "-", "--", ".", "n/a", "n.a.", "none", "unknown", "undefined", "k.a."}
_LONGEST_PLACEHOLDER = max(map(len, _PLACEHOLDERS))


def said(value: str | None) -> str | None:
    """The value, or None where a form was filled only to get past it: empty, "-", "n/a", "none"."""
    plain = value.strip() if value else ""
    return None if len(plain) <= _LONGEST_PLACEHOLDER and plain.casefold() in _PLACEHOLDERS else value


def folded(value: str) -> str:
    """Letters and digits alone, without case and accents: equal for two spellings of one word."""
    return _folded_word(value) if len(value) <= _WORD else _folded(value)


#: The same short words come again and again; longer texts hardly ever.
_WORD = 60


def _folded(value: str) -> str:
    if value.isascii():
        return value.lower() if value.isalnum() else "".join(filter(str.isalnum, value.lower()))
    plain = unicodedata.normalize("NFKD", value.casefold().replace("ß", "ss"))
    return "".join(filter(str.isalnum, plain))


_folded_word = lru_cache(maxsize=20_000)(_folded)
