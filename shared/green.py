"""Makes the process co-operative before anything else is imported.

nameko runs on eventlet. Every room's entry point calls `patch()` as its first statement; the gateway, the command line
and the tests of plain functions never do.
"""

import os
import warnings

#: psycopg's C wait function blocks the whole process under eventlet: one query would freeze every handler, and two
#: greenlets after one row lock would deadlock for ever, unseen by PostgreSQL. This one waits through `select`.
WAIT_FUNCTION = "wait_selector"


class ProcessNotGreen(RuntimeError):
    """The process would freeze on its first query: a library was imported before `green.patch()`."""


def patch() -> None:
    """Patches the standard library for eventlet and psycopg for co-operative waiting. Call it before other imports."""
    os.environ["PSYCOPG_WAIT_FUNC"] = WAIT_FUNCTION
    warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated", category=Warning)
    import eventlet

    eventlet.monkey_patch()


def require() -> None:
    """Raises ProcessNotGreen unless `patch()` came before psycopg was imported."""
    import eventlet.patcher
    from psycopg import waiting

    if not eventlet.patcher.is_monkey_patched("socket"):
        raise ProcessNotGreen("eventlet has not patched the sockets: call shared.green.patch() first")
    if _name(waiting.wait) != WAIT_FUNCTION:
        raise ProcessNotGreen(
            f"psycopg waits with {_name(waiting.wait)}, which blocks every greenlet: "
            "call shared.green.patch() before psycopg is imported"
        )


def _name(function: object) -> str:
    return getattr(function, "__name__", type(function).__name__)
