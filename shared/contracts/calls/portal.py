"""What the portal of owners and their managers asks the router. Every call but the sign-in's carries a session."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract
from shared.contracts.people import Owner
from shared.contracts.router import Candidate

# --- signing in ------------------------------------------------------------------------------------------------------


@contract
class SignInAsked:
    """Somebody gave an address. `browser` is the digest of what only the browser that asked knows."""

    address: str
    browser: str


@contract
class SignInNoted:
    """The same for every address: whoever asks learns nothing of who is known."""

    minutes: int


@contract
class SignInLink:
    """The token of an emailed link, and the digest of the browser in which it was opened."""

    token: str
    browser: str | None = None


@contract
class SignInState:
    """What the page behind the link shows; opening it changes nothing."""

    #: ready; other_browser: it was asked for elsewhere; used; expired
    state: Literal["ready", "other_browser", "used", "expired"]


@contract
class SessionBegun:
    """Somebody is signed in. `session` is signed, and goes into the browser's cookie and nowhere else."""

    session: str
    ends_at: datetime


@contract
class SessionRequest:
    session: str


@contract
class SignOutRequest:
    session: str
    #: Every other browser of the same person too.
    everywhere: bool = False


@contract
class SignedOut:
    """How many sessions ended."""

    ended: int


ASK_TO_SIGN_IN = declare("router", "ask_to_sign_in", SignInAsked, SignInNoted)
LOOK_AT_SIGN_IN = declare("router", "look_at_sign_in", SignInLink, SignInState)
SIGN_IN = declare("router", "sign_in", SignInLink, SessionBegun)
SIGN_OUT = declare("router", "sign_out", SignOutRequest, SignedOut)


@contract
class Visitor:
    """Who is signed in, and what the portal has for them."""

    address: str
    name: str
    #: Whose leads they work.
    owners: list[Owner]
    #: Whether there are owners that they manage.
    manages: bool
    #: IANA name; all times are shown in it.
    time_zone: str


# --- my leads --------------------------------------------------------------------------------------------------------


@contract
class PortalLeadsRequest:
    """One page of leads, what is due first at the top; closed ones by when they were closed, newest first."""

    session: str
    shelf: Literal["open", "closed"] = "open"
    #: A manager looks at one of their owners.
    owner: str | None = None
    status: str | None = None
    due: Literal["overdue", "today", "week"] | None = None
    product: str | None = None
    rank: str | None = None
    #: Part of a name, company, email, phone or town.
    text: str | None = None
    #: `next` of the page before.
    after: str | None = None


@contract
class PortalLeadLine:
    lead_id: UUID
    owner_id: str
    name: str | None = None
    company: str | None = None
    city: str | None = None
    phone: str | None = None
    products: list[str]
    rank: str | None = None
    status: str
    #: accept, contact, update, review; None when it is closed.
    clock: str | None = None
    due_at: datetime | None = None
    overdue: bool = False
    closed_at: datetime | None = None
    #: It waits for something that its owner named.
    blocked: str | None = None
    #: Others work on it too.
    shared: bool = False


@contract
class PortalCounts:
    """Of all open leads of these owners, whatever the filters; a number at `most` means: that many or more."""

    open: int
    overdue: int
    today: int
    new: int
    most: int


@contract
class PortalLeadsReply:
    visitor: Visitor
    #: Whose leads a manager looks at.
    owner: Owner | None = None
    leads: list[PortalLeadLine]
    #: Where the next page begins; None on the last one.
    next: str | None = None
    counts: PortalCounts
    #: What can be filtered by.
    products: list[str]
    ranks: list[str]
    #: To whom a manager may give these leads.
    gives_to: list[Owner] = field(default_factory=list)


PORTAL_LEADS = declare("router", "portal_leads", PortalLeadsRequest, PortalLeadsReply)


# --- one lead --------------------------------------------------------------------------------------------------------


@contract
class PortalLeadRequest:
    session: str
    lead_id: UUID


@contract
class PortalAction:
    """Something that can be said of the lead now."""

    action: str
    #: Names of the fields; required ones have a star.
    asks: list[str]
    #: Field → what can be chosen, for fields with a list of the company.
    choices: dict[str, list[str]] = field(default_factory=dict)


@contract
class PortalSent:
    """A message that went to the owner because of this lead."""

    what: str
    way: str
    state: str
    at: datetime
    detail: str | None = None


@contract
class PortalEvent:
    """One line of the lead's history."""

    at: datetime
    what: str
    owner: str | None = None
    by: str | None = None
    via: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    #: A later word took its place.
    corrected: bool = False


@contract
class PortalMaterial:
    """A file, page or script that helps with the present step."""

    title: str
    url: str | None = None
    text: str | None = None


@contract
class PortalLeadReply:
    """Everything that is known of a lead, for its owner or their manager."""

    visitor: Visitor
    lead_id: UUID
    owner: Owner
    status: str
    clock: str | None = None
    due_at: datetime | None = None
    overdue: bool = False
    assigned_at: datetime
    #: Contact, interest, answers, qualification, notes, earlier responses, what was sent: as in the lead's messages.
    package: dict[str, Any]
    because: str
    candidates: list[Candidate]
    sent: list[PortalSent]
    history: list[PortalEvent]
    material: list[PortalMaterial]
    #: Empty for a manager: only whose lead it is speaks for it.
    actions: list[PortalAction]
    #: To whom a manager may give it.
    gives_to: list[Owner] = field(default_factory=list)
    blocked: str | None = None
    #: Others work on it too.
    shared: bool = False
    quoted: Decimal | None = None
    currency: str | None = None


@contract
class PortalWord:
    """What an owner says of a lead."""

    session: str
    lead_id: UUID
    action: str
    fields: dict[str, str] = field(default_factory=dict)


@contract
class PortalWordReply:
    status: str
    #: False: it had been said before, and nothing happened twice.
    changed: bool
    #: Whether the lead is still theirs.
    kept: bool


PORTAL_LEAD = declare("router", "portal_lead", PortalLeadRequest, PortalLeadReply)
PORTAL_SAY = declare("router", "portal_say", PortalWord, PortalWordReply)


# --- figures ---------------------------------------------------------------------------------------------------------


@contract
class PortalFigures:
    """Half a year of one owner, or the middle one of a group."""

    #: From the hand-over to the first contact.
    hours_to_contact: float | None = None
    #: Of the leads that ended, those that were sold; 0 to 1.
    close_rate: float | None = None
    ended: int | None = None
    won: int | None = None


@contract
class PortalMonth:
    """One month of one owner, and the middle one of the group."""

    month: str
    mine: PortalFigures
    group: PortalFigures


@contract
class PortalNumbersRequest:
    session: str
    owner: str | None = None


@contract
class PortalNumbersReply:
    visitor: Visitor
    owner: Owner
    mine: PortalFigures
    #: None where so few others are in the group that a figure would tell of one of them.
    group: PortalFigures | None = None
    #: In words: whom the owner is compared with.
    group_name: str
    group_owners: list[str]
    months: list[PortalMonth]
    #: They take nothing new, by their own or their manager's word.
    paused: bool = False
    #: Sum of the sales that were told with an amount.
    sold: Decimal
    currency: str


PORTAL_NUMBERS = declare("router", "portal_numbers", PortalNumbersRequest, PortalNumbersReply)


# --- managers --------------------------------------------------------------------------------------------------------


@contract
class PortalOwnerLine:
    """How one owner stands, as their manager sees it."""

    owner: Owner
    open: int
    overdue: int
    #: Leads that they let lapse in the last 90 days.
    lapsed: int
    hours_to_contact: float | None = None
    close_rate: float | None = None
    #: Why they take nothing new just now.
    not_taking: str | None = None
    paused: bool = False


@contract
class PortalRegionReply:
    visitor: Visitor
    #: Most overdue first.
    owners: list[PortalOwnerLine]


@contract
class PortalPause:
    """A manager, or the owner themselves, pauses an owner or lets them take leads again."""

    session: str
    owner: str
    paused: bool
    until: datetime | None = None


@contract
class PortalPaused:
    owner: str
    paused: bool


@contract
class PortalReassign:
    """A manager gives leads of their owners to another of their owners, or to the next candidate."""

    session: str
    lead_ids: list[UUID]
    to: str | None = None
    because: str


@contract
class PortalReassigned:
    done: int
    refused: int
    #: Why not, of the first that was refused.
    because: str | None = None


PORTAL_REGION = declare("router", "portal_region", SessionRequest, PortalRegionReply)
PORTAL_PAUSE = declare("router", "portal_pause", PortalPause, PortalPaused)
PORTAL_REASSIGN = declare("router", "portal_reassign", PortalReassign, PortalReassigned)
