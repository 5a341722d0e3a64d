"""What a person did as a visitor: which footsteps are theirs, and how they are forgotten."""

from typing import Any

from sqlalchemy import ARRAY, Text, all_, and_, cast, exists, func, or_, select, update
from sqlalchemy.orm import Session

from services.capture.models import Activity, ActivityBatch, Visitor
from shared.database import erasing
from shared.database.erasing import Subject, among

#: What is left of a footstep: what was done, when, and by which campaign it came.
_BLANK: dict[str, Any] = {
    "visitor": None, "url": None, "title": None, "referrer": None, "touch": {}, "details": {}, "user_agent": None,
    "network": None, "what": "erased",
}  # fmt: skip


def is_theirs(subject: Subject) -> Any:
    """The condition that a visitor turned out to be the person."""
    return or_(*(Visitor.identified.contains([{"person": str(one)}]) for one in subject.person_ids))


def left_by(subject: Subject) -> Any:
    """The condition that a footstep is the person's, by whatever joined it to them, or was left in their browser."""
    persons = subject.person_ids
    columns = (Activity.person_id, Activity.origin_person_id, Activity.named_person_id)
    return or_(
        *(among(column, persons) for column in columns),
        among(Activity.lead_id, subject.lead_ids),
        Activity.visitor.in_(select(Visitor.id).where(_theirs_alone(subject))),
    )


def forget(session: Session, subject: Subject) -> dict[str, int]:
    """Blanks the person's footsteps and removes the marks of their browsers. Returns rows by table."""
    theirs_alone = _theirs_alone(subject)
    batches = select(Activity.receipt_id).where(left_by(subject))
    bodies = update(ActivityBatch).where(ActivityBatch.receipt_id.in_(batches)).values(body=None, problems=[])
    removed = {"activity_batch": erasing.removed(session, bodies)}
    gone = list(session.scalars(select(Visitor.id).where(theirs_alone)))
    removed["activity"] = erasing.removed(session, update(Activity).where(left_by(subject)).values(_BLANK))
    shared_ones = session.scalars(select(Visitor).where(is_theirs(subject)).with_for_update()).all()
    named = set(subject.texts)
    for visitor in shared_ones:
        if visitor.id in gone:
            session.delete(visitor)
        else:
            visitor.identified = [one for one in visitor.identified if one.get("person") not in named]
    session.flush()
    removed["visitor"] = len(shared_ones)
    return removed


def _theirs_alone(subject: Subject) -> Any:
    """The condition that a browser was nobody else's as well."""
    theirs = cast([str(one) for one in subject.person_ids], ARRAY(Text))
    one = func.jsonb_array_elements(Visitor.identified).table_valued("value")
    somebody_else = exists(select(1).select_from(one).where(one.c.value.op("->>")("person") != all_(theirs)))
    return and_(is_theirs(subject), ~somebody_else)
