"""Connections to a room's database."""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

#: Nothing may wait for ever: a lock, a statement, or a transaction that its handler forgot. Milliseconds.
TIMEOUTS = {
    "lock_timeout": 10_000,
    "statement_timeout": 60_000,
    "idle_in_transaction_session_timeout": 60_000,
}

#: A connection that was used so lately is not asked whether it still lives: that would be a round trip for each
#: transaction of a busy room, and whoever uses it must cope with its end anyway.
SURELY_ALIVE_SECONDS = 1.0


def create(url: str, *, pool_size: int = 10, application: str = "leadbus") -> Engine:
    """An engine with time-outs, and with a connection check that survives a database restart.

    It keeps up to twice `pool_size` connections: to open one costs room and server more than a transaction.
    """
    options = " ".join(f"-c {name}={value}" for name, value in TIMEOUTS.items())
    engine = create_engine(
        url,
        pool_size=2 * pool_size,
        max_overflow=0,
        pool_use_lifo=True,
        pool_recycle=1800,
        connect_args={"application_name": application, "options": options, "connect_timeout": 10},
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", lambda connection, record, _: _check(engine, connection, record))
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _check(engine: Engine, connection: Any, record: Any) -> None:
    if time.monotonic() - record.info.get("used_at", float("inf")) > SURELY_ALIVE_SECONDS:
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write when told to, and keep what they loaded after the commit."""
    return sessionmaker(engine, autoflush=False, expire_on_commit=False)
