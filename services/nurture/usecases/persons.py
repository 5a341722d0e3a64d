"""What the front desk and unsubscribe links say of a person."""

from datetime import datetime
from uuid import UUID

from services.nurture import store
from services.nurture.domain import Rules
from services.nurture.models import Person
from services.nurture.usecases import enrolments
from shared.contracts import capture, fulfillment, people, schema
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction


def update_person(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Something new of a person; an address may open a channel that was closed."""
    told: capture.PersonUpdated = envelope.data
    person = store.person(tx, told.person_id)
    learn(person, told.person, told.revision, envelope.time)
    enrolments.settle_all(tx, person, rules)


def change_consent(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Permission for a channel was given or withdrawn; the latest word counts."""
    told: capture.ConsentChanged = envelope.data
    if told.purpose != "marketing":
        return
    person = store.person(tx, told.person_id)
    hear_word(person, told.channel, told.allowed, told.changed_at)
    enrolments.settle_all(tx, person, rules)


def unsubscribe(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The person used an unsubscribe link: this channel is closed to programmes for good."""
    told: fulfillment.Unsubscribed = envelope.data
    person = store.person(tx, told.person_id)
    person.unsubscribed = sorted({*person.unsubscribed, told.channel})
    enrolments.settle_all(tx, person, rules)


def introduce(person: Person, lead_id: UUID) -> None:
    """The lead is this person's."""
    person.lead_ids = sorted({*person.lead_ids, str(lead_id)})


def learn(person: Person, told: people.Person, revision: int, at: datetime) -> None:
    """Keeps what was told unless something newer is known."""
    if person.document is None or (revision, at) >= (person.revision or 0, person.seen_at or at):
        person.document, person.revision, person.seen_at = schema.dump(told), revision, at


def hear_word(person: Person, channel: str, allowed: bool | None, at: datetime) -> None:
    """Keeps the latest yes or no to a channel; of two at the same moment the no. None: they were not asked."""
    if allowed is None:
        return
    if channel == "email" and _counts(allowed, at, person.email_said_at):
        person.email_allowed, person.email_said_at = allowed, at
    elif channel == "post" and _counts(allowed, at, person.post_said_at):
        person.post_allowed, person.post_said_at = allowed, at


def hear_consent(person: Person, consent: people.Consent, at: datetime) -> None:
    """What an inquiry said about being contacted."""
    hear_word(person, "email", consent.email, at)
    hear_word(person, "post", consent.post, at)


def _counts(allowed: bool, at: datetime, said_at: datetime | None) -> bool:
    return said_at is None or at > said_at or (at == said_at and not allowed)
