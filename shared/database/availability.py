"""Tells a database that is away from a statement that is wrong."""

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError

#: SQLSTATE classes: connection trouble, out of resources, shutdown by an operator.
_AWAY_CLASSES = ("08", "53", "57P")


def database_is_away(error: BaseException) -> bool:
    """Whether `error` says that the database cannot be reached or is going down: waiting will help, blame will not."""
    if isinstance(error, TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error.orig, psycopg.OperationalError)
    return str(state).startswith(_AWAY_CLASSES)
