"""Reads the company's YAML: every error names file, entry and field."""

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from shared.company_file import CompanyError


def read(path: Path) -> str:
    """The text of a file. Raises CompanyError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CompanyError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CompanyError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from error


def top_of(file: str, text: str) -> Mapping[str, Any]:
    """The names and values of a YAML document. Raises CompanyError."""
    try:
        return mapping(file, "the top level", yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise CompanyError(f"{file}: {error}") from error


def entries(file: str, top: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The entries of one section."""
    return mapping(file, name, top.get(name))


def mapping(file: str, where: str, value: Any) -> Mapping[str, Any]:
    """`value` as names and values; none when it is empty. Raises CompanyError."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CompanyError(f"{file}: {where}: names with values are required, not {type(value).__name__}")
    return {str(name): entry for name, entry in value.items()}


def only(file: str, where: str, fields: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Refuses fields that nobody reads: most of them are misspelt."""
    for name in fields:
        if name not in allowed:
            raise CompanyError(f"{file}: {where}: there is no field {name!r}{near(name, allowed)}")


def one_of(file: str, where: str, value: Any, allowed: Collection[str]) -> None:
    """Refuses a value that is not allowed. Raises CompanyError."""
    if value not in allowed:
        raise CompanyError(f"{file}: {where}: {value!r} is not known{near(str(value), allowed)}")


def near(name: str, allowed: Collection[str]) -> str:
    """What may have been meant."""
    close = difflib.get_close_matches(name, list(allowed), n=1)
    return f", did you mean {close[0]!r}?" if close else f"; known are {', '.join(sorted(allowed))}"


def text_of(file: str, where: str, fields: Mapping[str, Any], name: str) -> str:
    """A text that must be there. Raises CompanyError."""
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CompanyError(f"{file}: {where}.{name}: a text is required")
    return value


def words(file: str, where: str, value: Any) -> tuple[str, ...]:
    """A list of words. Raises CompanyError."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise CompanyError(f"{file}: {where}: a list is required")
    return tuple(str(word) for word in value)


def number(file: str, name: str, fields: Mapping[str, Any], default: float, where: str = "") -> float:
    """A number that is not below 0. Raises CompanyError."""
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise CompanyError(f"{file}: {f'{where}.' if where else ''}{name}: {value!r} is not a positive number")
    return value
