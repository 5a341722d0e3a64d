"""Stages: suspect, inquiry, MQL, SAL, SQL, customer. A lead moves forward; back only where a rule says so.

The way is worked out from what happened, in the order in which it happened: at each such moment, and at the moment
that is asked for, the stages' conditions are asked. So it is the same however late something was heard.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.qualify.domain.history import History
from services.qualify.domain.rules import STAGES, Lifecycle, Rules
from shared.conditions import FactType
from shared.contracts.people import Stage

#: What stages may read beside the facts of every lead. `happened` names what the moment is about.
READ: Mapping[str, FactType] = {
    "happened": "text",
    "stage": "text",
    "score": "number",
    "rank": "text",
    "decision": "text",
    "bant_met": "number",
}
#: What `happened` may be; `time`: nothing but time passed.
HAPPENS = (
    "inquiry", "activity", "note", "accepted", "declined", "appointment", "quoted", "won", "lost", "recycled", "time",
)  # fmt: skip
#: Facts, rank and decision at a moment.
Values = Callable[[History, Rules, datetime], dict[str, Any]]


@dataclass(frozen=True)
class Move:
    """The lead came to a stage."""

    stage: Stage
    at: datetime
    because: str


def moves(history: History, rules: Rules, as_of: datetime, values: Values) -> list[Move]:
    """The lead's way through the stages until `as_of`, oldest first."""
    way: list[Move] = []
    read: dict[str, Any] | None = None
    for moment, happened in _happenings(history, rules, as_of):
        if happened == "activity" and not _may_move(read, rules.lifecycle):
            continue
        before = history.until(moment)
        if not before.responses:
            continue
        stage = way[-1].stage if way else STAGES[0]
        read = values(before, rules, moment) | {"happened": happened, "stage": stage}
        move = _moved(stage, rules.lifecycle, read, moment)
        if move is not None:
            way.append(move)
        elif not way:
            way.append(Move(stage, moment, "we know of them"))
    return way


def _may_move(before: Mapping[str, Any] | None, lifecycle: Lifecycle) -> bool:
    """Whether an activity may move the lead at all: there may be hundreds of them, and each costs a judgement.

    It gives points, so where no stage asks for points it can only qualify: a lead that is not, and lacks nothing else.
    """
    if before is None or lifecycle.asks_points:
        return True
    return bool(before["decision"] == "not_ready" and before["bant_met"] >= before["bant_needed"])


def _moved(stage: Stage, lifecycle: Lifecycle, read: Mapping[str, Any], moment: datetime) -> Move | None:
    for place in lifecycle.fallen(read):
        rule = lifecycle.backward[place]
        if stage in rule.from_:
            return Move(rule.to, moment, rule.because)
    reached = [lifecycle.stages[place] for place in lifecycle.reached(read)]
    furthest = max(reached, key=lambda rule: STAGES.index(rule.stage), default=None)
    if furthest is None or STAGES.index(furthest.stage) <= STAGES.index(stage):
        return None
    return Move(furthest.stage, moment, furthest.because)


def _happenings(history: History, rules: Rules, as_of: datetime) -> list[tuple[datetime, str]]:
    """What happened, oldest first, and the present moment."""
    return [*sorted(_told(history, rules)), (as_of, "time")]


def _told(history: History, rules: Rules) -> Iterator[tuple[datetime, str]]:
    yield from ((each.received_at, "inquiry") for each in history.responses)
    # Of activities only those that count: of the others there may be hundreds.
    counted = rules.counts_activities
    yield from ((each.at, "activity") for each in history.activities if any(count.counts(each) for count in counted))
    yield from ((each.at, "note") for each in history.notes)
    yield from ((each.at, each.kind) for each in history.marks)
    yield from ((each.at, "recycled") for each in history.recyclings)
    yield from ((each.at, each.outcome) for each in history.endings if each.outcome)
