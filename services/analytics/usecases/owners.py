"""How owners keep their leads up to date, month by month."""

from datetime import datetime
from decimal import Decimal

from services.analytics import store
from services.analytics.company import Goals
from services.analytics.domain import duties
from shared.contracts.calls import GoalProgress, OwnerRecord, OwnersReply, OwnersRequest
from shared.contracts.errors import ContractViolation
from shared.database.unit_of_work import Transaction
from shared.months import month_of, span_of


def month(tx: Transaction, request: OwnersRequest, goals: Goals) -> OwnersReply:
    """How owners kept their leads up to date in a month. Raises ContractViolation when that is no month."""
    wanted = request.month or month_of(tx.now)
    since, until = _bounds(wanted)
    found = duties.records(store.duties(tx.session, since, until))
    return OwnersReply(month=wanted, currency=goals.currency, owners=[_owner(record, goals) for record in found])


def _bounds(text: str) -> tuple[datetime, datetime]:
    try:
        return span_of(text)
    except ValueError:
        raise ContractViolation("OwnersRequest", {"month": ["Write the month like 2026-11."]}) from None


def _owner(record: duties.Record, goals: Goals) -> OwnerRecord:
    came = [duties.progress(record, goal) for goal in goals.goals]
    in_time, complete = record.share_in_time(), record.share_complete()
    return OwnerRecord(
        owner_id=record.owner_id,
        name=record.name,
        duties=record.duties,
        in_time=record.in_time,
        late=record.late,
        missed=record.missed,
        share_in_time=None if in_time is None else float(in_time),
        answers=record.answers,
        share_complete=None if complete is None else float(complete),
        did=dict(record.did),
        goals=[_goal(one) for one in came],
        earned=sum((one.goal.reward for one in came if one.met and one.goal.reward), Decimal(0)),
    )


def _goal(came: duties.Progress) -> GoalProgress:
    goal = came.goal
    return GoalProgress(
        goal=goal.goal,
        because=goal.because,
        measure=goal.measure,
        at_least=goal.at_least,
        reached=came.reached,
        met=came.met,
        reward=goal.reward,
    )
