"""What the front desk publishes."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event, contract, event
from shared.contracts.people import Person, PreviousResponse, Response


@event("capture", "inquiry_received")
class InquiryReceived(Event):
    """An inquiry was registered, whatever becomes of it. `test` inquiries go no further."""

    inquiry_id: UUID
    receipt_id: UUID
    lead_id: UUID | None = None
    person_id: UUID | None = None
    source: str
    channel: str
    campaign: str | None = None
    received_at: datetime
    registered_at: datetime
    outcome: Literal["registered", "responded", "test"]
    #: Share of the fields that qualification asks for which came filled, 0 to 1.
    completeness: float = 0.0


@event("capture", "inquiry_quarantined")
class InquiryQuarantined(Event):
    """An inquiry could not be understood or is suspect; it is kept whole and can be released."""

    inquiry_id: UUID
    receipt_id: UUID
    source: str
    channel: str
    received_at: datetime
    #: Stable slug: unreadable, no_contact, spam, unknown_source, …
    reason: str
    detail: str
    #: How often it was repaired before: it may come back.
    repairs: int = 0


@event("capture", "inquiry_released")
class InquiryReleased(Event):
    """A quarantined inquiry passed at last, under its own id; what it became is told by the events that follow."""

    inquiry_id: UUID
    receipt_id: UUID
    lead_id: UUID | None = None
    source: str
    channel: str
    received_at: datetime
    reason_before: str
    #: registered, responded, test, duplicate, awaiting (its answers are fetched now), withdrawn
    outcome: str
    #: The key that asked for it, and the name given with it.
    released_by: str
    at: datetime
    #: Counts what was done to it, this included, from 1.
    repairs: int


@event("capture", "lead_registered")
class LeadRegistered(Event):
    """A new episode of interest begins."""

    lead_id: UUID
    person_id: UUID
    person: Person
    response: Response
    previous: PreviousResponse | None = None
    registered_at: datetime
    #: The inquiry was answered before, as a response in another lead: nothing is to be sent for it again.
    answered: bool = False


@event("capture", "lead_responded")
class LeadResponded(Event):
    """The person of an open lead inquired again. `number` counts the responses of this lead from 2."""

    lead_id: UUID
    person_id: UUID
    person: Person
    response: Response
    number: int
    #: The inquiry was answered before, as a response in another lead: nothing is to be sent for it again.
    answered: bool = False


@event("capture", "person_updated")
class PersonUpdated(Event):
    """The front desk knows something new of a person. `revision` grows; an older one must not win over a newer."""

    person_id: UUID
    person: Person
    revision: int
    lead_id: UUID | None = None


@event("capture", "confirmation_requested")
class ConfirmationRequested(Event):
    """Somebody agreed on a channel where a yes counts only once it was confirmed. It counts for nobody before that."""

    #: The statement in the ledger that a signed link confirms.
    statement_id: UUID
    inquiry_id: UUID
    lead_id: UUID
    person_id: UUID
    person: Person
    channel: Literal["email", "phone", "post"]
    purpose: str
    #: What they read, and which of the company's wordings it is.
    text: str | None = None
    version: str | None = None
    requested_at: datetime
    #: Until then the link holds.
    expires_at: datetime


@event("capture", "consent_changed")
class ConsentChanged(Event):
    """Permission for one channel was given or withdrawn. `changed_at` decides between two that cross."""

    person_id: UUID
    channel: Literal["email", "phone", "post"]
    allowed: bool
    changed_at: datetime
    #: Where it was said: a form, an unsubscribe link, a phone call.
    origin: str
    text: str | None = None
    #: What the contact is for: a purpose of the company's own; programmes and literature go by `marketing`.
    purpose: str = "marketing"
    #: Which of the company's wordings the text is.
    version: str | None = None
    #: As they were given: trustedform, jornaya, ip, user_agent, url, …
    proofs: dict[str, str] = field(default_factory=dict)


@contract
class MatchReason:
    """Why two people are one, or are not: a field, how far they agree in it, its weight in bits (negative: against)."""

    field: str
    agreement: str
    weight: float


@event("capture", "persons_merged")
class PersonsMerged(Event):
    """One person became part of another; the absorbed id stands for the survivor from now on.

    Both leads of two people stay as they are; a further response joins the older one that is open. Whose a lead
    is, the highest `revision` of this event and of `persons_unmerged` tells; what else names a person does not count.
    """

    merge_id: UUID
    #: The survivor: whose event this is.
    person_id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    #: The survivor, as known now.
    person: Person
    #: How likely the two are one, 0 to 1; 1 where somebody said so.
    confidence: float
    reasons: list[MatchReason]
    #: Without anybody being asked.
    automatic: bool
    #: Leads that are the survivor's now and were the absorbed one's.
    lead_ids: list[UUID]
    merged_at: datetime
    #: Of what is known of the survivor now; greater than any revision of both before.
    revision: int = 0


@event("capture", "persons_unmerged")
class PersonsUnmerged(Event):
    """A merge was wrong: each has their own again, and what came since as well. They are not merged again unasked."""

    merge_id: UUID
    #: The survivor: whose event this is.
    person_id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    survivor: Person
    absorbed: Person
    #: Leads that are the absorbed one's again.
    lead_ids: list[UUID]
    #: Responses that were in a lead of the other one, by inquiry: the lead that they are in now.
    moved: dict[str, UUID]
    unmerged_at: datetime
    #: By the same inquiries: the lead that each was in until now, and is no part of any more.
    left: dict[str, UUID] = field(default_factory=dict)
    #: Of what is known of both now; greater than any revision of both before.
    revision: int = 0


@event("capture", "person_erased")
class PersonErased(Event):
    """A person wants to be forgotten: every room removes what it holds of them and says so (`person_data_erased`).

    Heard before what it speaks of, it keeps that out: what comes later of these ids is dropped, or filed blank.
    """

    erasure_id: UUID
    #: All ids that the person ever had here.
    person_ids: list[UUID]
    lead_ids: list[UUID] = field(default_factory=list)
    inquiry_ids: list[UUID] = field(default_factory=list)
    erased_at: datetime


@event("capture", "campaign_changed")
class CampaignChanged(Event):
    """A campaign was registered or changed: this is how it stands now. `revision` grows with every change."""

    campaign: str
    revision: int
    title: str
    #: web, search, trade_show, print, …: any word.
    medium: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    currency: str | None = None
    expected_responses: int | None = None
    expected_leads: int | None = None
    audience: str | None = None
    offer: str | None = None
    #: Codes by which its responses are known, as they are printed.
    codes: list[str]
    changed_at: datetime
    changed_by: str


@event("capture", "campaign_cost_recorded")
class CampaignCostRecorded(Event):
    """A campaign cost something, or, with an amount below 0, less than was recorded before. Costs add up."""

    campaign: str
    cost_id: UUID
    spent_on: date
    #: media, print, postage, agency, staff, …: any word.
    kind: str
    #: To get responses, or to answer, rank and follow them.
    purpose: Literal["generation", "management"]
    amount: Decimal
    currency: str
    note: str | None = None
    recorded_at: datetime
    recorded_by: str


@event("capture", "inquiry_attributed")
class InquiryAttributed(Event):
    """An earlier inquiry is credited to a campaign: the code that it came with was registered since."""

    inquiry_id: UUID
    lead_id: UUID | None = None
    person_id: UUID | None = None
    campaign: str
    previous_campaign: str | None = None
    code: str
    #: Whether the inquiry opened its lead, which then is the campaign's as well.
    opened: bool
    attributed_at: datetime


@event("capture", "activity_recorded")
class ActivityRecorded(Event):
    """A footstep of a known person: at once, or when somebody who was anonymous says who they are. Each is told once.

    `reasons` are signs of a program; those of verdict `bot` or `suspect` count for nothing.
    """

    activity_id: UUID
    person_id: UUID
    #: The person's open lead.
    lead_id: UUID | None = None
    #: page, download, calculator, click, open, webinar, …: any word.
    kind: str
    #: Which page, download, calculator.
    what: str
    #: What it is called.
    title: str | None = None
    at: datetime
    #: The site that it was done on, or the partner who told of it.
    site: str
    campaign: str | None = None
    #: Who sent the visitor and by what: "google" and "paid search".
    source: str | None = None
    tactic: str | None = None
    url: str | None = None
    details: dict[str, str]
    #: The piece whose link was followed.
    occasion: UUID | None = None
    verdict: Literal["human", "suspect", "bot"]
    reasons: list[str]
    #: Nobody knew who it was when it was done.
    anonymous_before: bool
    revision: int = 1


@event("capture", "activity_reassessed")
class ActivityReassessed(Event):
    """It was learnt later whether a person or a program did it. The highest `revision` holds."""

    activity_id: UUID
    person_id: UUID
    lead_id: UUID | None = None
    kind: str
    what: str
    at: datetime
    verdict: Literal["human", "suspect", "bot"]
    previous_verdict: Literal["human", "suspect", "bot"]
    reasons: list[str]
    revision: int
    reassessed_at: datetime


@event("capture", "activity_reassigned")
class ActivityReassigned(Event):
    """A footstep is somebody else's: another had used the browser before, or two people became one, or two again."""

    activity_id: UUID
    person_id: UUID
    lead_id: UUID | None = None
    previous_person_id: UUID
    previous_lead_id: UUID | None = None
    revision: int
    because: str
    reassigned_at: datetime


@event("capture", "referral_credited")
class ReferralCredited(Event):
    """Somebody of the company earned something for a lead that they forwarded; an amount below 0 takes it back."""

    referral_id: UUID
    credit_id: UUID
    #: Number of the participant.
    referrer: str
    lead_id: UUID
    kind: Literal["registered", "closed"]
    amount: Decimal
    currency: str
    #: counts, or why it is taken back: known_person, already_referred, not_closed.
    reason: str
    credited_at: datetime
