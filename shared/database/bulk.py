"""New rows into the database by COPY: a third of what the ORM's own INSERTs cost, row by row, in a batch of hundreds.

Measured with the front desk's tables. Rows that the session holds (`write_new`) are copied where there are at least
`FEW` of one table; rows that nothing watches (`unwatched`, `write`) always. The ORM watches every object that it
loaded or was given, for changes and relations; a new row in a table of new rows needs none of it, and is made and
written in a fifth of the time.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NoReturn

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Column, Table
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


@cache
def unwatched(model: type) -> type[Any]:
    """A class of plain objects with the columns of `model`, None until they are set.

    Raises TypeError for a table whose rows only the ORM can write.
    """
    if not _values_of(model):
        raise TypeError(f"{model.__name__} has columns that the server fills in")
    nothing = dict.fromkeys(column.key for column in class_mapper(model).column_attrs)
    return type(f"New{model.__name__}", (), nothing)


@cache
def identity_of(model: type) -> Callable[[Any], Any]:
    """How the primary key is read from a row: a value, or a tuple of several."""
    mapper: Mapper[Any] = class_mapper(model)
    return attrgetter(*(mapper.get_property_by_column(column).key for column in mapper.primary_key))


def write(session: Session, model: type, rows: Collection[Any]) -> None:
    """Writes unwatched rows of one table. Raises DBAPIError."""
    if rows:
        # In the order of their keys: two transactions with the same new keys then wait for each other and no more.
        _copy_rows(session, model, _values_of(model), sorted(rows, key=identity_of(model)))


@cache
def written(made: type) -> type[Any]:
    """The class of unwatched rows that are written already: a change would be lost, so it raises."""

    def refuse(row: Any, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{name}: this row is written already; get it from the database to change it")

    return type(made.__name__, (made,), {"__setattr__": refuse})


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
