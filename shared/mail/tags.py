"""Tags and text of markup that nobody checked: HTML of mails, ADF that is no XML.

The standard library's parser takes minutes for a megabyte of `<!--`. This one looks at every character once, expands no
entity of a document's own, and fails at nothing.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

#: Characters of a tag; a longer one is text.
_LONGEST_TAG = 4_000

_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<[!?][^<>]*>?", re.DOTALL)
_SILENT = re.compile(r"<(script|style|head|title)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_PIECE = re.compile(
    rf"<(?P<end>/?)\s*(?P<name>[A-Za-z][\w:.-]{{0,60}})(?P<rest>[^<>]{{0,{_LONGEST_TAG}}})>|(?P<text>[^<]+|<)"
)
_ATTRIBUTE = re.compile(r"""([\w:.-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")


@dataclass(frozen=True)
class Piece:
    """A tag, or the text between two."""

    kind: Literal["start", "end", "text"]
    #: Lower case, without prefix.
    name: str = ""
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    #: Whether a start is an end, too.
    closed: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of `text` in order; comments and declarations are left out."""
    for found in _PIECE.finditer(_UNSEEN.sub("", text)):
        if found["name"] is None:
            yield Piece("text", text=unescaped(found["text"]))
            continue
        name, rest = found["name"].rpartition(":")[2].lower(), found["rest"]
        if found["end"]:
            yield Piece("end", name)
        else:
            yield Piece("start", name, attributes=_attributes(rest), closed=rest.rstrip().endswith("/"))


def without_scripts(text: str) -> str:
    """HTML without what a page does not show."""
    return _SILENT.sub("", text)


def unescaped(text: str) -> str:
    """`text` with HTML's own entities as characters."""
    if "&" not in text:
        return text
    try:
        return html.unescape(text)
    except ValueError:
        # A character's number of thousands of digits.
        return text


def _attributes(rest: str) -> dict[str, str]:
    if "=" not in rest:
        return {}
    found = _ATTRIBUTE.findall(rest)
    return {name.lower(): unescaped(double or single or bare.rstrip("/")) for name, double, single, bare in found}
