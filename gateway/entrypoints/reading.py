"""Reading the company's file of doors: every error names file, entry and field."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gateway.returns import ReturnPattern
from shared.company_file import CompanyError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?")
#: In a list of origins: a script of any page may post. It sends no cookies, and there are none.
ANY_ORIGIN = "*"


def section(entry: Any, place: str, known: Collection[str]) -> dict[str, Any]:
    """The entry as fields, all of them known."""
    if not isinstance(entry, dict):
        raise CompanyError(f"{place}: names and values are required")
    for name in entry:
        if name not in known:
            raise CompanyError(f"{place}: unknown field `{name}`; there are {', '.join(sorted(known))}")
    return entry


def entries(top: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    """The named entries of a part of the file; none when it is missing."""
    found = top.get(name) or {}
    if not isinstance(found, dict):
        raise CompanyError(f"{place}: `{name}` must have names and entries")
    return {str(key): entry for key, entry in found.items()}


def text(fields: Mapping[str, Any], name: str, place: str) -> str:
    """A text that must be there."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise CompanyError(f"{place}: `{name}` must be a text")
    return value


def one_of(value: Any, allowed: Iterable[Any], name: str, place: str) -> Any:
    """One of the allowed words."""
    if value not in (allowed := tuple(allowed)):
        words = ", ".join(str(word).lower() if isinstance(word, bool) else word for word in allowed)
        raise CompanyError(f"{place}: `{name}` must be one of {words}, not {value!r}")
    return value


def check_name(name: Any, place: str) -> None:
    """Raises when `name` is none for an address."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CompanyError(f"{place}: a name in an address has small letters, digits and hyphens")


def sha256(fields: Mapping[str, Any], name: str, place: str) -> str:
    """A SHA-256 in hex."""
    value = text(fields, name, place).lower()
    if not _SHA256.fullmatch(value):
        raise CompanyError(f"{place}: `{name}` must be the SHA-256 of the key, in 64 hex digits")
    return value


def returns(fields: Mapping[str, Any], place: str) -> tuple[ReturnPattern, ...]:
    """Where visitors may be sent afterwards."""
    try:
        return tuple(ReturnPattern.parse(str(pattern)) for pattern in fields.get("returns") or ())
    except ValueError as error:
        raise CompanyError(f"{place}: `returns`: {error}") from None


def origins(fields: Mapping[str, Any], place: str) -> frozenset[str]:
    """Origins of pages whose scripts may post."""
    found = fields.get("origins") or ()
    if not isinstance(found, list | tuple):
        raise CompanyError(f"{place}: `origins` must be a list")
    for origin in found:
        if origin != ANY_ORIGIN and not (isinstance(origin, str) and _ORIGIN.fullmatch(origin)):
            raise CompanyError(f"{place}: `origins`: {origin!r} is no origin such as https://www.example.com")
    return frozenset(found)
