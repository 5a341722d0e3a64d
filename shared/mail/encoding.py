"""Bytes of unknown origin to text: what was declared, what the bytes themselves say, and at last Windows."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(body: bytes, declared: str | None = None) -> str:
    """The text of `body`; never fails.

    A byte order mark wins, then UTF-8 when the bytes are valid UTF-8 (hardly anything else is by accident), then what
    was `declared`, then Windows-1252, which is what forms and spreadsheets of the west send without saying so.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    if _looks_like_utf16(body):
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", errors="replace")
    for encoding in ("utf-8", *_known(declared), "windows-1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, ValueError):
            continue
    return body.decode("latin-1")


def declared_charset(content_type: str) -> str | None:
    """The charset parameter of a content type."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _known(name: str | None) -> list[str]:
    try:
        # Codecs such as base64 or zip are no charsets, and the last one is a bomb.
        return [name] if name and codecs.lookup(name)._is_text_encoding else []
    except (LookupError, ValueError):
        return []


def _looks_like_utf16(body: bytes) -> bool:
    """Latin text in UTF-16 without a mark has a NUL in nearly every second place."""
    head = body[:400]
    if len(head) < 8 or len(body) % 2:
        return False
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) * 0.4 and min(even, odd) == 0
