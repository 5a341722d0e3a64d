"""The company's own rules, as the loader hands them over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from services.router.domain import choice
from services.router.domain.account import folded
from services.router.domain.choice import Choice, Market, Wanted
from services.router.domain.clock import ClockPlan
from services.router.domain.delivery import Mailbox
from services.router.domain.feedback import Feedback
from services.router.domain.owner import Owner
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
    feedback: Feedback = field(default_factory=Feedback)

    #: Every wording of an industry, folded, and the company's own word for it.
    industries: Mapping[str, str] = field(default_factory=dict)

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

    @property
    def territories(self) -> tuple[Territory, ...]:
        """All of them, those of sub-dealers too."""
        below = (one for atlas in self.market.below.values() for one in atlas.territories)
        return (*self.atlas.territories, *below)

    def sub_dealers(self, distributor: str) -> list[str]:
        """Everybody below a distributor, those below them too."""
        below = [name for name, owner in self.owners.items() if owner.parent == distributor]
        return below + [name for one in below for name in self.sub_dealers(one)]

    def territory(self, name: str | None) -> Territory | None:
        """The territory of this name, also of sub-dealers; None where there is none (any more)."""
        atlases = (self.atlas, *self.market.below.values())
        return next((found for one in atlases if name is not None and (found := one.named(name)) is not None), None)

    def industry(self, said: str | None) -> str | None:
        """The company's own word for an industry; as it was written, folded, where nobody listed it."""
        return self.industries.get(folded(said), folded(said)) if said else None

    def may_take(self, wanted: Wanted) -> set[str]:
        """Everybody whose standing may matter to the choice."""
        names = {name for territory in self.atlas.covering(wanted.demand) for name in territory.owners}
        names |= {wanted.rep} if wanted.rep is not None and wanted.rep in self.owners else set()
        names |= {*self.market.fall_back, *self.market.call_centres}
        for distributor in self.market.below.keys() & names:
            below = self.market.below[distributor].covering(wanted.demand)
            names |= {name for territory in below for name in territory.owners}
        return names | {deputy for name in names if (deputy := self.owners[name].deputy) is not None}

    def serving(self, wanted: Wanted, standings: Standings) -> Territory | None:
        """The territory whose turns decide; None where no turns are needed."""
        if choice.able_rep(self.owners, wanted, standings) is not None:
            return None
        if choice.able_call_centre(self.market, wanted, standings) is not None:
            return None
        territory = choice.serving_territory(self.market, wanted, standings)
        return territory if territory is not None and len(territory.owners) > 1 else None

    def choose(self, wanted: Wanted, turns: Turns, standings: Standings) -> Choice:
        """The owner of a sales-ready lead."""
        return choice.choose(self.market, wanted, turns, standings)

    def serving_below(self, distributor: str, wanted: Wanted, standings: Standings) -> Territory | None:
        """The territory of sub-dealers to whom a distributor's lead is handed down at once; None where it is not."""
        return choice.serving_below(self.market, distributor, wanted, standings)
