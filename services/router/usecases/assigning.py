"""Giving a lead its next owner: chosen, explained, told, and with a clock running."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog

from services.router.domain.choice import without_competition
from services.router.domain.clock import is_handed_over, plan_for, ranked
from services.router.domain.deciding import decide
from services.router.domain.market import Choice, held_until
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.status import clock_after
from services.router.domain.turns import Turns
from services.router.models import Assignment, Lead, Share, TerritoryTurn
from services.router.usecases import sharing, telling
from services.router.usecases.accounts import rep_of
from services.router.usecases.knowledge import live_assignment, ordered_responses, person_document, rank_of, wanted_of
from services.router.usecases.listening import listen
from services.router.usecases.running import start_clock
from services.router.usecases.standings import count_given, count_gone, standings_of
from services.router.views import contract_candidates, contract_owner
from shared.contracts import router
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

log = structlog.get_logger()

Occasion = Literal[
    "initial", "qualified", "kept", "disqualified", "screening", "screened", "declined", "lapsed", "recycled", "manual",
    "returned", "unusable", "lost", "promoted",
]  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """Who gives a lead to somebody else by hand, and why."""

    by: str
    because: str


def settle_ownership(tx: Transaction, lead: Lead, *, rules: Rules) -> None:
    """Gives a registered lead the owner that what is known of it demands; safe to call after every event.

    A verdict that came before the registration waits in the lead's row and is acted upon here.
    """
    if lead.registered_at is None:
        return
    if lead.assignment_id is None:
        assign_to_marketing(tx, lead, "initial", "every new lead begins with marketing", rules=rules)
    if lead.verdict is None or lead.acted_revision >= lead.verdict_revision:
        return
    lead.acted_revision = lead.verdict_revision
    if lead.closed_at is None:
        _act_on_verdict(tx, lead, lead.verdict["verdict"], rules)


def _act_on_verdict(tx: Transaction, lead: Lead, verdict: str, rules: Rules) -> None:
    present = live_assignment(tx, lead)
    with_marketing = owner_of(present, rules).kind == "marketing" or present.occasion == "screening"
    if verdict == "qualified" and with_marketing and (lead.verdict or {}).get("worked_by") == "marketing":
        assign_to_marketing(tx, lead, "qualified", "ready, and marketing works it itself", rules=rules)
    elif verdict == "qualified" and with_marketing:
        assign_to_next(tx, lead, "qualified", rules=rules)
    elif verdict == "disqualified" and with_marketing:
        assign_to_marketing(tx, lead, "kept", "not a sales lead: marketing keeps it", rules=rules)
    elif verdict == "disqualified" and lead.status == "assigned" and present.occasion != "manual":
        # Whoever has accepted it works it, and whoever moved it by hand had a reason: their word counts for more.
        assign_to_marketing(tx, lead, "disqualified", "no longer a sales lead, and not accepted yet", rules=rules)


def assign_to_marketing(
    tx: Transaction,
    lead: Lead,
    occasion: Occasion,
    because: str,
    *,
    rules: Rules,
    review_at: datetime | None = None,
) -> None:
    """Gives a lead that is not ready for sales to marketing, who look again at `review_at` or as the clock says."""
    choice = without_competition(rules.owners[rules.unready], because)
    assign(tx, lead, choice, occasion, rules=rules, ends_at=review_at)


def assign_to_next(
    tx: Transaction, lead: Lead, occasion: Occasion, *, rules: Rules, moved: Moved | None = None
) -> None:
    """Gives a sales-ready lead to whose turn it is: the best of those who share it comes before anybody new."""
    if (best := sharing.best(tx, lead)) is not None and best.owner_id in rules.owners:
        choice = without_competition(rules.owners[best.owner_id], f"shared it; {occasion} by whoever was responsible")
        assign(tx, lead, choice, occasion, rules=rules, moved=moved)
        return
    person = person_document(tx, lead)
    wanted = wanted_of(rules, person, ordered_responses(lead), lead, tx.now, rep_of(tx, person))
    standings = standings_of(tx, rules.may_take(wanted), rules)
    choice = decide(rules, wanted, standings, TurnRows(tx))
    assign(tx, lead, choice, occasion, rules=rules, moved=moved)


@dataclass(frozen=True)
class TurnRows:
    """The turns that are kept in the database, each territory's locked when it is looked at."""

    tx: Transaction

    def read(self, name: str) -> Turns:
        """The turns of a territory."""
        return self._row(name).turns

    def write(self, name: str, turns: Turns) -> None:
        """They are these from now on."""
        self._row(name).turns = dict(turns)

    def _row(self, name: str) -> TerritoryTurn:
        return self.tx.get(TerritoryTurn, name) or self.tx.add(TerritoryTurn(territory=name, turns={}))


def assign(
    tx: Transaction,
    lead: Lead,
    choice: Choice,
    occasion: Occasion,
    *,
    rules: Rules,
    ends_at: datetime | None = None,
    moved: Moved | None = None,
) -> None:
    """Ends the present assignment, begins the chosen one, starts its clock and has the owner told."""
    previous = _end_assignment(tx, lead, occasion)
    owner = rules.owners[choice.owner_id]
    assignment = _begin_assignment(tx, lead, choice, occasion, rules)
    if moved is not None:
        assignment.by, assignment.because = moved.by, moved.because
    taken_over = sharing.take_over(tx, lead, assignment)
    is_new_to_them = is_handed_over(owner, occasion) and taken_over is None
    if is_new_to_them and owner.kind != "marketing":
        assignment.held_until = held_until(owner, tx.now)
    plan = plan_for(rules.plans, owner, occasion, rank_of(lead))
    due_at = start_clock(tx, lead, plan, owner.calendar, begins_at=assignment.held_until, ends_at=ends_at)
    tx.emit(
        router.LeadAssigned(
            lead_id=lead.lead_id,
            person_id=lead.person_id,
            assignment_id=assignment.id,
            revision=assignment.revision,
            owner=contract_owner(owner),
            previous_owner_id=previous,
            occasion=occasion,
            territory=choice.territory,
            explanation=contract_candidates(choice),
            clock=plan.clock,
            due_at=due_at,
            rules_version=rules.version,
            assigned_at=tx.now,
            by=assignment.by,
            because=assignment.because,
            held_until=assignment.held_until,
        ),
        key=str(assignment.id),
    )
    if owner.kind == "marketing":
        sharing.end_all(tx, lead, "it went back to marketing", rules=rules)
    if taken_over is not None and taken_over.accepted_at is not None:
        _go_on(tx, lead, assignment, taken_over, owner, rules)
    if is_new_to_them:
        count_given(tx, assignment, owner)
        telling.hand_over(tx, lead, assignment, owner, rules)
        listen(tx, lead, owner, rules)
        log.info("lead_handed_over", lead_id=str(lead.lead_id), owner_id=owner.owner_id, occasion=occasion)
    sharing.offer(tx, lead, assignment, choice, rules=rules)


def make_responsible(tx: Transaction, lead: Lead, share: Share, *, rules: Rules) -> Assignment:
    """Whoever shares the lead and sold it is responsible for it from now on; whoever was is told."""
    former = live_assignment(tx, lead)
    owner = owner_of(former, rules)
    if is_handed_over(owner, former.occasion):
        telling.tell_gone(tx, lead, former, owner, rules, "somebody else sold it")
    lead.had_before = {**lead.had_before, former.owner_id: "somebody else sold it"}
    choice = without_competition(rules.owners[share.owner_id], "sold it while they shared it")
    assign(tx, lead, choice, "promoted", rules=rules)
    return live_assignment(tx, lead)


def _go_on(tx: Transaction, lead: Lead, assignment: Assignment, share: Share, owner: Owner, rules: Rules) -> None:
    """Who becomes responsible for a lead that they share and took on already goes on from where they stand."""
    assignment.accepted_at = tx.now
    lead.status, lead.status_revision = share.status, lead.status_revision + 1
    tx.emit(
        router.LeadStatusChanged(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=owner.owner_id,
            revision=lead.status_revision,
            status=share.status,  # type: ignore[arg-type]
            previous="assigned",
            note="they shared the lead before",
            changed_at=tx.now,
        ),
        key=f"{lead.lead_id}/{lead.status_revision}",
    )
    tx.emit(
        router.LeadAccepted(
            lead_id=lead.lead_id, assignment_id=assignment.id, owner_id=owner.owner_id, accepted_at=tx.now
        ),
        key=str(assignment.id),
    )
    clock = clock_after(share.status)  # type: ignore[arg-type]
    start_clock(tx, lead, ranked(rules.plans, clock or "contact", rank_of(lead)), owner.calendar)


def owner_of(assignment: Assignment | Share, rules: Rules) -> Owner:
    """The owner of an assignment; marketing answers for those who are no longer in the company's file."""
    return rules.owners.get(assignment.owner_id, rules.owners[rules.unready])


def _end_assignment(tx: Transaction, lead: Lead, occasion: str) -> str | None:
    if lead.assignment_id is None:
        return None
    ending = live_assignment(tx, lead)
    ending.ended_at, ending.ended_because = tx.now, occasion
    count_gone(tx, ending)
    return ending.owner_id


def _begin_assignment(tx: Transaction, lead: Lead, choice: Choice, occasion: str, rules: Rules) -> Assignment:
    lead.assignment_revision += 1
    lead.assignment_id = derived_id(lead.lead_id, "assignment", *_name(lead, occasion))
    lead.owner_id = choice.owner_id
    lead.status, lead.quoted_amount, lead.quoted_currency = "assigned", None, None
    lead.blocked = lead.appointment_at = None
    return tx.add(
        Assignment(
            id=lead.assignment_id,
            lead_id=lead.lead_id,
            revision=lead.assignment_revision,
            owner_id=choice.owner_id,
            occasion=occasion,
            territory=choice.territory,
            explanation=[vars(candidate) for candidate in choice.candidates],
            rules_version=rules.version,
            assigned_at=tx.now,
        )
    )


def _name(lead: Lead, occasion: str) -> tuple[str, str]:
    """What makes an assignment the same one in whatever order events come, or when all of them are played again.

    What a verdict brings about is named by the verdict; what owners and clocks bring about, by its number.
    """
    if occasion in ("qualified", "kept", "disqualified"):
        return "verdict", str(lead.verdict_revision)
    if occasion in ("screening", "screened") and lead.screening:
        return occasion, str(lead.screening["round"])
    return occasion, str(lead.assignment_revision)
