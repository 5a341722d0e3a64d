"""Owners: everybody who can be responsible for a lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.router.domain.calendar import Calendar
from services.router.domain.standing import Caps

OwnerKind = Literal["dealer", "distributor", "rep", "call_centre", "marketing"]


@dataclass(frozen=True)
class Webhook:
    """The owner's system takes leads as signed HTTP requests."""

    url: str
    #: `whsec_…`; the first one signs alone, the others (while a key is being changed) sign beside it.
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class Mailbox:
    """The owner takes leads by email: as a lead sheet for people, or as bare ADF for a CRM's inbox."""

    address: str
    form: Literal["sheet", "adf"] = "sheet"


Role = Literal["sales", "manager", "office"]


@dataclass(frozen=True)
class Colleague:
    """Somebody who works for an owner. A manager may speak for all of the owner's leads."""

    name: str
    email: str
    role: Role = "sales"


@dataclass(frozen=True)
class Owner:
    """A dealer, distributor, rep, call centre or marketing."""

    owner_id: str
    kind: OwnerKind
    name: str
    #: Where reminders and news go, and the lead itself when the owner's system cannot be reached.
    email: str
    #: Who is told when a clock runs out.
    manager_email: str
    #: Product lines they sell; empty means all.
    products: frozenset[str] = frozenset()
    phone: str | None = None
    website: str | None = None
    region: str | None = None
    webhook: Webhook | None = None
    mailbox: Mailbox | None = None
    #: False: paused. They keep what they have and get nothing new.
    active: bool = True
    calendar: Calendar = field(default_factory=Calendar)
    caps: Caps = field(default_factory=Caps)
    #: Industries they serve; empty means all.
    industries: frozenset[str] = frozenset()
    #: Leads of fewer points, or of other ranks, are not for them.
    minimum_score: int | None = None
    ranks: frozenset[str] = frozenset()
    #: False: a lead that is theirs while they are closed is sent when they open.
    delivered_at_once: bool = True
    #: The distributor whose sub-dealer they are.
    parent: str | None = None
    #: Takes over while they are away.
    deputy: str | None = None
    people: tuple[Colleague, ...] = ()

    @property
    def addresses(self) -> frozenset[str]:
        """Everybody who speaks for them, by email address in small letters."""
        return frozenset(address.lower() for address in (self.email, *(one.email for one in self.people)))

    def sells_any_of(self, products: frozenset[str]) -> bool:
        """Whether they sell something of what was asked about; who asked about nothing in particular fits all."""
        return not products or not self.products or bool(products & self.products)


Owners = Mapping[str, Owner]
