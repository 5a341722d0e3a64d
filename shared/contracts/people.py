"""Values that several rooms speak of: a person, an address, one response, an owner."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.event import contract

Rank = Literal["hot", "warm", "cold", "future", "unqualified", "junk"]
#: What qualification decided: ready for sales, not yet, never, or not a lead at all.
Decision = Literal["qualified", "not_ready", "unqualified", "junk"]

#: Where a lead stands on its way to becoming a customer: marketing-qualified, sales-accepted, sales-qualified.
Stage = Literal["suspect", "inquiry", "mql", "sal", "sql", "customer"]
#: Who works a lead next.
Party = Literal["sales", "call_centre", "marketing"]
Trend = Literal["rising", "steady", "falling"]


@contract
class Address:
    """A postal address. `country` is ISO 3166-1 alpha-2; `state` is the ISO 3166-2 code without the country."""

    lines: list[str]
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None
    #: Whether a letter can be sent: street, city and (where the country has them) postcode are there and valid.
    mailable: bool = False


@contract
class Person:
    """A person as the front desk knows them now. Everything is optional: an inquiry may come with a phone alone."""

    person_id: UUID
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    salutation: str | None = None
    email: str | None = None
    #: E.164
    phone: str | None = None
    company: str | None = None
    #: One id for everybody of the company; None where no company is known.
    company_id: UUID | None = None
    job_title: str | None = None
    website: str | None = None
    address: Address | None = None
    #: BCP 47, for example "en" or "de"
    language: str | None = None


@contract
class Consent:
    """What a person said about being contacted: None means that they were not asked."""

    email: bool | None = None
    phone: bool | None = None
    post: bool | None = None
    #: The wording that was agreed to, or its version.
    text: str | None = None
    #: As they were given: trustedform, jornaya, …
    proofs: dict[str, str] = field(default_factory=dict)


@contract
class Response:
    """One inquiry as the other rooms see it: where it came from and what it said."""

    inquiry_id: UUID
    receipt_id: UUID
    received_at: datetime
    #: Id of the source in the company's own register, for example "website-contact".
    source: str
    #: form, api, adf, google_ads, csv, …
    channel: str
    #: web, search, trade_show, print, phone, …
    medium: str | None = None
    campaign: str | None = None
    products: list[str]
    message: str | None = None
    #: Every answer under the company's own field names, for example {"budget": "50000", "timing": "3 months"}.
    answers: dict[str, str]
    #: utm_*, click ids, landing page, referrer: as they came, never changed later.
    attribution: dict[str, str]
    consent: Consent


@contract
class PreviousResponse:
    """The person's earlier lead and how it was resolved."""

    lead_id: UUID
    registered_at: datetime
    campaign: str | None = None
    source: str | None = None
    #: open, won, lost, recycled, … as far as the front desk was told
    resolution: str


@contract
class Note:
    """What somebody wrote down of a lead while screening it. It travels with the lead."""

    note_id: UUID
    by: str
    at: datetime
    #: qualified, not_now, unqualified, unreachable, wrong_number
    outcome: str
    text: str


@contract
class Owner:
    """Who is responsible for a lead now."""

    owner_id: str
    kind: Literal["dealer", "distributor", "rep", "call_centre", "marketing"]
    name: str
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    region: str | None = None


@contract
class ScoreLine:
    """One reason of a score. The points of all lines of a group, after its limit line, sum to the group's part."""

    rule: str
    group: Literal["fit", "engagement"]
    points: int
    because: str
    #: The stored values that the rule read, for example {"employees": "250"}.
    evidence: dict[str, str]
    #: When the newest of it was said or done; None where it is merely known.
    at: datetime | None = None


@contract
class Bant:
    """Budget, authority, need, timing: each as answered, None where nobody asked or said."""

    budget: Decimal | None = None
    authority: str | None = None
    need: str | None = None
    timing: str | None = None
    #: When a prospect of rank "future" asked to be contacted again.
    ready_on: date | None = None
