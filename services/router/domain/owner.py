"""Owners: everybody who can be responsible for a lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.router.domain.calendar import Calendar
from services.router.domain.delivery import Delivery, Mailbox, Webhook
from services.router.domain.price import Price
from services.router.domain.standing import Caps

OwnerKind = Literal["dealer", "distributor", "rep", "call_centre", "marketing"]


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
    #: Whom their manager answers to, and who is told when the manager has not helped; None: the manager again.
    manager_above: str | None = field(default=None, kw_only=True)
    #: Product lines they sell; empty means all.
    products: frozenset[str] = frozenset()
    phone: str | None = None
    website: str | None = None
    region: str | None = None
    #: Ways by which leads reach them; none means by email.
    deliveries: tuple[Delivery, ...] = ()
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
    #: False: takes leads alone, and shares in nobody's.
    shares: bool = True
    #: What they pay for a lead, whatever its territory says.
    price: Price | None = None

    @property
    def addresses(self) -> frozenset[str]:
        """Everybody who speaks for them, by email address in small letters."""
        return frozenset(address.lower() for address in (self.email, *(one.email for one in self.people)))

    @property
    def webhook(self) -> Webhook | None:
        """Their webhook, where they have one."""
        return next((one for one in self.deliveries if isinstance(one, Webhook)), None)

    @property
    def mailbox(self) -> Mailbox | None:
        """The mailbox that leads go to, where they have one."""
        return next((one for one in self.deliveries if isinstance(one, Mailbox)), None)

    def delivery(self, way: str) -> Delivery | None:
        """One of their ways; None when they do not have it (any more)."""
        return next((one for one in self.deliveries if one.way == way), None)

    def sells_any_of(self, products: frozenset[str]) -> bool:
        """Whether they sell something of what was asked about; who asked about nothing in particular fits all."""
        return not products or not self.products or bool(products & self.products)


Owners = Mapping[str, Owner]
