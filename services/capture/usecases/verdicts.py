"""Whether a person did it, decided again when more is learnt: every change of what was published is told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.capture.domain.footsteps.rules import Footsteps
from services.capture.domain.footsteps.verdict import (
    OF_MAIL,
    Followed,
    is_program,
    judged_again,
    signs_of_mail,
    verdict_of,
)
from services.capture.domain.register import Company
from services.capture.models import Activity
from services.capture.store import footsteps as store
from services.capture.store.footsteps import JUDGE_AGAIN
from shared.contracts.capture import ActivityReassessed
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

log = structlog.get_logger()

#: The sign that another activity of the same visitor gives.
BOT_BEFORE = "bot_before"
#: Activities that are judged again in one transaction.
AT_ONCE = 2_000


def weigh_mails(tx: Transaction, occasions: Collection[UUID], rules: Footsteps, fresh: Collection[UUID]) -> None:
    """Judges all followed links of these mails together. Nothing is told of the `fresh` ones: they are told whole."""
    if not occasions:
        return
    traps = frozenset(name for name, download in rules.downloads.items() if download.trap)
    by_mail: dict[UUID, list[Activity]] = {}
    for activity in store.followed_in(tx.session, occasions):
        if activity.occasion is not None:
            by_mail.setdefault(activity.occasion, []).append(activity)
    for activities in by_mail.values():
        followed = [_followed(activity) for activity in activities]
        found = signs_of_mail(followed, rules.bots, traps)
        for activity in activities:
            own = [sign for sign in activity.signs if sign not in OF_MAIL]
            settle(tx, activity, (*own, *found[activity.id]), silent=activity.id in fresh)


def weigh_visitors(tx: Transaction, visitors: Collection[str], fresh: Collection[UUID]) -> None:
    """Of these visitors one activity was certainly a program's: so was all the rest."""
    if visitors:
        for activity in store.done_by(tx.session, visitors):
            settle(tx, activity, with_visitor(activity.signs), silent=activity.id in fresh)


def with_visitor(signs: Iterable[str]) -> tuple[str, ...]:
    """The signs of an activity whose visitor is known to be a program."""
    own = tuple(signs)
    return own if is_program(own) else (*own, BOT_BEFORE)


def settle(tx: Transaction, activity: Activity, signs: Iterable[str], *, silent: bool = False) -> bool:
    """Files these signs of an activity, and tells a changed verdict of one that was told. Whether it changed."""
    ordered = sorted(set(signs))
    if ordered == sorted(activity.signs):
        return False
    before, activity.signs = activity.verdict, ordered
    activity.verdict = verdict_of(ordered)
    if activity.verdict == before:
        return False
    if activity.person_id is not None and not silent:
        activity.revision += 1
        tx.emit(
            ActivityReassessed(
                activity_id=activity.id,
                person_id=activity.person_id,
                lead_id=activity.lead_id,
                kind=activity.kind,
                what=activity.what,
                at=activity.at,
                verdict=activity.verdict,  # type: ignore[arg-type]
                previous_verdict=before,  # type: ignore[arg-type]
                reasons=ordered,
                revision=activity.revision,
                reassessed_at=tx.now,
            ),
            key=f"{activity.id}/{activity.revision}",
        )
    return True


def ask_again(tx: Transaction, since: datetime) -> None:
    """Has everything that was received from `since` on judged by today's lists of robots and scanners."""
    data = {"at": since.isoformat(), "id": str(UUID(int=0)), "until": tx.now.isoformat()}
    tx.schedule(JUDGE_AGAIN, "all", tx.now, data)


def judge_again(tx: Transaction, item: DueItem, *, company: Company) -> None:
    """Judges the next page of stored activities by the present rules."""
    after = (datetime.fromisoformat(item.data["at"]), UUID(item.data["id"]))
    until = datetime.fromisoformat(item.data["until"])
    page = store.stored_after(tx.session, after, until, AT_ONCE)
    changed = _by_lists(tx, page, company.footsteps)
    weigh_mails(tx, {one.occasion for one in page if one.occasion is not None}, company.footsteps, ())
    log.info("activities_judged_again", activities=len(page), changed=changed)
    if len(page) == AT_ONCE:
        last = page[-1]
        data = {"at": last.received_at.isoformat(), "id": str(last.id), "until": item.data["until"]}
        tx.schedule(JUDGE_AGAIN, "all", tx.now, data)


def _by_lists(tx: Transaction, activities: Sequence[Activity], rules: Footsteps) -> int:
    return sum(
        settle(tx, activity, judged_again(activity.signs, activity.user_agent, activity.network, rules.bots))
        for activity in activities
    )


def _followed(activity: Activity) -> Followed:
    # A mail that does not say when it was sent was sent long before.
    sent_at = activity.sent_at or activity.at - timedelta(days=1)
    return Followed(activity.id, activity.what, activity.at, sent_at)
