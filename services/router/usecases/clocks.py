"""What happens when a lead's clock strikes."""

from uuid import UUID

import structlog

from services.router.domain.clock import tick
from services.router.domain.rules import Rules
from services.router.models import Lead
from services.router.store import CLOCK
from services.router.usecases import telling
from services.router.usecases.assigning import assign_to_next, owner_of
from services.router.usecases.duties import end_duty
from services.router.usecases.knowledge import live_assignment
from services.router.usecases.running import start_clock
from services.router.usecases.standings import count_end
from shared.contracts import router
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

log = structlog.get_logger()


def strike(tx: Transaction, item: DueItem, *, rules: Rules) -> None:
    """Does what the lead's clock demands now, and makes sure that it goes on."""
    lead = tx.get(Lead, UUID(item.key))
    if lead is None or lead.closed_at is not None or lead.clock is None or lead.clock_started_at is None:
        return
    # A clock that the company has since taken out of its file goes on as one that it must have.
    plan = rules.plans.get(lead.clock) or rules.plans[lead.clock.partition("_")[0]]
    assignment = live_assignment(tx, lead)
    owner = owner_of(assignment, rules)
    now = tick(plan, owner.calendar, lead.clock_started_at, lead.clock_steps_done, tx.now)
    for step, measure in enumerate(now.measures, start=lead.clock_steps_done):
        match measure:
            case "remind":
                _remind(tx, lead, rules, step)
            case "escalate":
                _escalate(tx, lead, rules, step)
            case "escalate_further":
                _escalate(tx, lead, rules, step, further=True)
            case "reassign":
                _lapse(tx, lead, rules)
                return
    if now.round_over:
        end_duty(tx, lead, assignment, owner)
        start_clock(tx, lead, plan, owner.calendar)
        return
    lead.clock_steps_done = now.done
    tx.schedule(CLOCK, item.key, plan.next_at(owner.calendar, lead.clock_started_at, now.done))


def _remind(tx: Transaction, lead: Lead, rules: Rules, step: int) -> None:
    assignment = live_assignment(tx, lead)
    telling.remind(tx, lead, assignment, owner_of(assignment, rules), rules, step)


def _escalate(tx: Transaction, lead: Lead, rules: Rules, step: int, *, further: bool = False) -> None:
    assignment = live_assignment(tx, lead)
    owner = owner_of(assignment, rules)
    telling.escalate(tx, lead, assignment, owner, rules, step, further=further)
    tx.emit(
        router.LeadEscalated(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            clock=_clock_name(lead),
            told=owner.manager_above or owner.manager_email if further else owner.manager_email,
            level=2 if further else 1,
            escalated_at=tx.now,
        ),
        key=f"{assignment.id}/{lead.clock_round}/{step}",
    )
    log.info("lead_escalated", lead_id=str(lead.lead_id), owner_id=assignment.owner_id, clock=lead.clock)


def _lapse(tx: Transaction, lead: Lead, rules: Rules) -> None:
    assignment = live_assignment(tx, lead)
    end_duty(tx, lead, assignment, owner_of(assignment, rules))
    tx.emit(
        router.LeadLapsed(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            clock=_clock_name(lead),
            lapsed_at=tx.now,
        ),
        key=str(assignment.id),
    )
    log.info("lead_lapsed", lead_id=str(lead.lead_id), owner_id=assignment.owner_id, clock=lead.clock)
    count_end(tx, lead, assignment)
    lead.had_before = {**lead.had_before, assignment.owner_id: "lapsed"}
    assign_to_next(tx, lead, "lapsed", rules=rules)


def _clock_name(lead: Lead) -> router.Clock:
    name: router.Clock = (lead.clock or "review").partition("_")[0]  # type: ignore[assignment]
    return name
