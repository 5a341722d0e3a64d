"""Giving leads to somebody else by hand: at once, one or many, with who did it and why on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.router.domain.choice import without_competition
from services.router.domain.clock import is_handed_over
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead
from services.router.usecases import telling
from services.router.usecases.assigning import Moved, assign, assign_to_next, owner_of
from services.router.usecases.duties import end_duty
from services.router.usecases.knowledge import live_assignment
from services.router.usecases.loading import preload_leads
from shared.contracts.calls import ReassignReply, ReassignRequest, ReassignVerdict
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

#: More in one transaction would lock their owners for too long; who has more calls again.
MOST = 200
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class Reassigned:
    """What became of one lead: whether it was moved, whose it is now, and why."""

    lead_id: UUID
    done: bool
    #: None where nobody here knows the lead.
    owner_id: str | None
    because: str


def answer_reassign(tx: Transaction, request: ReassignRequest, *, rules: Rules) -> ReassignReply:
    """The same for programs. Raises NotFound for an unknown owner, and ContractViolation without reason or leads."""
    because, by = request.because.strip()[:_LONGEST_TEXT], request.by.strip()[:_LONGEST_TEXT]
    problems = {
        "because": [] if because else ["Say why: it stays on record."],
        "by": [] if by else ["Say who you are: it stays on record."],
        "lead_ids": [] if 0 < len(request.lead_ids) <= MOST else [f"One at least, {MOST} at most."],
    }
    if any(problems.values()):
        raise ContractViolation("ReassignRequest", {name: said for name, said in problems.items() if said})
    verdicts = reassign(tx, request.lead_ids, request.to, by=by, because=because, rules=rules)
    return ReassignReply(verdicts=[_told(verdict, rules) for verdict in verdicts])


def reassign(
    tx: Transaction, lead_ids: Iterable[UUID], to: str | None, *, by: str, because: str, rules: Rules
) -> list[Reassigned]:
    """Gives each lead to the owner `to`, or to its next candidate where that is None.

    A lead that is closed stays where it is, and the verdict says why. Whose it was does not get it back by any rule.
    Raises NotFound for an owner that nobody knows.
    """
    if to is not None and to not in rules.owners:
        raise NotFound(f"owner {to}")
    wanted = list(dict.fromkeys(lead_ids))
    preload_leads(tx, wanted, rules=rules, owners=() if to is None else (to,))
    return [_one(tx, lead_id, to, Moved(by, because), rules) for lead_id in wanted]


def _one(tx: Transaction, lead_id: UUID, to: str | None, moved: Moved, rules: Rules) -> Reassigned:
    lead = tx.get(Lead, lead_id)
    if lead is None or lead.registered_at is None:
        return Reassigned(lead_id, False, None, "no such lead")
    assignment = live_assignment(tx, lead)
    if (refusal := _refusal(lead, assignment, to, rules)) is not None:
        return Reassigned(lead_id, False, assignment.owner_id, refusal)
    _take_from(tx, lead, assignment, moved, rules)
    if to is None:
        assign_to_next(tx, lead, "manual", rules=rules, moved=moved)
    else:
        choice = without_competition(rules.owners[to], f"by hand, {moved.by}: {moved.because}")
        assign(tx, lead, choice, "manual", rules=rules, moved=moved)
    now = live_assignment(tx, lead)
    log.info("lead_reassigned", lead_id=str(lead_id), owner_id=now.owner_id, previous=assignment.owner_id)
    return Reassigned(lead_id, True, now.owner_id, _why(now))


def _refusal(lead: Lead, assignment: Assignment, to: str | None, rules: Rules) -> str | None:
    """Why the lead stays where it is; None when it can be moved."""
    if lead.closed_at is not None:
        return f"it is closed: {lead.status}"
    if to is None:
        return None
    if assignment.owner_id == to:
        return "it is theirs already"
    return None if rules.owners[to].active else "they take no leads: not active in owners.yml"


def _take_from(tx: Transaction, lead: Lead, assignment: Assignment, moved: Moved, rules: Rules) -> None:
    """Whose it was has done their duty or not; they are told, and no rule gives it to them again."""
    owner = owner_of(assignment, rules)
    if lead.due_at is not None and lead.due_at < tx.now:
        end_duty(tx, lead, assignment, owner)
    if is_handed_over(owner, assignment.occasion):
        telling.tell_gone(tx, lead, assignment, owner, rules, moved.because)
    lead.had_before = {**lead.had_before, assignment.owner_id: "given to somebody else by hand"}


def _why(assignment: Assignment) -> str:
    return next((line["because"] for line in assignment.explanation if line["chosen"]), assignment.occasion)


def _told(verdict: Reassigned, rules: Rules) -> ReassignVerdict:
    owner: Owner | None = rules.owners.get(verdict.owner_id) if verdict.owner_id else None
    return ReassignVerdict(
        lead_id=verdict.lead_id,
        done=verdict.done,
        owner_id=verdict.owner_id,
        owner_name=owner.name if owner else None,
        because=verdict.because,
    )
