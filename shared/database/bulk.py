"""New rows into the database by COPY: a third of what the ORM's own INSERTs cost, row by row, in a batch of hundreds.

Measured with the front desk's tables. Rows that the session holds (`write_new`) are copied where there are at least
`FEW` of one table; rows that nothing watches (`unwatched`, `write`) always. The ORM watches every object that it
loaded or was given, for changes and relations; a new row in a table of new rows needs none of it, and is made and
written in a fifth of the time.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, NoReturn

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Column, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, Session, class_mapper

#: So few rows of one table are as quickly inserted one by one, where the ORM has them already.
FEW = 8

Value = Callable[[dict[str, Any]], Any]


def write_new(session: Session) -> None:
    """Writes the session's new rows where there are many of a table; the session forgets those. Raises DBAPIError."""
    by_class: dict[type, list[Any]] = {}
    for row in session.new:
        by_class.setdefault(type(row), []).append(row)
    for model, rows in by_class.items():
        if len(rows) >= FEW and (values := _values_of(model)):
            for row in rows:
                session.expunge(row)
            _copy_rows(session, model, values, rows)


# --- rows that nothing watches ---------------------------------------------------------------------------------------


class Unwatched(NamedTuple):
    """How rows of one table are made and written without the ORM."""

    #: A class of plain objects with the columns as attributes, None (or the column's plain default) until they are set.
    made: type[Any]
    #: Reads the primary key: a value, or a tuple of several.
    identity_of: Callable[[Any], Any]
    #: The class of rows that are written already: a change would be lost, so it raises AttributeError.
    written: type[Any]


@cache
def unwatched(model: type) -> Unwatched:
    """How rows of `model` are made and written. Raises TypeError for a table that the server fills in."""
    columns = _columns(model)
    if any(_is_the_servers(column) for _, column in columns):
        raise TypeError(f"{model.__name__} has columns that the server fills in")
    plain = {key: _argument(column) if _is_plain(column.default) else None for key, column in columns}
    made = type(f"New{model.__name__}", (), plain)
    keys = [key for key, column in columns if column.primary_key]
    return Unwatched(made, attrgetter(*keys), type(made.__name__, (made,), {"__setattr__": _refuse}))


def _refuse(row: Any, name: str, value: Any) -> NoReturn:
    raise AttributeError(f"{name}: this row is written already; get it from the database to change it")


def write(session: Session, model: type, rows: Collection[Any]) -> None:
    """Writes unwatched rows of one table; None is NULL, in documents too. Raises DBAPIError."""
    columns = _columns(model)
    in_order = rows
    if any(column.primary_key and not isinstance(column.type, Uuid) for _, column in columns):
        # Two transactions may have the same new keys: in one order they wait for each other and no more.
        in_order = sorted(rows, key=unwatched(model).identity_of)
    read = attrgetter(*(key for key, _ in columns))
    documents = [place for place, (_, column) in enumerate(columns) if isinstance(column.type, JSONB)]
    made = [(place, _argument(column)) for place, (_, column) in enumerate(columns) if _is_made(column.default)]

    def values() -> Iterator[list[Any]]:
        for row in in_order:
            found = list(read(row))
            for place, default in made:
                if found[place] is None:
                    found[place] = default(None)
            for place in documents:
                if found[place] is not None:
                    found[place] = _json(found[place])
            yield found

    copy(session, model.__table__, [column.name for _, column in columns], values())  # type: ignore[attr-defined]


def _columns(model: type) -> list[tuple[str, Column[Any]]]:
    """Each column with the name of its attribute."""
    mapper: Mapper[Any] = class_mapper(model)
    return [(mapper.get_property_by_column(each).key, each) for each in model.__table__.columns]  # type: ignore[attr-defined]


def _argument(column: Column[Any]) -> Any:
    return column.default.arg  # type: ignore[union-attr]


def _is_plain(default: Any) -> bool:
    return default is not None and default.is_scalar


def _is_made(default: Any) -> bool:
    return default is not None and not default.is_scalar


# --- copying ---------------------------------------------------------------------------------------------------------


def copy(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes plain tuples of these columns. Raises DBAPIError."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    connection = session.connection()
    raw = connection.connection.cursor()
    try:
        with raw.copy(statement) as stream:
            for row in rows:
                stream.write_row(row)
    except psycopg.Error as error:
        wrapped = DBAPIError.instance(statement.as_string(), None, error, psycopg.Error, dialect=connection.dialect)
        raise wrapped from error
    finally:
        raw.close()


def _copy_rows(session: Session, model: type, values: Sequence[tuple[str, Value]], rows: Sequence[Any]) -> None:
    readers = [value for _, value in values]
    said = (row.__dict__ for row in rows)
    tuples = ([value(row) for value in readers] for row in said)
    copy(session, model.__table__, [name for name, _ in values], tuples)  # type: ignore[attr-defined]


@cache
def _values_of(model: type) -> tuple[tuple[str, Value], ...]:
    """Each column's name and how its value is read from a row; nothing where only the ORM knows how."""
    mapper: Mapper[Any] = class_mapper(model)
    columns: list[Column[Any]] = list(model.__table__.columns)  # type: ignore[attr-defined]
    if len(mapper.tables) != 1 or any(_is_the_servers(column) for column in columns):
        return ()
    return tuple((column.name, _value(mapper.get_property_by_column(column).key, column)) for column in columns)


def _is_the_servers(column: Column[Any]) -> bool:
    return column.server_default is not None or column.identity is not None or column.computed is not None


def _value(key: str, column: Column[Any]) -> Value:
    default = _default(column)
    if not isinstance(column.type, JSONB):
        if column.default is None:
            return lambda row: row.get(key)
        return lambda row: row[key] if key in row else default()
    absent = None if column.type.none_as_null else "null"

    def document(row: dict[str, Any]) -> Any:
        value = row[key] if key in row else default()
        # A document that nobody set is no value; one that was set to None is JSON's null, unless the column says not.
        return (absent if key in row else None) if value is None else _json(value)

    return document


def _json(value: Any) -> Any:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Beyond 64 bits, or keys that are no texts: slower, and as the ORM would have written it.
        return Jsonb(value)


def _default(column: Column[Any]) -> Callable[[], Any]:
    given = column.default
    if given is None:
        return lambda: None
    if given.is_scalar:
        return lambda: given.arg  # type: ignore[attr-defined]
    if given.is_callable:
        return lambda: given.arg(None)  # type: ignore[attr-defined]
    raise TypeError(f"{column}: only plain values and functions can be defaults of a column")
