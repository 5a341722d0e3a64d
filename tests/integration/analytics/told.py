"""What rooms tell of leads: whole lives, event by event."""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts import capture, fulfillment, nurture, qualify, router
from shared.contracts.capture import LeadRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.people import Bant, Owner, Response
from tests.builders import NOON, enveloped, lead_registered, person, response

MARKETING = Owner(owner_id="marketing", kind="marketing", name="Marketing")
DEALER = Owner(owner_id="dealer-ames", kind="dealer", name="Ames Tractor", email="sales@ames.example")


def received(what: Response, outcome: Any, lead_id: UUID | None = None, **over: Any) -> capture.InquiryReceived:
    values: dict[str, Any] = {
        "inquiry_id": what.inquiry_id, "receipt_id": what.receipt_id, "lead_id": lead_id, "source": what.source,
        "channel": what.channel, "campaign": what.campaign, "received_at": what.received_at,
        "registered_at": what.received_at, "outcome": outcome, "completeness": 0.5,
    }  # fmt: skip
    return capture.InquiryReceived(**(values | over))


def quarantined(what: Response) -> capture.InquiryQuarantined:
    return capture.InquiryQuarantined(
        inquiry_id=what.inquiry_id, receipt_id=what.receipt_id, source=what.source, channel=what.channel,
        received_at=what.received_at, reason="no_contact", detail="neither email nor phone nor address",
    )  # fmt: skip


def responded(lead: LeadRegistered, what: Response, number: int = 2) -> capture.LeadResponded:
    return capture.LeadResponded(
        lead_id=lead.lead_id, person_id=lead.person_id, person=lead.person, response=what, number=number
    )


def scored(lead: LeadRegistered, revision: int, rank: Any, decision: Any, score: int = 40) -> qualify.LeadScored:
    return qualify.LeadScored(
        lead_id=lead.lead_id, person_id=lead.person_id, revision=revision, fit=score - 10, engagement=10, score=score,
        rank=rank, decision=decision, lines=[], bant=Bant(), rules_version="r1", scored_at=NOON,
    )  # fmt: skip


def qualified(lead: LeadRegistered, at: datetime) -> qualify.LeadQualified:
    return qualify.LeadQualified(
        lead_id=lead.lead_id, person_id=lead.person_id, revision=2, rank="hot", score=80, bant=Bant(),
        because=["budget named"], rules_version="r1", qualified_at=at,
    )  # fmt: skip


def disqualified(lead: LeadRegistered, at: datetime) -> qualify.LeadDisqualified:
    return qualify.LeadDisqualified(
        lead_id=lead.lead_id, person_id=lead.person_id, revision=1, rank="unqualified", because=["a student"],
        rules_version="r1", disqualified_at=at,
    )  # fmt: skip


def recycled(lead: LeadRegistered, at: datetime) -> router.LeadRecycled:
    return router.LeadRecycled(
        lead_id=lead.lead_id, person_id=lead.person_id, owner_id=DEALER.owner_id, reason="not ready", recycled_at=at
    )


def assigned(lead: LeadRegistered, revision: int, owner: Owner, at: datetime) -> router.LeadAssigned:
    return router.LeadAssigned(
        lead_id=lead.lead_id, person_id=lead.person_id, assignment_id=UUID(int=revision), revision=revision,
        owner=owner, occasion="initial", explanation=[], clock="accept", due_at=at + timedelta(days=2),
        rules_version="r1", assigned_at=at,
    )  # fmt: skip


def status(lead: LeadRegistered, revision: int, before: Any, now: Any, at: datetime) -> router.LeadStatusChanged:
    return router.LeadStatusChanged(
        lead_id=lead.lead_id, assignment_id=UUID(int=1), owner_id=DEALER.owner_id, revision=revision, status=now,
        previous=before, changed_at=at,
    )  # fmt: skip


def accepted(lead: LeadRegistered, at: datetime) -> router.LeadAccepted:
    return router.LeadAccepted(
        lead_id=lead.lead_id, assignment_id=UUID(int=1), owner_id=DEALER.owner_id, accepted_at=at
    )


def quoted(lead: LeadRegistered, at: datetime) -> router.QuoteRecorded:
    return router.QuoteRecorded(
        lead_id=lead.lead_id, owner_id=DEALER.owner_id, amount=Decimal("48500"), currency="USD", quoted_at=at
    )


def won(lead: LeadRegistered, at: datetime) -> router.LeadWon:
    return router.LeadWon(
        lead_id=lead.lead_id, owner_id=DEALER.owner_id, amount=Decimal("48000"), currency="USD", won_at=at
    )


def lost(lead: LeadRegistered, at: datetime) -> router.LeadLost:
    return router.LeadLost(
        lead_id=lead.lead_id, owner_id=DEALER.owner_id, lost_to="Brand X", reason="price", lost_at=at
    )


def sent(lead: LeadRegistered, piece: str, at: datetime) -> fulfillment.PieceSent:
    return fulfillment.PieceSent(
        piece_id=uuid.uuid4(), key=f"{lead.person_id}/{piece}", lead_id=lead.lead_id, person_id=lead.person_id,
        piece=piece, channel="email", occasion="first", items=[], sent_at=at,
    )  # fmt: skip


def entered(lead: LeadRegistered, at: datetime) -> nurture.ProgrammeEntered:
    return nurture.ProgrammeEntered(
        enrolment_id=UUID(int=5), lead_id=lead.lead_id, person_id=lead.person_id, programme="not-ready-yet",
        version="v1", because="not ready: cold, 40 points", entered_at=at,
    )  # fmt: skip


def life(
    fate: str, *, campaign: str = "website", source: str = "website-contact", at: datetime = NOON
) -> list[Envelope]:
    """A lead up to `fate`: unready, qualified, accepted, quoted, won or lost. Each event an hour after the other."""
    what = response(received_at=at, campaign=campaign, source=source)
    lead = lead_registered(person=person(), response=what)
    times = (at + timedelta(hours=hour) for hour in range(99))
    steps: dict[str, list[Event]] = {
        "unready": [scored(lead, 1, "cold", "not_ready"), entered(lead, at), sent(lead, "nurture-1-guide", at)],
        "qualified": [scored(lead, 2, "hot", "qualified", 80), qualified(lead, at), assigned(lead, 2, DEALER, at)],
        "accepted": [accepted(lead, at), status(lead, 1, "assigned", "accepted", at)],
        "quoted": [quoted(lead, at), status(lead, 2, "accepted", "quoted", at)],
        "won": [won(lead, at), status(lead, 3, "quoted", "won", at)],
        "lost": [lost(lead, at), status(lead, 3, "accepted", "lost", at)],
    }
    way = {
        "unready": ["unready"], "qualified": ["unready", "qualified"], "accepted": ["qualified", "accepted"],
        "quoted": ["qualified", "accepted", "quoted"], "won": ["qualified", "accepted", "quoted", "won"],
        "lost": ["qualified", "accepted", "lost"],
    }[fate]  # fmt: skip
    events = [
        received(what, "registered", lead.lead_id, person_id=lead.person_id),
        lead,
        assigned(lead, 1, MARKETING, at),
    ]
    events += [event for step in way for event in steps[step]]
    return [enveloped(event, time=next(times)) for event in events]


FATES = ("unready", "unready", "unready", "qualified", "accepted", "quoted", "won", "lost")


def lives(number: int, seed: int = 1) -> Iterator[Envelope]:
    """Many leads of every fate, now and then with a repeat response, a test, a quarantined inquiry, a new name."""
    chance = random.Random(seed)
    for place in range(number):
        events = life(FATES[place % len(FATES)], campaign=chance.choice(("website", "farm-progress-show")))
        yield from events
        lead: LeadRegistered = events[1].data
        if place % 3 == 0:
            again = response()
            yield enveloped(received(again, "responded", lead.lead_id))
            yield enveloped(responded(lead, again))
        if place % 4 == 0:
            yield enveloped(received(response(), "test"))
            yield enveloped(quarantined(response()))
            newer = person(person_id=lead.person_id, name="Ann Lee-Smith")
            yield enveloped(capture.PersonUpdated(person_id=lead.person_id, person=newer, revision=2))
