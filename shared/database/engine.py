"""Connections to a room's database."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

#: Nothing may wait for ever: a lock, a statement, or a transaction that its handler forgot. Milliseconds.
TIMEOUTS = {
    "lock_timeout": 10_000,
    "statement_timeout": 60_000,
    "idle_in_transaction_session_timeout": 60_000,
}


def create(url: str, *, pool_size: int = 10, application: str = "leadbus") -> Engine:
    """An engine with time-outs, and with a connection check that survives a database restart."""
    options = " ".join(f"-c {name}={value}" for name, value in TIMEOUTS.items())
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"application_name": application, "options": options, "connect_timeout": 10},
    )


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write when told to, and keep what they loaded after the commit."""
    return sessionmaker(engine, autoflush=False, expire_on_commit=False)
