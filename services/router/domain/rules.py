"""The company's own rules, as the loader hands them over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.router.domain.choice import Choice, Market, Wanted, able_rep, choose, serving_territory
from services.router.domain.clock import ClockPlan
from services.router.domain.feedback import Feedback
from services.router.domain.owner import Mailbox, Owner
from services.router.domain.silence import Silence
from services.router.domain.strategy import Standings
from services.router.domain.territory import Atlas, Place, Territory
from services.router.domain.turns import Turns

#: Adds what is known of a place by its postcode: county and position.
Locate = Callable[[Place], Place]


@dataclass(frozen=True)
class Rules:
    """Everything that decides who owns a lead and until when."""

    market: Market
    #: Country of a prospect who gave none, ISO 3166-1 alpha-2.
    home_country: str
    #: Owner of every lead that is not ready for sales.
    unready: str
    #: Queue of screening → the owner of the leads that wait in it; those of other queues stay with marketing.
    screeners: Mapping[str, str]
    plans: Mapping[str, ClockPlan]
    links_valid: timedelta
    #: Currency of an amount that is given without one, ISO 4217.
    currency: str
    #: Name and address that messages to owners come from.
    sender: Mailbox
    sender_name: str
    version: str
    locate: Locate = lambda place: place
    #: What follows when an owner says nothing more; None: nothing but the clocks.
    silence: Silence | None = None

    #: Reasons that owners choose from, and what they may return.
    feedback: Feedback = Feedback()

    @property
    def owners(self) -> Mapping[str, Owner]:
        """Everybody who can be responsible for a lead."""
        return self.market.owners

    @property
    def atlas(self) -> Atlas:
        """All territories."""
        return self.market.atlas

    def place(self, country: str | None, state: str | None, postcode: str | None, city: str | None = None) -> Place:
        """The place of an address; with a state or postcode alone it is in the home country."""
        known = country or (self.home_country if state or postcode else None)
        return self.locate(Place(known, state, postcode, city))

    def may_take(self, wanted: Wanted) -> set[str]:
        """Everybody whose standing may matter to the choice."""
        covering = {name for territory in self.atlas.covering(wanted.demand) for name in territory.owners}
        rep = {wanted.rep} if wanted.rep is not None and wanted.rep in self.owners else set()
        return covering | rep | set(self.market.fall_back)

    def serving(self, wanted: Wanted, standings: Standings) -> Territory | None:
        """The territory whose turns decide; None where no turns are needed."""
        if able_rep(self.owners, wanted, standings) is not None:
            return None
        territory = serving_territory(self.market, wanted, standings)
        return territory if territory is not None and len(territory.owners) > 1 else None

    def choose(self, wanted: Wanted, turns: Turns, standings: Standings) -> Choice:
        """The owner of a sales-ready lead."""
        return choose(self.market, wanted, turns, standings)
