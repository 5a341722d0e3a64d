"""Somebody has said something new: whoever they may be besides is merged with them, or somebody is asked."""

from uuid import UUID

import structlog

from services.capture.models import PersonMerge, PersonReview
from services.capture.store import matching as store
from services.capture.usecases import merging, people
from services.capture.usecases.matching import MOST_ASKED, Likeness, Lookout, question, reasons_as_json
from services.capture.usecases.merging import Grounds
from shared.contracts.errors import NotAllowed, NotFound
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

log = structlog.get_logger()

SAME, DIFFERENT = "same", "different"


def compare_person(tx: Transaction, item: DueItem) -> None:
    """Compares one person with everybody who is like them."""
    compare(tx, UUID(item.key))


def compare(tx: Transaction, person_id: UUID) -> None:
    """Merges a person with whoever they certainly are; asks about those whom they may be."""
    found = store.facts_by_person(tx.session, [person_id])
    if person_id not in found:
        return
    now, facts = found[person_id]
    # Everything that ever became part of them shares their keys, and would crowd out everybody else.
    lookout = Lookout(passing_over=store.family_of(tx.session, now))
    lookout.look_up(tx, {person_id: facts})
    likely = [one for one in lookout.likely(person_id) if one.person_id != now]
    apart = _told_apart(tx, now, likely)
    for one in likely:
        if one.verdict == "same" and one.person_id not in apart:
            reasons = reasons_as_json(lookout.asked(person_id), one.theirs, one.match)
            merging.merge(tx, now, one.person_id, Grounds(round(one.match.probability, 4), reasons, automatic=True))
            # There may be more of them; each is compared with what is known by then.
            people.compare(tx, person_id)
            return
    questions = [
        question(tx, now, one.person_id, one, lookout.asked(person_id)) | {"inquiry_id": None}
        for one in likely[:MOST_ASKED]
        if one.person_id not in apart
    ]
    store.file_reviews(tx.session, questions)


def _told_apart(tx: Transaction, person_id: UUID, likely: list[Likeness]) -> set[UUID]:
    """Those of whom somebody said that they are not this person, or not somebody who is part of them."""
    own = store.family_of(tx.session, person_id)
    apart = set()
    for one in likely:
        theirs = store.family_of(tx.session, one.person_id)
        if store.told_apart(tx.session, {store.review_key(a, b) for a in own for b in theirs}):
            apart.add(one.person_id)
    return apart


def decide(tx: Transaction, key: str, decision: str, by: str) -> tuple[PersonReview, PersonMerge | None]:
    """A manager says whether two people are one. Returns the question, and the merge that followed.

    Raises NotFound, or NotAllowed for what was decided otherwise.
    """
    review = tx.get(PersonReview, key)
    if review is None:
        raise NotFound("There is no such question.")
    if review.state == decision:
        return review, None
    if review.state != "open":
        raise NotAllowed(f"It was decided already that they are {'one' if review.state == SAME else 'two'}.")
    merge = None
    if decision == SAME:
        grounds = Grounds(review.probability, review.reasons, automatic=False, by=by)
        merge = merging.merge(tx, review.one_id, review.other_id, grounds)
    review.state, review.decided_at, review.decided_by = decision, tx.now, by
    return review, merge
