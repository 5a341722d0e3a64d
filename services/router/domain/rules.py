"""The company's own rules, as the loader hands them over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.router.domain.choice import Choice, Turns, Wanted, choose, serving_territory
from services.router.domain.clock import ClockPlan
from services.router.domain.owner import Mailbox, Owner
from services.router.domain.territory import Place, Territory


@dataclass(frozen=True)
class Rules:
    """Everything that decides who owns a lead and until when."""

    owners: Mapping[str, Owner]
    territories: tuple[Territory, ...]
    #: Country of a prospect who gave none, ISO 3166-1 alpha-2.
    home_country: str
    #: Owner of every lead that is not ready for sales.
    unready: str
    #: Queue of screening → the owner of the leads that wait in it; those of other queues stay with marketing.
    screeners: Mapping[str, str]
    #: Who takes a sales-ready lead that no territory takes, in this order; the last one always does.
    no_taker: tuple[str, ...]
    plans: Mapping[str, ClockPlan]
    links_valid: timedelta
    #: Currency of an amount that is given without one, ISO 4217.
    currency: str
    #: Name and address that messages to owners come from.
    sender: Mailbox
    sender_name: str
    version: str

    def place(self, country: str | None, state: str | None, postcode: str | None) -> Place:
        """The place of an address; with a state or postcode alone it is in the home country."""
        known = country or (self.home_country if state or postcode else None)
        return Place(known, state, postcode)

    def serving(self, wanted: Wanted) -> Territory | None:
        """The territory whose turns decide."""
        return serving_territory(self.territories, self.owners, wanted)

    def choose(self, wanted: Wanted, turns: Turns) -> Choice:
        """The owner of a sales-ready lead."""
        return choose(self.territories, self.owners, self.no_taker, wanted, turns)
