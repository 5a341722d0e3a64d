"""Answers what somebody did, and what became of a body of activities."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.capture.domain.footsteps.verdict import SIGNS
from services.capture.models import Activity
from services.capture.store import footsteps as store
from services.capture.usecases import verdicts
from shared.contracts.calls import (
    ActivityReceiptReply,
    Footstep,
    FootstepCount,
    FootstepsReply,
    FootstepsRequest,
    JudgeAgainReply,
    RefusedActivity,
    TouchReply,
)
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction

MOST_STEPS = 200
FIRST_PAGES = 5


def footsteps(tx: Transaction, request: FootstepsRequest) -> FootstepsReply:
    """What a person did. Raises NotFound when there is no such person."""
    session = tx.session
    current = store.current_persons(session, {request.person_id}).get(request.person_id)
    if current is None:
        raise NotFound(f"person {request.person_id}")
    ids = {current, *store.absorbed_by(session, current)}
    limit = max(1, min(request.limit, MOST_STEPS))
    steps = store.activities_of(session, ids, request.before, limit)
    first, last = _touches(tx, ids)
    return FootstepsReply(
        person_id=request.person_id,
        first_touch=first,
        last_touch=last,
        first_pages=[_footstep(one) for one in store.first_pages_of(session, ids, FIRST_PAGES)],
        counts=_counts(store.totals_of(session, ids)),
        steps=[_footstep(one) for one in steps],
        next_before=steps[-1].at if len(steps) == limit else None,
    )


def receipt(tx: Transaction, receipt_id: UUID) -> ActivityReceiptReply:
    """What became of a body of activities."""
    found = store.batch(tx.session, receipt_id)
    if found is None:
        return ActivityReceiptReply(receipt_id=receipt_id, known=False, problems=[])
    return ActivityReceiptReply(
        receipt_id=receipt_id,
        known=True,
        received=found.received,
        stored=found.stored,
        duplicate=found.duplicate,
        refused=found.refused,
        problems=[RefusedActivity(place=one["place"], problem=one["problem"]) for one in found.problems],
        source=found.source,
    )


def judge_again(tx: Transaction, since: datetime) -> JudgeAgainReply:
    """Has activities judged by today's lists."""
    verdicts.ask_again(tx, since)
    return JudgeAgainReply(since=since, begun_at=tx.now)


def _footstep(activity: Activity) -> Footstep:
    return Footstep(
        activity_id=activity.id,
        at=activity.at,
        kind=activity.kind,
        what=activity.what,
        title=activity.title,
        site=activity.source,
        url=activity.url,
        campaign=activity.campaign,
        source=activity.traffic_source,
        tactic=activity.tactic,
        details=activity.details,
        lead_id=activity.lead_id,
        verdict=activity.verdict,
        reasons=[SIGNS[sign][1] for sign in activity.signs if sign in SIGNS],
        anonymous_before=activity.anonymous_before,
    )


def _counts(totals: Sequence[tuple[str, str, int]]) -> list[FootstepCount]:
    numbers: dict[str, dict[str, int]] = {}
    for kind, verdict, number in totals:
        numbers.setdefault(kind, {"human": 0, "suspect": 0, "bot": 0})[verdict] = number
    return [FootstepCount(kind=kind, **numbers[kind]) for kind in sorted(numbers)]


def _touches(tx: Transaction, ids: Collection[UUID]) -> tuple[TouchReply | None, TouchReply | None]:
    """The first touch of any browser that the person was the first to be known on, and the last of any of theirs."""
    own = {str(one) for one in ids}
    theirs = store.visitors_of(tx.session, ids)
    first = [
        TouchReply(at=one.first_at, touch=one.first_touch)
        for one in theirs
        if one.first_at and one.first_touch and one.identified[0]["person"] in own
    ]
    last = [
        TouchReply(at=one.last_at, touch=one.last_touch)
        for one in theirs
        if one.last_at and one.last_touch and one.identified[-1]["person"] in own
    ]
    return min(first, key=_at, default=None), max(last, key=_at, default=None)


def _at(touch: TouchReply) -> datetime:
    return touch.at
