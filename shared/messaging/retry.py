"""The next try of messages that failed before."""

from collections.abc import Mapping
from uuid import UUID

from greenlet import GreenletExit

from shared.database.availability import database_is_away
from shared.database.unit_of_work import UnitOfWork
from shared.messaging import failures
from shared.messaging.failures import RetryPolicy
from shared.messaging.inbox import Hearing, handle_once
from shared.messaging.reader import Received


def retry_waiting(hearings: Mapping[str, Hearing], uow: UnitOfWork, policy: RetryPolicy, limit: int = 50) -> int:
    """Tries messages whose time has come, each in a transaction of its own. Returns how many were tried.

    Raises only when the database is away or the process is stopping.
    """
    tried = 0
    while tried < limit and _retry_one(hearings, uow, policy):
        tried += 1
    return tried


def _retry_one(hearings: Mapping[str, Hearing], uow: UnitOfWork, policy: RetryPolicy) -> bool:
    taken: list[Received] = []
    try:
        uow.apart(lambda: _attempt(hearings, uow, taken))
    except GreenletExit:
        raise
    except BaseException as error:
        if not taken or database_is_away(error):
            raise
        failures.record(uow, taken[0], UUID(taken[0].message_id), "retried", error, policy)
    return bool(taken)


def _attempt(hearings: Mapping[str, Hearing], uow: UnitOfWork, taken: list[Received]) -> None:
    with uow.begin() as tx:
        taken += failures.take_waiting(tx.session, tx.now, 1)
        for message in taken:
            hearing = hearings[message.queue]
            handle_once(hearing, tx, [hearing.read(message)])
            failures.forget(tx.session, UUID(message.message_id))
