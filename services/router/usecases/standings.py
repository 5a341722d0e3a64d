"""How owners stand, kept in one row each, so that two replicas never hand out the same last place twice."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from services.router import store
from services.router.domain.calendar import Calendar
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.standing import NEW, Pause, Span, Standing
from services.router.models import Assignment, Lead, OwnerRow, Share
from shared.database.unit_of_work import Transaction

#: Results of so many months tell how an owner does.
MONTHS_KEPT = 6


def standings_of(tx: Transaction, names: Iterable[str], rules: Rules) -> Mapping[str, Standing]:
    """How these owners stand now. Their rows are locked until the transaction ends, in the order of their ids."""
    found = {}
    for name in sorted(set(names)):
        row = tx.get(OwnerRow, name)
        found[name] = standing_of(row, rules.owners[name].calendar, tx.now) if row is not None else NEW
    return found


def all_standings(tx: Transaction, rules: Rules) -> Mapping[str, Standing]:
    """How everybody stands, without locking anything."""
    rows = {row.owner_id: row for row in store.owner_rows(tx.session)}
    return {
        name: standing_of(rows[name], owner.calendar, tx.now) if name in rows else NEW
        for name, owner in rules.owners.items()
    }


def owner_row(tx: Transaction, owner_id: str) -> OwnerRow:
    """The owner's row; made now when there is none."""
    row = tx.get(OwnerRow, owner_id)
    if row is None:
        row = tx.add(OwnerRow(owner_id=owner_id, given={}, open=0, paused=False, results={}))
    return row


def count_given(tx: Transaction, assignment: Assignment | Share, owner: Owner) -> None:
    """A lead was handed over."""
    row = owner_row(tx, owner.owner_id)
    starts = _starts(owner.calendar, tx.now)
    row.given = {span: [str(start), _number(row, span, start) + 1] for span, start in starts.items()}
    row.open += 1
    assignment.counted = True


def count_gone(tx: Transaction, assignment: Assignment | Share) -> None:
    """An owner has done with a lead: it was closed, or goes to somebody else."""
    if assignment.counted:
        assignment.counted = False
        row = owner_row(tx, assignment.owner_id)
        row.open = max(0, row.open - 1)


def count_contact(tx: Transaction, assignment: Assignment) -> None:
    """The owner reached the prospect for the first time."""
    hours = (tx.now - assignment.assigned_at).total_seconds() / 3600
    _count_result(tx, assignment.owner_id, {"contacts": 1, "hours": round(hours, 2)})


def count_end(tx: Transaction, lead: Lead, assignment: Assignment) -> None:
    """The lead came to an end with the owner: won, lost, given back or let go."""
    _count_result(tx, assignment.owner_id, {"ended": 1, "won": int(lead.status == "won")})


def count_reopened(tx: Transaction, assignment: Assignment, *, won: bool) -> None:
    """The owner takes back that the lead came to an end with them."""
    _count_result(tx, assignment.owner_id, {"ended": -1, "won": -int(won)})
    if not assignment.counted:
        assignment.counted = True
        owner_row(tx, assignment.owner_id).open += 1


def _count_result(tx: Transaction, owner_id: str, more: Mapping[str, float]) -> None:
    row = owner_row(tx, owner_id)
    month = f"{tx.now:%Y-%m}"
    present = dict(row.results.get(month, {}))
    for name, number in more.items():
        present[name] = present.get(name, 0) + number
    months = sorted({*row.results, month})[-MONTHS_KEPT:]
    row.results = {name: present if name == month else row.results[name] for name in months}


def standing_of(row: OwnerRow, calendar: Calendar, now: datetime) -> Standing:
    """How an owner stands, by their row and calendar."""
    starts = _starts(calendar, now)
    results = {
        name: sum(month.get(name, 0) for month in row.results.values())
        for name in ("ended", "won", "contacts", "hours")
    }
    return Standing(
        today=_number(row, "day", starts["day"]),
        this_week=_number(row, "week", starts["week"]),
        this_month=_number(row, "month", starts["month"]),
        open=row.open,
        pause=Pause(row.paused_until) if row.paused else None,
        daily_limit=row.daily_limit,
        ended=int(results["ended"]),
        won=int(results["won"]),
        hours_to_contact=results["hours"] / results["contacts"] if results["contacts"] else None,
    )


def _starts(calendar: Calendar, now: datetime) -> dict[Span, date]:
    """First days of the owner's present day, week and month."""
    today = calendar.day(now)
    return {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}


def _number(row: OwnerRow, span: Span, start: date) -> int:
    counted_from, number = row.given.get(span, (None, 0))
    return int(number) if counted_from == str(start) else 0
