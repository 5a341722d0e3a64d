"""What the router publishes."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event, contract, event
from shared.contracts.people import Owner
from shared.contracts.privacy import DataErased

#: accept: take the lead on; contact: reach the prospect; update: say how it stands; review: marketing looks again.
Clock = Literal["accept", "contact", "update", "review"]
Status = Literal[
    "assigned", "accepted", "contacted", "appointment", "quoted", "won", "lost", "declined", "recycled", "returned"
]  # fmt: skip


@contract
class Candidate:
    """One owner that was looked at, and why they were or were not chosen."""

    owner_id: str
    name: str
    chosen: bool
    because: str


@event("router", "lead_assigned")
class LeadAssigned(Event):
    """The lead has a new owner. `revision` grows per lead; the highest one tells who owns it now."""

    lead_id: UUID
    person_id: UUID
    assignment_id: UUID
    revision: int
    owner: Owner
    previous_owner_id: str | None = None
    #: initial, qualified, kept, disqualified, declined, lapsed, recycled, manual
    occasion: str
    territory: str | None = None
    explanation: list[Candidate]
    clock: Clock
    due_at: datetime
    rules_version: str
    assigned_at: datetime
    #: Who moved it by hand, and why.
    by: str | None = None
    because: str | None = None
    #: Until when it waits for its owner to open; None where somebody is there.
    held_until: datetime | None = None


@event("router", "lead_shared")
class LeadShared(Event):
    """Somebody works on the lead beside the owner who is responsible for it."""

    lead_id: UUID
    share_id: UUID
    #: Of whoever is responsible.
    assignment_id: UUID
    owner: Owner
    #: Among those who share it; the responsible one is 1.
    place: int
    of: int
    shared_at: datetime


@event("router", "share_status_changed")
class ShareStatusChanged(Event):
    """What somebody who shares the lead says of it; the lead's own status is that of whoever is responsible."""

    lead_id: UUID
    share_id: UUID
    owner_id: str
    status: str
    previous: str
    changed_at: datetime


@event("router", "share_ended")
class ShareEnded(Event):
    """Somebody shares the lead no longer."""

    lead_id: UUID
    share_id: UUID
    owner_id: str
    #: promoted: responsible for it now, by `assignment_id`; declined, lost, returned, …; or why it went elsewhere.
    because: str
    assignment_id: UUID | None = None
    ended_at: datetime


@event("router", "lead_charged")
class LeadCharged(Event):
    """An owner took on a lead that has a price."""

    lead_id: UUID
    #: The assignment or share.
    entry_id: UUID
    owner_id: str
    amount: Decimal
    currency: str
    because: str
    charged_at: datetime


@event("router", "lead_credited")
class LeadCredited(Event):
    """What an owner was charged for a lead was taken back."""

    lead_id: UUID
    entry_id: UUID
    owner_id: str
    amount: Decimal
    currency: str
    because: str
    by: str
    credited_at: datetime


@event("router", "lead_delivered")
class LeadDelivered(Event):
    """The owner's system or mailbox took the lead package."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    #: webhook, email, …
    delivery: str
    #: Idempotency key of this delivery at the far side.
    key: str
    attempts: int
    delivered_at: datetime


@event("router", "delivery_failed")
class DeliveryFailed(Event):
    """A delivery was given up, or its outcome is unknown after a crash."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    delivery: str
    key: str
    attempts: int
    outcome: Literal["failed", "unknown"]
    reason: str
    failed_at: datetime


@event("router", "delivery_channel_disabled")
class DeliveryChannelDisabled(Event):
    """A way to an owner has failed for days, or wants no more: their leads go by email until somebody enables it."""

    owner_id: str
    #: webhook, salesforce, csv, …
    way: str
    because: str
    failing_since: datetime | None = None
    disabled_at: datetime


@event("router", "lead_accepted")
class LeadAccepted(Event):
    """The owner confirmed that the lead is theirs and meets the criteria (SAL)."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    accepted_at: datetime


@event("router", "lead_declined")
class LeadDeclined(Event):
    """The owner refused the lead; it goes on to the next candidate."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    reason: str
    #: The territory by which the lead came to them, where they say that it is not theirs.
    wrong_territory: str | None = None
    declined_at: datetime


@event("router", "lead_lapsed")
class LeadLapsed(Event):
    """The owner let a clock run out; the lead goes on to the next candidate."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    clock: Clock
    lapsed_at: datetime


@event("router", "lead_escalated")
class LeadEscalated(Event):
    """A clock is running out or ran out, and the owner's manager was told."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    clock: Clock
    told: str
    #: 1: their manager; 2: whom the manager answers to.
    level: int = 1
    escalated_at: datetime


@event("router", "lead_status_changed")
class LeadStatusChanged(Event):
    """What the owner says of the lead. `revision` grows per lead."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    revision: int
    status: Status
    previous: Status
    note: str | None = None
    #: How the owner said it: link, email, portal, api, csv, crm, prospect.
    via: str | None = None
    #: What keeps the owner from going on; the status is as before, and so is their duty.
    blocked: str | None = None
    #: Of an appointment, where they say when it is.
    appointment_at: datetime | None = None
    changed_at: datetime


@event("router", "duty_ended")
class DutyEnded(Event):
    """What an owner had to do with a lead by a time: they did it, in time or late, or the time passed without it."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    owner_name: str
    clock: Clock
    outcome: Literal["in_time", "late", "missed"]
    #: accept, decline, contacted, appointment, quoted, won, lost, not_ready; None where nothing was done.
    did: str | None = None
    #: What the answer asks for and did not get, for example the amount of a sale.
    left_out: list[str] = field(default_factory=list)
    due_at: datetime
    ended_at: datetime


@event("router", "quote_recorded")
class QuoteRecorded(Event):
    """The owner made the prospect an offer (SQL)."""

    lead_id: UUID
    owner_id: str
    amount: Decimal
    currency: str
    quoted_at: datetime


@event("router", "lead_won")
class LeadWon(Event):
    """The lead became a sale."""

    lead_id: UUID
    owner_id: str
    amount: Decimal | None = None
    currency: str | None = None
    #: Of the status; after `lead_reopened` of a higher one, this holds no longer.
    revision: int = 0
    #: The prospect's word is taken where the owner says nothing; the owner's, whenever it comes, counts for more.
    told_by: Literal["owner", "prospect"] = "owner"
    won_at: datetime


@event("router", "lead_lost")
class LeadLost(Event):
    """The lead was lost: to whom and why, as far as the owner says."""

    lead_id: UUID
    owner_id: str
    lost_to: str | None = None
    reason: str
    #: In the owner's own words.
    note: str | None = None
    #: As of a sale.
    revision: int = 0
    told_by: Literal["owner", "prospect"] = "owner"
    lost_at: datetime


@event("router", "lead_recycled")
class LeadRecycled(Event):
    """The lead flows back to marketing and nurture: owner or prospect say "not ready", or nobody says a word."""

    lead_id: UUID
    person_id: UUID
    owner_id: str
    reason: str
    until: date | None = None
    told_by: Literal["owner", "prospect", "silence"] = "owner"
    recycled_at: datetime


@event("router", "lead_reopened")
class LeadReopened(Event):
    """The owner corrects themselves: the lead was neither won nor lost. What closed it before holds no longer.

    When it ended otherwise, the right ending follows as an event of its own, with a higher revision.
    """

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    #: Of the status: every ending of a lower revision is void.
    revision: int
    was: Literal["won", "lost"]
    reopened_at: datetime


@event("router", "return_asked")
class ReturnAsked(Event):
    """The owner wants to give the lead back because it is not what it should be; their manager is asked."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    reason: str
    asked_at: datetime


@event("router", "return_refused")
class ReturnRefused(Event):
    """The manager says that the lead is what it should be: its owner keeps it."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    because: str | None = None
    refused_at: datetime


@event("router", "lead_returned")
class LeadReturned(Event):
    """The lead was taken back from its owner because it was not what it should be."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    reason: str
    accepted_by: Literal["rule", "manager"]
    #: Whether the owner got back what they were charged.
    credited: bool
    returned_at: datetime


@event("router", "owner_reply_unread")
class OwnerReplyUnread(Event):
    """An owner answered by mail, and it could not be taken as their word; somebody looks at it. Nothing was changed."""

    lead_id: UUID
    assignment_id: UUID
    owner_id: str
    #: asked_back: not certain; refused: it cannot be said now; stranger: not the owner's address; automatic: a bounce
    outcome: Literal["asked_back", "refused", "stranger", "automatic"]
    received_at: datetime


@event("router", "purchase_asked")
class PurchaseAsked(Event):
    """The owner is silent: the prospect is to be asked, this once, whether they bought."""

    lead_id: UUID
    person_id: UUID
    assignment_id: UUID
    owner_id: str
    #: Of the owner, as the prospect knows them.
    owner_name: str
    products: list[str]
    #: The owner's last word, or the hand-over.
    silent_since: datetime
    asked_at: datetime
    #: Until when the answer can be given.
    expires_at: datetime


@event("router", "purchase_told")
class PurchaseTold(Event):
    """What the prospect says of their purchase. It is kept beside the owner's word, whatever that is."""

    lead_id: UUID
    person_id: UUID
    owner_id: str
    #: bought: from us; elsewhere: from somebody else; looking: not yet; no_interest: not any more
    answer: Literal["bought", "elsewhere", "looking", "no_interest"]
    #: From whom, where they bought elsewhere.
    bought_from: str | None = None
    #: When they want to hear from us again, where they are still looking.
    until: date | None = None
    #: They ask to be contacted.
    wants_contact: bool = False
    note: str | None = None
    #: Whether it changed where the lead stands: after an owner's word it does not.
    changed: bool
    told_at: datetime


@event("router", "person_data_erased")
class PersonDataErased(DataErased):
    """The person, their inquiries and every package about them are gone; the lead is closed."""
