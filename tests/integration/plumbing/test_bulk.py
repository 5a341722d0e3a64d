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
from shared.database.arrays import one_of
from shared.database.unit_of_work import Cause, Transaction

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


# --- rows that nothing watches ---------------------------------------------------------------------------------------


def begun(session: Session) -> Transaction:
    return Transaction(session, NOON, Cause(UUID(int=1), UUID(int=1)))


def test_unwatched_rows_are_what_the_orm_would_have_written(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add_all(rows())
    by_orm = stored(engine)
    with Session(engine) as session, session.begin():
        session.execute(Row.__table__.delete())
        tx = begun(session)
        for row in rows():
            said = {name: value for name, value in vars(row).items() if not name.startswith("_")}
            tx.new(Row, **said)
        tx.write()

    # Only that None is no value here, and never JSON's null.
    assert [row[:-2] for row in stored(engine)] == [row[:-2] for row in by_orm]
    assert len(by_orm) == MANY


def test_an_unwatched_row_is_found_and_may_be_changed_until_it_is_written(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        tx = begun(session)
        row = tx.new(Row, id=UUID(int=1))
        found_before = tx.get(Row, UUID(int=1))
        row.text = "said later"
        unset = (row.number, row.money, row.words, tx.is_new(row))
        tx.write()
        read_again = tx.get(Row, UUID(int=1))
        with pytest.raises(AttributeError, match="written already"):
            row.text = "too late"
        assert read_again is not None
        read_again.text = "once more"
        session.flush()

    assert found_before is row
    assert unset == (7, None, None, True)
    assert read_again is not row
    assert not tx.is_new(read_again)
    assert [row[1] for row in stored(engine)] == ["once more"]
    assert [row[-3] for row in stored(engine)] == [[]]


def test_rows_are_found_by_keys_of_every_kind(engine: Engine) -> None:
    strange = ["plain", 'a "quote"', "back\\slash", "{brace}, comma", "Ödegård", "NULL", ""]
    with Session(engine) as session, session.begin():
        session.add_all(Row(id=UUID(int=number), text=text, number=number) for number, text in enumerate(strange, 1))
    with Session(engine) as session:
        by_text = session.scalars(select(Row.id).where(one_of(Row.text, strange))).all()
        by_id = session.scalars(select(Row.id).where(one_of(Row.id, [UUID(int=2), UUID(int=99)]))).all()
        by_number = session.scalars(select(Row.number).where(one_of(Row.number, [3, 4]))).all()
        by_nothing = session.scalars(select(Row.id).where(one_of(Row.id, []))).all()

    assert len(by_text) == len(strange)
    assert (by_id, sorted(by_number), by_nothing) == ([UUID(int=2)], [3, 4], [])
