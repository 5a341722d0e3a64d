"""Many values in one parameter: a statement is the same however many there are, and is compiled once.

The driver walks a list value by value to find its type and to quote it, which costs more than the look-up of each; ids,
numbers and keys are written here as PostgreSQL writes an array.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.types import UserDefinedType


def literal_of(values: Iterable[UUID | int | str]) -> str:
    """`values` as the text of an array."""
    return f"{{{','.join(map(_element, values))}}}"


class _Written(UserDefinedType[str]):
    """An array that is text already. It goes out untyped, so that PostgreSQL takes it for what it is compared with.

    A cast would do as well, were it not planned as if nothing were known of the array, and made anew for each row.
    """

    cache_ok = True


def one_of(column: Any, values: Iterable[UUID | int | str]) -> ColumnElement[bool]:
    """The condition that the column has one of these values."""
    matches: ColumnElement[bool] = column == any_(bindparam(None, literal_of(values), type_=_Written()))
    return matches


def _element(value: UUID | int | str) -> str:
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"') if "\\" in value or '"' in value else value
        return f'"{quoted}"'
    return value.hex if isinstance(value, UUID) else str(value)
