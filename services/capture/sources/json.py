"""Plain JSON of partners, our own API and plug-ins: one object or several, nested, or lists of name and value."""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from shared.contracts.intake import Intake
from shared.mail.encoding import declared_charset, decoded

#: No form is nested deeper; what is, was made to hurt.
DEEPEST = 32
#: Inquiries in one document.
MOST = 5_000


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The inquiries in a JSON document. Raises Unreadable."""
    found = documents(parse(body, intake.content_type))
    several = len(found) > 1
    return [
        submission(pairs(document), source, row=number if several else 0, beside=intake.query)
        for number, document in enumerate(found, 1)
    ]


def parse(body: bytes, content_type: str = "") -> Any:
    """The JSON value of `body`, read leniently: other encodings, NaN as nothing, lone surrogates. Raises Unreadable."""
    if not body.strip(b" \t\r\n\0"):
        raise Unreadable("empty", "the body is empty")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        text = decoded(body, declared_charset(content_type))
        # Numbers stay text: Python refuses to count beyond 4,300 digits.
        return _loads(text)
    except RecursionError:
        raise Unreadable("hostile", "nested so deeply that no reader can follow") from None
    except ValueError as error:
        by_line = _lines(text)
        if by_line is None:
            raise Unreadable("unreadable", f"not JSON: {error}") from error
        return by_line


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=lambda _: None, parse_int=str, strict=False)


def _lines(text: str) -> list[Any] | None:
    """The objects of a document with one in each line; None when it is something else."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
        return None
    try:
        return [_loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None


def pairs(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of an object, nested names joined by dots. Raises Unreadable when nested too deeply."""
    for name, value in document.items():
        yield from _walk(str(name), value, 1)


def documents(parsed: Any) -> list[dict[str, Any]]:
    """The inquiries in a parsed document, one object each. Raises Unreadable."""
    if isinstance(parsed, dict):
        # {"leads": [{…}, {…}]}: an envelope with nothing in it but the list.
        inner = next(iter(parsed.values())) if len(parsed) == 1 else None
        if not (isinstance(inner, list) and inner and all(isinstance(item, dict) for item in inner)):
            return [parsed]
        if _named_values(inner):
            return [parsed]
        parsed = inner
    if not isinstance(parsed, list) or not parsed or not all(isinstance(item, dict) for item in parsed):
        raise Unreadable("unreadable", "a JSON object, or a list of objects, is required")
    if len(parsed) > MOST:
        raise Unreadable("too_many", f"{len(parsed)} inquiries in one document; {MOST} are read at most")
    return parsed


def _walk(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        raise Unreadable("hostile", f"nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        if _described(value):
            yield from _walk(name, value["value"], depth + 1)
            return
        for inner, item in value.items():
            yield from _walk(f"{name}.{inner}", item, depth + 1)
    elif isinstance(value, list):
        yield from _listed(name, value, depth)
    elif value is not None:
        yield name, _text(value)


def _listed(name: str, items: list[Any], depth: int) -> Iterator[tuple[str, str]]:
    if _named_values(items):
        for item in items:
            value = item.get("value", item.get("values", item.get("answer")))
            yield from _walk(str(item.get("name") or item.get("question") or item.get("label")), value, depth + 1)
        return
    plain = [_text(item) for item in items if item is not None and not isinstance(item, (dict, list))]
    if plain:
        yield name, ", ".join(plain)
    for number, item in enumerate(items):
        if isinstance(item, (dict, list)):
            yield from _walk(f"{name}.{number}", item, depth + 1)


def _named_values(items: list[Any]) -> bool:
    """Whether a list is a form in itself: [{"name": "email", "value": "…"}, …]."""
    return bool(items) and all(
        isinstance(item, dict)
        and (item.get("name") or item.get("question") or item.get("label"))
        and any(key in item for key in ("value", "values", "answer"))
        for item in items
    )


def _described(value: dict[str, Any]) -> bool:
    """Whether an object only describes one field: {"type": "email", "title": "Your email", "value": "…"}."""
    return "value" in value and value.keys() <= _DESCRIPTION


_DESCRIPTION = {"id", "type", "title", "label", "name", "value", "raw_value", "required"}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
