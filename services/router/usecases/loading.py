"""Loads and locks, in a few queries, what the handlers of a batch will ask for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.router import store
from services.router.domain.choice import Wanted
from services.router.domain.rules import Rules
from services.router.models import Account, Assignment, Lead, OwnerRow, Person, PurchaseQuestion, TerritoryTurn
from services.router.store import CLOCK, SILENCE
from services.router.usecases.accounts import accounts_of, rep_of
from services.router.usecases.knowledge import ordered_responses, person_document, wanted_of
from services.router.usecases.standings import standings_of
from shared.contracts import capture, merges, qualify
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def preload(tx: Transaction, envelopes: Sequence[Envelope], *, rules: Rules) -> None:
    """For events. Always in the same order of tables, so that two replicas cannot wait for each other."""
    leads = tx.preload(Lead, {envelope.lead_id for envelope in envelopes} | merges.leads_named(envelopes))
    tx.preload(Assignment, (lead.assignment_id for lead in leads))
    people = {envelope.person_id for envelope in envelopes} | {lead.person_id for lead in leads}
    people |= merges.persons_named(envelopes)
    persons = tx.preload(Person, people)
    _load_accounts(tx, [person.document for person in persons] + [e.raw["person"] for e in envelopes if _tells(e)])
    wanted = list(_to_assign(tx, envelopes, rules))
    owners = {name for each in wanted for name in rules.may_take(each)}
    tx.preload(OwnerRow, owners | _working_on(tx, leads))
    serving = (rules.serving(each, standings_of(tx, rules.may_take(each), rules)) for each in wanted)
    tx.preload(TerritoryTurn, {territory.territory_id for territory in serving if territory is not None})


def preload_due(tx: Transaction, items: Sequence[DueItem]) -> None:
    """For clocks, and for what silence demands; files and CRMs are no lead's own."""
    items = [item for item in items if item.kind in (CLOCK, SILENCE)]
    leads = tx.preload(Lead, (UUID(item.key) for item in items))
    tx.preload(Assignment, (lead.assignment_id for lead in leads))
    tx.preload(PurchaseQuestion, (UUID(item.key) for item in items if item.kind == SILENCE))
    _load_accounts(tx, [person.document for person in tx.preload(Person, (lead.person_id for lead in leads))])
    tx.preload(OwnerRow, _working_on(tx, leads))


def preload_leads(tx: Transaction, lead_ids: Iterable[UUID], *, rules: Rules, owners: Iterable[str] = ()) -> None:
    """For leads that somebody gives to one of `owners`, or to whoever is next, by hand."""
    leads = tx.preload(Lead, lead_ids)
    tx.preload(Assignment, (lead.assignment_id for lead in leads))
    _load_accounts(tx, [person.document for person in tx.preload(Person, (lead.person_id for lead in leads))])
    # Closed ones stay where they are; of one whose person is erased nothing is known that could be wanted.
    wanted = [_wanted(tx, lead, rules) for lead in leads if lead.registered_at is not None and lead.closed_at is None]
    able = {name for each in wanted for name in rules.may_take(each)}
    tx.preload(OwnerRow, able | set(owners) | _working_on(tx, leads))
    tx.preload(TerritoryTurn, {one.territory_id for each in wanted for one in rules.atlas.covering(each.demand)})


def _wanted(tx: Transaction, lead: Lead, rules: Rules) -> Wanted:
    person = person_document(tx, lead)
    return wanted_of(rules, person, ordered_responses(lead), lead, tx.now, rep_of(tx, person))


def _working_on(tx: Transaction, leads: Iterable[Lead]) -> set[str]:
    """Owners who may be done with one of the leads."""
    leads = list(leads)
    live = (tx.get(Assignment, lead.assignment_id) for lead in leads if lead.assignment_id is not None)
    sharers = store.sharers(tx.session, [lead.lead_id for lead in leads if lead.shares])
    return {assignment.owner_id for assignment in live if assignment is not None and assignment.counted} | {*sharers}


def _load_accounts(tx: Transaction, persons: Iterable[Mapping[str, Any]]) -> None:
    tx.preload(Account, (name for person in persons for name in accounts_of(person)))


def _tells(envelope: Envelope) -> bool:
    """Whether it brings the person along."""
    return envelope.contract in (capture.LeadRegistered, capture.LeadResponded, capture.PersonUpdated)


def _to_assign(tx: Transaction, envelopes: Sequence[Envelope], rules: Rules) -> Iterator[Wanted]:
    """What the leads ask for that this batch will probably assign; rows of one that was missed are locked later."""
    registered = {e.lead_id: e.raw for e in envelopes if e.contract is capture.LeadRegistered}
    qualified = {e.lead_id for e in envelopes if e.contract is qualify.LeadQualified}
    for lead_id in qualified | registered.keys():
        lead = tx.get(Lead, lead_id)
        if lead_id not in qualified and (lead is None or lead.verdict is None):
            continue
        if lead_id in registered:
            person, responses = registered[lead_id]["person"], [registered[lead_id]["response"]]
        else:
            row = tx.get(Person, lead.person_id) if lead else None
            person, responses = (row.document if row else {}), (ordered_responses(lead) if lead else [])
        rep = rep_of(tx, person) if person else None
        yield wanted_of(rules, person, responses, lead, tx.now, rep)
