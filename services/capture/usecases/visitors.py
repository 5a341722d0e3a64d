"""Visitors become known: their anonymous activities join the person, each exactly once, and everybody is told.

Every function here works on visitors that are locked until the end of the transaction (`store.meet`,
`store.lock_visitors`): what two transactions learn of one visitor, the second learns with all that the first did.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.capture.domain.footsteps.belonging import Identification, owner, with_more
from services.capture.domain.footsteps.reading import is_email, visitor_id, visitor_of_email
from services.capture.models import Inquiry, Visitor
from services.capture.store import footsteps as store
from services.capture.store import matching
from services.capture.store.footsteps import Footmark
from services.capture.usecases.arriving import Arrival
from shared.contracts.capture import ActivityReassigned, ActivityRecorded
from shared.database.unit_of_work import Transaction

#: The visitors of a batch, locked.
Visitors = Mapping[str, Visitor]


@dataclass(frozen=True)
class Seen:
    """Somebody said on this visitor's browser who they are. `lead_id` is the lead that this made or joined."""

    visitor: str
    who: Identification
    lead_id: UUID | None = None


def meet(tx: Transaction, arrivals: Iterable[Arrival]) -> Visitors:
    """Locks the visitors that these inquiries come from, and those who only have the email of one of them."""
    browsers: set[str] = set()
    emails: set[str] = set()
    for arrival in arrivals:
        if arrival.test or arrival.refused is not None:
            continue
        browsers |= {visitor for visitor in (visitor_id(arrival.submission.visitor),) if visitor}
        emails |= {visitor_of_email(email) for email in (arrival.inquiry.facts.email,) if email}
    return store.lock_visitors(tx.session, browsers, emails)


def with_touches(visitors: Visitors, arrival: Arrival) -> Arrival:
    """The arrival, its attribution with what brought its sender here first and last, where the sender does not say.

    The names are `first_utm_source`, `last_referrer`, `first_touch_at`, … Once registered, they are never changed.
    """
    found = _touches(visitors.get(visitor_id(arrival.submission.visitor) or ""))
    if not found:
        return arrival
    return replace(arrival, inquiry=replace(arrival.inquiry, attribution={**found, **arrival.inquiry.attribution}))


def introduce(tx: Transaction, visitors: Visitors, arrivals: Sequence[Arrival], records: Sequence[Inquiry]) -> None:
    """Those of the visitors whose inquiry became a person's are known from now on."""
    seen: list[Seen] = []
    for arrival, record in zip(arrivals, records, strict=True):
        if record.outcome in ("registered", "responded") and record.person_id is not None:
            seen += _seen_by(visitors, arrival, record.origin_person_id or record.person_id, record.lead_id)
    identify(tx, visitors, seen)


def _touches(visitor: Visitor | None) -> dict[str, str]:
    if visitor is None:
        return {}
    found: dict[str, str] = {}
    for name, at, touch in (
        ("first", visitor.first_at, visitor.first_touch),
        ("last", visitor.last_at, visitor.last_touch),
    ):
        if at is not None and touch:
            found |= {f"{name}_{part}": value for part, value in sorted(touch.items())}
            found[f"{name}_touch_at"] = at.astimezone(UTC).isoformat()
    return found


def _seen_by(visitors: Visitors, arrival: Arrival, person_id: UUID, lead_id: UUID | None) -> list[Seen]:
    who = Identification(arrival.received_at, arrival.inquiry_id, person_id)
    browser, email = visitor_id(arrival.submission.visitor), arrival.inquiry.facts.email
    keys = [key for key in (browser, visitor_of_email(email) if email else None) if key in visitors]
    return [Seen(key, who, lead_id) for key in keys if key is not None and _is_news(visitors[key], who)]


def _is_news(visitor: Visitor, who: Identification) -> bool:
    # An email is its owner's for good: to say so once is enough.
    return not (is_email(visitor.id) and visitor.identified)


def identify(tx: Transaction, visitors: Visitors, seen: Sequence[Seen]) -> None:
    """Files who these visitors are, and gives what they did to whom it belongs."""
    for one in seen:
        visitor = visitors[one.visitor]
        visitor.identified = [_as_json(each) for each in with_more(known(visitor.identified), [one.who])]
    changed = {one.visitor for one in seen}
    if not changed:
        return
    several = {name for name in changed if len(visitors[name].identified) > 1}
    theirs = store.not_settled(tx.session, changed, several)
    owners = Owners(tx)
    owners.load(person for name in changed for person in _persons(visitors[name]))
    for one in seen:
        if one.lead_id is not None:
            owners.leads[owners.current(one.who.person_id)] = one.lead_id
    said = {name: known(visitors[name].identified) for name in changed}
    given = []
    for activity in sorted(theirs, key=lambda one: (one.at, one.id)):
        belongs = owner(said[activity.visitor or ""], activity.at)
        if belongs is not None:
            person_id, anonymous = belongs
            if give(tx, activity, person_id, anonymous and not is_email(activity.visitor), owners):
                given.append(activity)
    store.give(tx.session, given)


class Owners:
    """Who the people are now to whom activities belong, and the lead that what they do is filed under."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._current: dict[UUID, UUID] = {}
        #: The open lead by person.
        self.leads: dict[UUID, UUID] = {}

    def load(self, person_ids: Iterable[UUID]) -> None:
        """Finds these people and their open leads, in two queries."""
        self._current |= store.current_persons(self._tx.session, set(person_ids))
        self.leads |= store.open_leads(self._tx.session, set(self._current.values()))

    def current(self, person_id: UUID) -> UUID:
        """The person, or who absorbed them."""
        return self._current.get(person_id, person_id)

    def __contains__(self, person_id: UUID) -> bool:
        return person_id in self._current

    def columns(self, person_id: UUID | None) -> dict[str, UUID | None]:
        """What an activity of this person says of whose it is."""
        if person_id is None:
            return {"person_id": None, "origin_person_id": None, "lead_id": None}
        current = self.current(person_id)
        origin = person_id if current != person_id else None
        return {"person_id": current, "origin_person_id": origin, "lead_id": self.leads.get(current)}


def give(tx: Transaction, activity: Footmark, person_id: UUID, anonymous: bool, owners: Owners) -> bool:
    """The activity is this person's. One that was somebody else's moves, and that is told. Whether anything changed."""
    before, lead_before = activity.person_id, activity.lead_id
    changed, activity.anonymous_before = activity.anonymous_before != anonymous, anonymous
    if (activity.origin_person_id or before) == person_id:
        return changed
    for name, value in owners.columns(person_id).items():
        setattr(activity, name, value)
    if before is None:
        tell(tx, activity)
        return True
    _tell_move(tx, activity, before, lead_before, "somebody else had said earlier on this browser who they are")
    return True


def follow(tx: Transaction, theirs: Sequence[Footmark], to: UUID, because: str) -> None:
    """These activities go with their person, who became part of another, or is somebody of their own again.

    Each remembers whose it was, and stays with its lead where that is `to`'s; else it is filed under their open one.
    """
    if not theirs:
        return
    own = {lead.id for lead in matching.leads_of(tx.session, [to])}
    open_lead = store.open_leads(tx.session, {to}).get(to)
    changed = []
    for activity in theirs:
        before, lead_before = activity.person_id, activity.lead_id
        lead_id = lead_before if lead_before in own else open_lead
        if before is None or (before, lead_before) == (to, lead_id):
            continue
        if before != to:
            activity.person_id, activity.origin_person_id = to, activity.origin_person_id or before
        activity.lead_id = lead_id
        _tell_move(tx, activity, before, lead_before, because)
        changed.append(activity)
    store.give(tx.session, changed)


def part(tx: Transaction, theirs: Sequence[Footmark], one: UUID, other: UUID, because: str) -> None:
    """Two are told apart: `theirs` go with the `other`, and what the `one` did is filed under a lead of their own."""
    follow(tx, theirs, other, because)
    leads = {lead.id for lead in matching.leads_of(tx.session, [other])}
    follow(tx, store.filed_under(tx.session, one, leads), one, because)


def _tell_move(tx: Transaction, activity: Footmark, before: UUID, lead_before: UUID | None, because: str) -> None:
    assert activity.person_id is not None
    activity.revision += 1
    tx.emit(
        ActivityReassigned(
            activity_id=activity.id,
            person_id=activity.person_id,
            lead_id=activity.lead_id,
            previous_person_id=before,
            previous_lead_id=lead_before,
            revision=activity.revision,
            because=because,
            reassigned_at=tx.now,
        ),
        key=f"{activity.id}/{activity.revision}",
    )


def tell(tx: Transaction, activity: Footmark) -> None:
    """Publishes an activity that has become a person's."""
    assert activity.person_id is not None
    tx.emit(
        ActivityRecorded(
            activity_id=activity.id,
            person_id=activity.person_id,
            lead_id=activity.lead_id,
            kind=activity.kind,
            what=activity.what,
            title=activity.title,
            at=activity.at,
            site=activity.source,
            campaign=activity.campaign,
            source=activity.traffic_source,
            tactic=activity.tactic,
            url=activity.url,
            details=activity.details,
            occasion=activity.occasion,
            verdict=activity.verdict,  # type: ignore[arg-type]
            reasons=list(activity.signs),
            anonymous_before=activity.anonymous_before,
            revision=activity.revision,
        ),
        key=str(activity.id),
    )


def known(identified: Sequence[Mapping[str, Any]]) -> list[Identification]:
    """The identifications of a visitor's row, in the order of time."""
    return sorted(
        Identification(datetime.fromisoformat(one["at"]), UUID(one["evidence"]), UUID(one["person"]))
        for one in identified
    )


def _as_json(one: Identification) -> dict[str, str]:
    return {
        "at": one.at.astimezone(UTC).isoformat(),
        "evidence": str(one.evidence),
        "person": str(one.person_id),
    }


def _persons(visitor: Visitor) -> Collection[UUID]:
    return {UUID(one["person"]) for one in visitor.identified}
