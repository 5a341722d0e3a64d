"""Giving a lead its next owner: chosen, explained, told, and with a clock running."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog

from services.router.domain.choice import Choice, away_in, without_competition
from services.router.domain.clock import is_handed_over, plan_for
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.turns import turns_after
from services.router.models import Assignment, Lead, TerritoryTurn
from services.router.usecases import telling
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
    "returned", "unusable",
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
    if verdict == "qualified" and with_marketing:
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
    """Gives a sales-ready lead to the candidate whose turn it is."""
    person = person_document(tx, lead)
    wanted = wanted_of(rules, person, ordered_responses(lead), lead, tx.now, rep_of(tx, person))
    standings = standings_of(tx, rules.may_take(wanted), rules)
    territory = rules.serving(wanted, standings)
    if territory is None:
        assign(tx, lead, rules.choose(wanted, {}, standings), occasion, rules=rules, moved=moved)
        return
    row = tx.get(TerritoryTurn, territory.territory_id)
    if row is None:
        row = tx.add(TerritoryTurn(territory=territory.territory_id, turns={}))
    choice = rules.choose(wanted, row.turns, standings)
    away = away_in(territory, rules.owners, wanted, standings)
    row.turns = turns_after(territory.owners, away, row.turns, territory.weights, choice.owner_id)
    assign(tx, lead, choice, occasion, rules=rules, moved=moved)


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
    plan = plan_for(rules.plans, owner, occasion, rank_of(lead))
    due_at = start_clock(tx, lead, plan, owner.calendar, ends_at=ends_at)
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
        ),
        key=str(assignment.id),
    )
    if is_handed_over(owner, occasion):
        count_given(tx, assignment, owner)
        telling.hand_over(tx, lead, assignment, owner, rules)
        listen(tx, lead, owner, rules)
        log.info("lead_handed_over", lead_id=str(lead.lead_id), owner_id=owner.owner_id, occasion=occasion)


def owner_of(assignment: Assignment, rules: Rules) -> Owner:
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
