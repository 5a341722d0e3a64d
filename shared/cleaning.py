"""Text as it may be stored and shown: what PostgreSQL or a page cannot bear is taken out; the raw bytes keep it."""

import re
import unicodedata

#: Longest value of one line (a name, an email, a city), and of a message; characters.
LINE = 300
MESSAGE = 20_000

# Controls, lone surrogates, and the invisible characters that make two equal names differ.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


def storable(value: str) -> str:
    """`value` without what a text column refuses: controls (NUL first of all) are dropped, surrogates replaced."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", value))


def block(value: str, limit: int = MESSAGE) -> str:
    """Text of several lines, in composed Unicode form, cut at `limit` characters."""
    if len(value) <= limit and _plain(value):
        return value.strip()
    text = storable(value[: limit * 4]).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()[:limit]


def line(value: str, limit: int = LINE) -> str:
    """Text of one line: inner white space becomes single spaces."""
    if len(value) <= limit and _plain(value):
        # Of white space it can hold ordinary spaces only.
        return " ".join(value.split())
    return _SPACES.sub(" ", block(value, limit)).strip()


def _plain(value: str) -> bool:
    """Whether there is nothing to clean: printable means no controls, no invisible marks, no surrogates, no breaks."""
    return value.isprintable() and (value.isascii() or unicodedata.is_normalized("NFC", value))
