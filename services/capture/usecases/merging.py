"""Two people become one, and can become two again: every row remembers whose it was.

A merge moves rows and changes none of them; what is known of the survivor is learnt anew from everything that was said
of both. Undone, each has their own rows again, those that came since as well, and what is known of each is learnt anew
from what was said of each.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from services.capture.domain.lead import belongs
from services.capture.domain.matching import blocking
from services.capture.domain.matching.particulars import particulars
from services.capture.domain.person import Facts
from services.capture.models import Inquiry, Lead, Person, PersonMerge, PersonReview
from services.capture.store import footsteps
from services.capture.store import matching as store
from services.capture.usecases import companies, leads, merged_consents, people, referrals, visitors
from shared.contracts.capture import MatchReason, PersonsMerged, PersonsUnmerged
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

log = structlog.get_logger()

#: How long after a lead's last response another joins it, where the source is not known any more.
_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Grounds:
    """Why two people are merged, and who says so."""

    confidence: float = 1.0
    reasons: Sequence[dict[str, Any]] = ()
    automatic: bool = False
    by: str | None = None


def merge(tx: Transaction, one_id: UUID, other_id: UUID, grounds: Grounds) -> PersonMerge | None:
    """Makes one person of two: the one registered first survives. None when they are one already.

    Raises NotFound for an id that is nobody's.
    """
    # What this transaction made before is theirs as well.
    tx.write()
    one, other = _lock_both(tx, one_id, other_id)
    if one.id == other.id:
        return None
    survivor, absorbed = sorted((one, other), key=lambda person: (person.registered_at, person.id))
    before = (merged_consents.what_holds(tx, survivor), merged_consents.what_holds(tx, absorbed))
    earlier = [row for row in store.merges_among(tx.session, [absorbed.id]) if row.absorbed_id == absorbed.id]
    row = tx.add(
        PersonMerge(
            id=derived_id(absorbed.id, "merged", str(len(earlier) + 1)),
            survivor_id=survivor.id,
            absorbed_id=absorbed.id,
            automatic=grounds.automatic,
            confidence=grounds.confidence,
            reasons=list(grounds.reasons),
            merged_at=tx.now,
            merged_by=grounds.by,
        )
    )
    family = store.family_of(tx.session, absorbed.id)
    moved = [lead.id for lead in store.leads_of(tx.session, [absorbed.id])]
    tx.session.flush()
    steps = footsteps.held_by(tx.session, absorbed.id)
    store.move(tx.session, absorbed.id, survivor.id)
    visitors.follow(tx, steps, survivor.id, "the two turned out to be one person")
    _point(tx, family, survivor.id)
    survivor.aliases = sorted({*survivor.aliases, *absorbed.aliases, *([str(absorbed.id)] if moved else [])})
    _learn_anew(tx, survivor, max(survivor.revision, absorbed.revision) + 1)
    _answer(tx, store.family_of(tx.session, survivor.id))
    tx.emit(
        PersonsMerged(
            merge_id=row.id,
            person_id=survivor.id,
            survivor_id=survivor.id,
            absorbed_id=absorbed.id,
            person=people.as_contract(survivor),
            confidence=row.confidence,
            reasons=[MatchReason(**reason) for reason in row.reasons],
            automatic=row.automatic,
            lead_ids=moved,
            merged_at=tx.now,
            revision=survivor.revision,
        ),
        key=f"merged/{row.id}",
    )
    people.tell_change(tx, survivor)
    merged_consents.hold_the_strictest(tx, row, survivor, before)
    referrals.look_again_at_referred(tx, [survivor.id, absorbed.id])
    log.info("persons_merged", merge_id=str(row.id), automatic=row.automatic, leads=len(moved))
    return row


def unmerge(tx: Transaction, merge_id: UUID, by: str) -> PersonMerge:
    """Makes two people again of one. Undone before, it stays as it is. Raises NotFound."""
    tx.write()
    row = tx.get(PersonMerge, merge_id)
    if row is None:
        raise NotFound("There is no such merge.")
    if row.undone_at is not None:
        return row
    root, absorbed = _lock_root(tx, row.absorbed_id)
    joint = merged_consents.what_holds(tx, root)
    row.undone_at, row.undone_by = tx.now, by
    tx.session.flush()
    own = _below(tx, absorbed.id)
    steps = footsteps.that_came_from(tx.session, own)
    store.move_back(tx.session, own, absorbed.id)
    _point(tx, own, absorbed.id)
    told = set(root.aliases)
    absorbed.aliases = sorted(told & {str(one) for one in own} - {str(absorbed.id)})
    root.aliases = sorted(told - {str(one) for one in own})
    revision = max(root.revision, absorbed.revision) + 1
    _learn_anew(tx, root, revision)
    _learn_anew(tx, absorbed, revision)
    _file_candidates(tx, (root, absorbed))
    # Whom they were first merged with may be somebody's part now, and somebody else again later.
    for other in {root.id, row.survivor_id}:
        _decide(tx, other, absorbed.id, "different", by)
    left, moved = _bring_home(tx, [root, absorbed])
    visitors.part(tx, steps, root.id, absorbed.id, "the one turned out to be two people")
    tx.emit(
        PersonsUnmerged(
            merge_id=row.id,
            person_id=root.id,
            survivor_id=root.id,
            absorbed_id=absorbed.id,
            survivor=people.as_contract(root),
            absorbed=people.as_contract(absorbed),
            lead_ids=[lead.id for lead in store.leads_of(tx.session, [absorbed.id])],
            moved={str(inquiry): lead for inquiry, lead in sorted(moved.items())},
            unmerged_at=tx.now,
            left={str(inquiry): lead for inquiry, lead in sorted(left.items())},
            revision=revision,
        ),
        key=f"unmerged/{row.id}",
    )
    for person in (root, absorbed):
        people.tell_change(tx, person)
    merged_consents.hold_their_own(tx, row, absorbed, ())
    merged_consents.hold_their_own(tx, row, root, joint)
    referrals.look_again_at_referred(tx, [root.id, absorbed.id])
    log.info("persons_unmerged", merge_id=str(row.id), moved=len(moved))
    return row


# --- people ----------------------------------------------------------------------------------------------------------


def _lock_both(tx: Transaction, one_id: UUID, other_id: UUID) -> tuple[Person, Person]:
    """Those who these two are now, locked, before anybody who is part of them: two merges cannot wait for each other.

    Another merge may change who that is before the lock holds. Raises NotFound.
    """
    wanted = {one_id, other_id}
    while True:
        now = store.who_now(tx.session, wanted)
        if now.keys() != wanted:
            raise NotFound("There is no such person.")
        store.lock_persons(tx, set(now.values()))
        if store.who_now(tx.session, wanted) == now:
            one, other = tx.get(Person, now[one_id]), tx.get(Person, now[other_id])
            assert one is not None
            assert other is not None
            return one, other


def _lock_root(tx: Transaction, absorbed_id: UUID) -> tuple[Person, Person]:
    """Whom somebody is part of now, and their own row, locked."""
    root, _ = _lock_both(tx, absorbed_id, absorbed_id)
    absorbed = tx.get(Person, absorbed_id)
    if absorbed is None or absorbed.id == root.id:
        raise NotFound("This merge has been undone with another one.")
    return root, absorbed


def _below(tx: Transaction, person_id: UUID) -> set[UUID]:
    """A person and all that became part of them by merges that stand."""
    found, edge = {person_id}, {person_id}
    while edge:
        into = store.merges_among(tx.session, edge)
        edge = {row.absorbed_id for row in into if row.undone_at is None and row.survivor_id in edge} - found
        found |= edge
    return found


def _point(tx: Transaction, family: Collection[UUID], to: UUID) -> None:
    tx.preload(Person, family)
    for person_id in sorted(family):
        row = tx.get(Person, person_id)
        if row is not None:
            row.current_id = None if row.id == to else to
    tx.session.flush()


def _learn_anew(tx: Transaction, person: Person, revision: int) -> None:
    """What is known of a person follows from all that was said of them."""
    values = store.values_of(tx.session, [person.id])
    if values:
        people.write(person, Facts())
        person.said_at, person.said_by = {}, {}
        for value in values:
            people.take_up(person, people.facts_from(value.values), value.said_at, value.kind, value.id)  # type: ignore[arg-type]
    person.revision = revision
    companies.settle(tx, person, people.facts_of(person))
    companies.file(tx)


def _file_candidates(tx: Transaction, persons: Sequence[Person]) -> None:
    """Who was taken for somebody else at once was never a candidate: from now on they are, by what is theirs."""
    blocks = []
    for person in persons:
        who = particulars(people.facts_of(person))
        blocks += [(blocking.hashed(key), person.id) for key in (*blocking.keys(who), *blocking.firms(who))]
    store.file_blocks(tx.session, blocks)


# --- questions -------------------------------------------------------------------------------------------------------


def _answer(tx: Transaction, family: Collection[UUID]) -> None:
    """Questions between people who are one now are answered."""
    for review in store.reviews_about(tx.session, family):
        if review.state == "open" and {review.one_id, review.other_id} <= set(family):
            review.state, review.decided_at = "same", tx.now


def _decide(tx: Transaction, one: UUID, other: UUID, state: str, by: str) -> None:
    key = store.review_key(one, other)
    review = tx.get(PersonReview, key)
    if review is None:
        low, high = sorted((one, other), key=str)
        review = tx.add(
            PersonReview(key=key, one_id=low, other_id=high, probability=0.0, reasons=[], state=state, found_at=tx.now)
        )
    review.state, review.decided_at, review.decided_by = state, tx.now, by


# --- leads -----------------------------------------------------------------------------------------------------------


def _bring_home(tx: Transaction, persons: Sequence[Person]) -> tuple[dict[UUID, UUID], dict[UUID, UUID]]:
    """Responses in a lead of the other person go to one of their own. Returns the old lead of each, and the new one."""
    owners = {person.id: person for person in persons}
    own: dict[UUID, list[Lead]] = {person.id: [] for person in persons}
    for lead in store.leads_of(tx.session, list(owners)):
        if lead.person_id is not None:
            own[lead.person_id].append(lead)
    owner_of = {lead.id: person_id for person_id, group in own.items() for lead in group}
    inquiries = store.inquiries_in(tx.session, list(owner_of))
    stray = [one for one in inquiries if one.person_id in owners and one.person_id != owner_of[_lead(one)]]
    if not stray:
        return {}, {}
    left = {one.id: _lead(one) for one in stray}
    touched = set(left.values())
    settled = [one for one in inquiries if one not in stray]
    for lead in (lead for group in own.values() for lead in group if lead.id in touched):
        _recount(lead, [one for one in settled if one.lead_id == lead.id])
    for one in stray:
        assert one.person_id is not None
        _file_again(tx, one, owners[one.person_id], own[one.person_id])
    return left, {one.id: _lead(one) for one in stray}


def _lead(inquiry: Inquiry) -> UUID:
    assert inquiry.lead_id is not None
    return inquiry.lead_id


def _recount(lead: Lead, responses: Sequence[Inquiry]) -> None:
    if responses:
        lead.responses = len(responses)
        lead.first_response_at = min(one.received_at for one in responses)
        lead.last_response_at = max(one.received_at for one in responses)


def _file_again(tx: Transaction, inquiry: Inquiry, person: Person, own: list[Lead]) -> None:
    lead = next((lead for lead in sorted(own, key=leads.last_response, reverse=True) if _joins(lead, inquiry)), None)
    opened = lead is None
    if lead is None:
        before = [each for each in own if leads.last_response(each) <= inquiry.received_at]
        lead = leads.open_again(tx, person, inquiry, max(before, key=leads.last_response, default=None))
        own.append(lead)
    else:
        lead.responses += 1
        lead.first_response_at = min(lead.first_response_at or inquiry.received_at, inquiry.received_at)
        lead.last_response_at = max(leads.last_response(lead), inquiry.received_at)
    inquiry.lead_id, inquiry.outcome = lead.id, "registered" if opened else "responded"
    leads.tell(tx, lead, person, inquiry, opened=opened, answered=True)


def _joins(lead: Lead, inquiry: Inquiry) -> bool:
    if lead.first_response_at is None or lead.last_response_at is None:
        return False
    return belongs(lead.resolution, lead.first_response_at, lead.last_response_at, inquiry.received_at, _WINDOW)
