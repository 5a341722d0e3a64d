"""After a publication the open leads are assessed anew, a few at a time, beside what comes in."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from services.qualify.models import Profile, Reassessment, RulePublication
from services.qualify.usecases import locking
from services.qualify.usecases.scoring import Measuring, reassess
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

KIND = "reassess_open_leads"
#: Leads in one transaction: what comes in for one of them waits for as long as these take.
AT_ONCE = 100
#: Between two transactions, so that most of a processor is left for what comes in.
PAUSE = timedelta(milliseconds=100)
#: Whoever was at work with a new lead while rules were published has finished by then: that lead is seen as well.
IN_FLIGHT = timedelta(seconds=5)


def begin(tx: Transaction, number: int) -> None:
    """Has all open leads assessed under what publication `number` says."""
    tx.session.add(Reassessment(number=number, after=None, done=0, changed=0, started_at=tx.now, ended_at=None))
    tx.schedule(KIND, str(number), tx.now + IN_FLIGHT)


def again(tx: Transaction) -> None:
    """Has them assessed once more under what was published last: something else that rules read has changed."""
    number = tx.session.scalar(select(func.max(RulePublication.number)))
    if number is None:
        return
    run = tx.get(Reassessment, number)
    if run is None:  # what was found at the first start
        begin(tx, number)
    else:
        run.after, run.done, run.changed, run.started_at, run.ended_at = None, 0, 0, tx.now, None
        tx.schedule(KIND, str(number), tx.now + IN_FLIGHT)


def go_on(tx: Transaction, item: DueItem, *, measuring: Measuring) -> None:
    """Assesses the next few leads. How far it came is stored with what it changed: a crash repeats nothing."""
    run = tx.get(Reassessment, int(item.key))
    if run is None or run.ended_at is not None:
        return
    newest = tx.session.scalar(select(func.max(RulePublication.number)))
    if newest != run.number:
        # A newer publication began at the first lead again.
        run.ended_at = tx.now
        return
    yardstick = measuring(tx)
    leads = open_leads(tx, run.after)
    for profile in locking.take(tx, leads):
        before = profile.digest
        reassess(tx, profile, yardstick)
        run.changed += profile.digest != before
    run.done += len(leads)
    if len(leads) < AT_ONCE:
        run.ended_at = tx.now
    else:
        run.after = leads[-1]
        tx.schedule(KIND, item.key, tx.now + PAUSE)


def open_leads(tx: Transaction, after: UUID | None) -> list[UUID]:
    """The next open leads by id."""
    query = select(Profile.lead_id).where(Profile.closed_at.is_(None)).order_by(Profile.lead_id).limit(AT_ONCE)
    return list(tx.session.scalars(query if after is None else query.where(Profile.lead_id > after)))


def waiting(tx: Transaction, item: DueItem) -> list[UUID]:
    """The leads that `go_on` is about to assess."""
    after = tx.session.execute(select(Reassessment.after).where(Reassessment.number == int(item.key))).first()
    return open_leads(tx, after[0]) if after else []
