"""Rows written by COPY are the rows that the ORM would have written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import DateTime, Engine, Numeric, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from deploy.stack import Database
from shared.database import bulk
from shared.database import engine as engines

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MANY = bulk.FEW + 5


class Base(DeclarativeBase):
    type_annotation_map = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        Decimal: Numeric,
    }


class Row(Base):
    __tablename__ = "kept row"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    at: Mapped[datetime | None]
    number: Mapped[int] = mapped_column("of things", default=7)
    money: Mapped[Decimal | None]
    flag: Mapped[bool | None]
    body: Mapped[bytes | None]
    document: Mapped[dict[str, Any] | None]
    nothing: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    words: Mapped[list[str]] = mapped_column(default=list)


def rows(first: int = 1, count: int = MANY) -> list[Row]:
    """Rows of every kind of value; some say nothing, some say None."""
    made = []
    for number in range(first, first + count):
        row = Row(id=UUID(int=number))
        if number % 3:
            row.text, row.at, row.money = "tab\t, \\N, line\n, Ödegård \\", NOON, Decimal("12.50")
            row.flag, row.body, row.number = number % 2 == 0, bytes(range(256)), number
            row.document, row.words = {"a": [1, None, "ü\\n\t"], "b": {"c": 1.5}}, ["x,y", 'q"', "", "\\"]
        if number % 4 == 0:
            row.text = row.document = row.nothing = None
        made.append(row)
    return made


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    database.ensure_role("capture")
    made = engines.create(database.create("leadbus_bulk", "capture"))
    Base.metadata.create_all(made)
    yield made
    made.dispose()
    database.drop("leadbus_bulk")


def stored(engine: Engine) -> list[tuple[Any, ...]]:
    table = Row.__table__
    with engine.connect() as connection:
        absent = (table.c.document.is_(None), table.c.nothing.is_(None))  # SQL's NULL, not JSON's
        return [tuple(row) for row in connection.execute(select(table, *absent).order_by(table.c.id))]


def test_many_rows_are_what_the_orm_would_have_written(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add_all(rows())
    by_orm = stored(engine)
    with Session(engine) as session, session.begin():
        session.execute(Row.__table__.delete())
        session.add_all(rows())
        bulk.write_new(session)
        left_to_the_orm = len(session.new)

    assert left_to_the_orm == 0
    assert stored(engine) == by_orm
    assert len(by_orm) == MANY


def test_few_rows_are_left_to_the_orm(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add_all(rows(count=bulk.FEW - 1))
        bulk.write_new(session)
        left_to_the_orm = len(session.new)

    assert left_to_the_orm == bulk.FEW - 1
    assert len(stored(engine)) == bulk.FEW - 1


def test_a_row_that_is_there_already_fails_all_as_it_would_by_the_orm(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add_all(rows(count=1))
    with Session(engine) as session:
        session.add_all(rows())
        with pytest.raises(IntegrityError):
            bulk.write_new(session)
        session.rollback()

    assert len(stored(engine)) == 1
