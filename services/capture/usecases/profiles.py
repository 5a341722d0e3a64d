"""People as a manager sees them: what is known and how it came, who belongs to them, and who may be one."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.capture.domain.matching import blocking
from services.capture.domain.matching.particulars import particulars
from services.capture.domain.matching.relations import relations
from services.capture.models import Person, PersonMerge, PersonReview, PersonValue
from services.capture.store import matching as store
from services.capture.usecases import people
from shared.contracts.calls import (
    MergeEntry,
    PersonFact,
    PersonRelation,
    PersonReply,
    ReviewEntry,
    ReviewSide,
    ReviewsReply,
    ReviewsRequest,
)
from shared.contracts.capture import MatchReason
from shared.contracts.errors import ContractViolation, NotFound

MOST_REVIEWS = 100
MOST_RELATED = 50
_NAME_PARTS = ("given_name", "family_name", "salutation")


def person(session: Session, person_id: UUID) -> PersonReply:
    """Everything about a person. Raises NotFound."""
    asked = session.get(Person, person_id)
    now = session.get(Person, asked.current_id) if asked is not None and asked.current_id else asked
    if now is None:
        raise NotFound("There is no such person.")
    family = store.family_of(session, now.id)
    merges = store.merges_among(session, family | {person_id})
    return PersonReply(
        person_id=person_id,
        current_id=now.id,
        person=people.as_contract(now),
        revision=now.revision,
        registered_at=now.registered_at,
        facts=list(_facts(now, store.values_of(session, [now.id]))),
        lead_ids=store.lead_ids(session, now.id),
        merges=[_merge(row) for row in reversed(merges)],
        related=related(session, now, family),
    )


def _facts(now: Person, values: Sequence[PersonValue]) -> Iterator[PersonFact]:
    for value in sorted(values, key=lambda value: (value.said_at, value.id), reverse=True):
        for name, said in sorted(value.values.items()):
            origin = now.said_by.get("name" if name in _NAME_PARTS else name)
            yield PersonFact(
                field=name,
                value=_text(said),
                kind=value.kind,
                source=value.source,
                said_at=value.said_at,
                inquiry_id=value.inquiry_id,
                holds=origin == f"{value.kind}:{value.id}",
            )


def _text(said: Any) -> str:
    if not isinstance(said, dict):
        return str(said)
    parts = [*said.get("lines", ()), *(said.get(name) for name in ("city", "state", "postcode", "country"))]
    return ", ".join(str(part) for part in parts if part)


def _merge(row: PersonMerge) -> MergeEntry:
    return MergeEntry(
        merge_id=row.id,
        survivor_id=row.survivor_id,
        absorbed_id=row.absorbed_id,
        automatic=row.automatic,
        confidence=row.confidence,
        reasons=[MatchReason(**reason) for reason in row.reasons],
        merged_at=row.merged_at,
        merged_by=row.merged_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )


def related(session: Session, now: Person, family: Collection[UUID]) -> list[PersonRelation]:
    """Who is of the same household or firm, surest first."""
    who = particulars(people.facts_of(now))
    keys = {blocking.hashed(key) for key in (*blocking.keys(who), *blocking.firms(who))}
    found = [
        PersonRelation(
            kind=relation.kind,
            person_id=other.person_id,
            name=other.facts.name,
            confidence=relation.confidence,
            because=list(relation.because),
        )
        for other in store.neighbours(session, keys, family, now.company_id)
        for relation in relations(who, particulars(other.facts), colleague=other.colleague)
    ]
    return sorted(found, key=lambda one: (-one.confidence, one.kind, one.person_id))[:MOST_RELATED]


# --- questions -------------------------------------------------------------------------------------------------------


def reviews(session: Session, request: ReviewsRequest) -> ReviewsReply:
    """A page of open questions, the likeliest first. Raises ContractViolation for a cursor that is none."""
    limit = max(1, min(request.limit, MOST_REVIEWS))
    rows = store.open_reviews(session, limit + 1, _place(request.cursor))
    shown = rows[:limit]
    sides = _sides(session, {each for row in shown for each in (row.one_id, row.other_id)})
    return ReviewsReply(
        entries=[_entry(row, sides) for row in shown if row.one_id in sides and row.other_id in sides],
        next=f"{shown[-1].probability!r}|{shown[-1].key}" if len(rows) > limit else None,
        open=store.number_open(session),
    )


def _place(cursor: str | None) -> tuple[float, str] | None:
    if not cursor:
        return None
    probability, _, key = cursor.partition("|")
    try:
        return float(probability), key
    except ValueError:
        raise ContractViolation("ReviewsRequest", {"cursor": ["not a cursor of this list"]}) from None


def _entry(row: PersonReview, sides: dict[UUID, ReviewSide]) -> ReviewEntry:
    return ReviewEntry(
        review_id=row.key,
        probability=row.probability,
        reasons=[MatchReason(**reason) for reason in row.reasons],
        objection=row.objection,
        found_at=row.found_at,
        one=sides[row.one_id],
        other=sides[row.other_id],
    )


def _sides(session: Session, person_ids: set[UUID]) -> dict[UUID, ReviewSide]:
    """Both people of each question, as they are now, in two queries."""
    current, rows = store.currently(session, person_ids)
    asked = store.inquiry_summaries(session, rows)
    return {
        person_id: ReviewSide(
            person=people.as_contract(rows[now]),
            registered_at=rows[now].registered_at,
            inquiries=asked[now].inquiries if now in asked else 0,
            last_inquiry_at=asked[now].last_at if now in asked else None,
            sources=asked[now].sources if now in asked else [],
        )
        for person_id, now in current.items()
        if now in rows
    }
