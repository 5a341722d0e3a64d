"""The tables: what the migration made is what the models say; a batch costs a handful of queries."""

from typing import Any

from sqlalchemy import event

from services.capture.models import Base
from shared.database.migrations import drift
from shared.database.plumbing import PLUMBING
from tests.integration.capture.desk import FrontDesk, form

MOST_QUERIES = 25


def test_the_migration_makes_what_the_models_say(desk: FrontDesk) -> None:
    assert drift(desk.engine, [Base.metadata, PLUMBING]) == []


def test_a_batch_of_a_hundred_costs_a_handful_of_queries(desk: FrontDesk) -> None:
    statements: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    desk.receive(*(form({"your-email": f"q{n}@farm.example", "zip": "50010"}) for n in range(50)))
    event.listen(desk.engine, "before_cursor_execute", note)
    desk.receive(*(form({"your-email": f"q{n}@farm.example", "your-name": "Ann Lee"}) for n in range(100)))

    assert len(statements) <= MOST_QUERIES, "\n".join(line[:110] for line in statements)
