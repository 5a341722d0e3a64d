"""Running a lead's clock."""

from datetime import datetime

from services.router.domain.calendar import Calendar
from services.router.domain.clock import ClockPlan
from services.router.models import Lead
from services.router.store import CLOCK
from shared.database.unit_of_work import Transaction


def start_clock(
    tx: Transaction,
    lead: Lead,
    plan: ClockPlan,
    calendar: Calendar,
    *,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> datetime:
    """Starts `plan` in place of whatever clock runs, in the owner's calendar; returns their due time.

    `begins_at` is when the owner opens, where nobody is there now. `ends_at` moves the end (a prospect asked to be
    called next spring): the clock counts back from there.
    """
    started = begins_at or tx.now if ends_at is None else ends_at - plan.within
    lead.clock = plan.name
    lead.clock_started_at = started
    lead.clock_steps_done = sum(plan.at(calendar, started, step.after) <= tx.now for step in plan.steps)
    lead.clock_round += 1
    lead.due_at = plan.due_at(calendar, started)
    tx.schedule(CLOCK, str(lead.lead_id), plan.next_at(calendar, started, lead.clock_steps_done))
    return lead.due_at


def stop_clock(tx: Transaction, lead: Lead) -> None:
    """The lead is closed: nothing is due any more."""
    lead.clock = lead.clock_started_at = lead.due_at = None
    tx.unschedule(CLOCK, str(lead.lead_id))
