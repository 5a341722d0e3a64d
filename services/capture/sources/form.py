"""Web forms: urlencoded or multipart, in whatever encoding the page had."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from urllib.parse import unquote_to_bytes

from services.capture.domain.cleaning import line
from services.capture.domain.mapping import MOST_FIELDS, submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from shared.contracts.intake import Intake
from shared.mail.encoding import declared_charset, decoded


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a form post. Raises Unreadable."""
    return [with_browser(submission(pairs(body, intake.content_type), source, beside=intake.query), intake)]


def pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields of a form post: names with dots between levels, and values. Raises Unreadable."""
    if "multipart/" in content_type.lower():
        found = list(_multipart(body, content_type))
    else:
        found = list(_urlencoded(body, declared_charset(content_type)))
    if not found:
        raise Unreadable("empty", "the form has no fields")
    return [(_plain(name), value) for name, value in found]


def _plain(name: str) -> str:
    """`fields[email][value]` of page builders is the field `fields[email]`, and `wishes[]` of PHP is `wishes`."""
    return name.removesuffix("[]").removesuffix("[value]")


def with_browser(said: Submission, intake: Intake) -> Submission:
    """What the visitor's browser says of them, where the form does not."""
    page, language = (intake.headers.get(name) for name in ("referer", "accept-language"))
    return replace(
        said,
        attribution={"referrer": line(page), **said.attribution} if page else said.attribution,
        person={"language": line(language), **said.person} if language else said.person,
    )


def _urlencoded(body: bytes, charset: str | None) -> Iterator[tuple[str, str]]:
    fields = [part.partition(b"=") for part in re.split(b"[&\r\n]", body, maxsplit=MOST_FIELDS) if part]
    plain = [(_unquoted(name), _unquoted(value)) for name, _, value in fields[:MOST_FIELDS]]
    declared = next((value.decode("ascii", "replace") for name, value in plain if name == b"_charset_"), charset)
    # One encoding for the whole form: a field by itself may be valid UTF-8 by accident.
    together = decoded(b"\0".join(value for pair in plain for value in pair), declared).split("\0")
    if len(together) == 2 * len(plain):
        return iter(zip(together[0::2], together[1::2], strict=True))
    return iter([(decoded(name, declared), decoded(value, declared)) for name, value in plain])


def _unquoted(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _multipart(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    head = re.sub(r"[\r\n]+", " ", content_type).encode("latin-1", "replace")
    message = BytesParser(policy=compat32).parsebytes(b"Content-Type: " + head + b"\r\n\r\n" + body)
    parts = message.get_payload()
    if not message.is_multipart() or not isinstance(parts, list):
        raise Unreadable("unreadable", "multipart without parts: the boundary is missing or does not occur")
    for part in parts[:MOST_FIELDS]:
        if isinstance(part, Message):
            yield from _part(part)


def _part(part: Message) -> Iterator[tuple[str, str]]:
    name = _parameter(part, "name")
    if not name:
        return
    content = part.get_payload(decode=True)
    value = content if isinstance(content, bytes) else b""
    filename = _parameter(part, "filename")
    if filename is not None:
        # What was attached stays in the raw inquiry; the record tells that it is there.
        if filename:
            yield name, f"file {filename} ({len(value)} bytes)"
        return
    yield name, decoded(value.removesuffix(b"\r\n"), declared_charset(str(part.get("content-type", ""))))


def _parameter(part: Message, name: str) -> str | None:
    value = part.get_param(name, header="content-disposition")
    if isinstance(value, tuple):
        charset, _, text = value
        return decoded(text.encode("latin-1", "replace"), charset)
    # The parser keeps bytes above ASCII as surrogates.
    return None if value is None else decoded(str(value).encode("utf-8", "surrogateescape"))
