"""`leadbus parked` and `leadbus replay`: what failed for good, and another chance for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from deploy import ROOMS
from deploy.cli.terminal import AsJson, InstanceName, console, instance_folder, print_json
from deploy.rooms import url_of
from deploy.stack import Stack, StackError
from shared.clock import OffsetClock

if TYPE_CHECKING:
    from sqlalchemy import Engine

# SQLAlchemy takes longer to import than most commands run: only those that read a database wait for it.

RoomName = Annotated[str, typer.Argument(help="One room; all of them when left out.")]


def parked(room: RoomName = "", json: AsJson = False, instance: InstanceName = "local") -> None:
    """Show what failed for good: messages and due work that are parked, and acts of which nobody knows the outcome.

    Parked messages and work wait for [bold]leadbus replay[/]. An act of unknown outcome (an email whose server went
    away at the last moment) is never repeated by itself: look at the far side, then decide.
    """
    found = [entry for name in _chosen(room) for entry in entries(name, instance)]
    if json:
        print_json(found)
        return
    if not found:
        console.print("Nothing is parked, and every act has a known outcome.")
        return
    table = Table("room", "what", "id or key", "type", "tries", "error", show_lines=False)
    for entry in found:
        table.add_row(*(str(entry[column]) for column in ("room", "what", "id", "type", "attempts", "error")))
    console.print(table)
    console.print("Once the cause is mended: leadbus replay [ROOM] [--id ID]", markup=False)


def replay(
    room: RoomName = "",
    id: Annotated[list[str] | None, typer.Option(help="Only this message or work; may be repeated.")] = None,
    instance: InstanceName = "local",
) -> None:
    """Have parked messages and due work tried again from the start. Each is still handled once: ids do not change."""
    from sqlalchemy.orm import Session

    from shared.messaging import failures
    from shared.work import due

    total = 0
    for name in _chosen(room):
        with _database(name, instance) as engine, Session(engine) as session:
            now = OffsetClock(Stack(instance_folder(instance)).clock_file).now()
            messages = None if id is None else [UUID(one) for one in id if _is_uuid(one)]
            total += failures.replay(session, now, messages) + due.replay(session, now, id)
            session.commit()
    console.print(f"{total} to be tried again within a second." if total else "Nothing was parked.")


def entries(room: str, instance: str) -> Iterator[dict[str, Any]]:
    """What is parked in `room`, and its acts of unknown outcome."""
    from sqlalchemy import select

    from shared.database.plumbing import DUE, EFFECT, FAILED_MESSAGE

    with _database(room, instance) as engine, engine.connect() as connection:
        for row in connection.execute(select(FAILED_MESSAGE).where(FAILED_MESSAGE.c.state == "parked")):
            yield _entry(room, "message", row.id, row.type, row.attempts, row.error)
        for row in connection.execute(select(DUE).where(DUE.c.state == "parked")):
            yield _entry(room, "due work", row.key, row.kind, row.attempts, row.error)
        for row in connection.execute(select(EFFECT).where(EFFECT.c.state == "unknown")):
            yield _entry(room, "unknown outcome", row.key, row.kind, row.attempts, row.detail)


def _entry(room: str, what: str, identity: object, kind: str, attempts: int, error: str | None) -> dict[str, Any]:
    return {"room": room, "what": what, "id": str(identity), "type": kind, "attempts": attempts, "error": error or ""}


def _chosen(room: str) -> tuple[str, ...]:
    if room and room not in ROOMS:
        raise StackError(f"there is no room {room!r}; there are {', '.join(ROOMS)}")
    return (room,) if room else ROOMS


@contextmanager
def _database(room: str, instance: str) -> "Iterator[Engine]":
    """The room's database: of the private instance where it exists, else the one that the environment names."""
    from shared.database import engine as engines

    stack = Stack(instance_folder(instance))
    engine = engines.create(stack.database_url(room) if stack.running else url_of(room), pool_size=1)
    try:
        yield engine
    finally:
        engine.dispose()


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
