"""When the time of a step has come."""

from datetime import datetime
from uuid import UUID

from services.nurture import domain
from services.nurture.domain import Rules, Step
from services.nurture.models import Enrolment, Person
from services.nurture.usecases import enrolments
from services.nurture.usecases.enrolments import steps_of
from shared.contracts import nurture, people, schema
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def take_step(tx: Transaction, item: DueItem, *, rules: Rules) -> None:
    """A step is due: it is published once and the next one gets its time, unless the person needs rest first."""
    enrolment = tx.get(Enrolment, UUID(item.key))
    if enrolment is None or enrolment.state != "active":
        return
    if str(enrolment.person_id) != item.data["person_id"]:
        # Their leads were made one person's, or another's again, since this was planned.
        enrolments.schedule(tx, enrolment, item.due_at)
        return
    person = tx.get(Person, enrolment.person_id)
    if person is None:
        return
    position = enrolments.upcoming(enrolment, person, rules)
    if position is None:
        enrolments.leave_without_steps(tx, enrolment, person, rules)
        enrolments.settle_all(tx, person, rules)
        return
    step = steps_of(enrolment)[position]
    planned = domain.planned(step, enrolment.starts_at)
    due_at = domain.spaced(planned, person.last_step_at, rules.days_between_steps)
    if due_at > tx.now:
        enrolments.schedule(tx, enrolment, due_at)
        return
    _publish_step(tx, enrolment, person, step, planned)
    enrolment.position = position + 1
    person.last_step_at = tx.now
    enrolments.await_next(tx, enrolment, person, rules)
    if enrolment.state != "active":
        # Another lead of theirs may have its turn now.
        enrolments.settle_all(tx, person, rules)


def _publish_step(tx: Transaction, enrolment: Enrolment, person: Person, step: Step, planned: datetime) -> None:
    assert person.document is not None
    key = f"{enrolment.enrolment_id}/{step.id}"
    tx.emit(
        nurture.StepDue(
            enrolment_id=enrolment.enrolment_id,
            lead_id=enrolment.lead_id,
            person_id=enrolment.person_id,
            person=schema.load(people.Person, person.document),
            programme=enrolment.programme,
            step=step.id,
            piece=step.piece,
            channel=step.channel,
            occasion=key,
            due_at=planned,
        ),
        key=key,
    )
    taken = {"step": step.id, "planned": planned.isoformat(), "taken": tx.now.isoformat()}
    enrolment.taken = [*enrolment.taken, taken]
    lead = str(enrolment.lead_id)
    person.pieces = {**person.pieces, lead: {**person.pieces.get(lead, {}), step.piece: tx.now.isoformat()}}
