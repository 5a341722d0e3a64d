"""How owners stand, and what they say of their own availability."""

from datetime import datetime

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class OwnersNowRequest:
    """How all owners stand now."""


@contract
class OwnerNow:
    """One owner: what they were given, what they can still take."""

    owner_id: str
    name: str
    kind: str
    today: int
    this_week: int
    this_month: int
    #: Handed over, and neither closed nor given on.
    open: int
    #: Why they take nothing new just now; None when they do.
    not_taking: str | None = None
    #: When they are there again; None when they are there.
    opens_at: datetime | None = None
    daily_limit: int | None = None
    #: Of them, those that wait for the owner to open.
    held: int = 0
    #: The distributor whose sub-dealer they are.
    parent: str | None = None
    #: With all their sub-dealers: what they were given this month, and what is open.
    this_month_below: int = 0
    open_below: int = 0
    #: Of the leads that ended in the last half year.
    ended: int
    won: int


@contract
class OwnersNowReply:
    owners: list[OwnerNow]


@contract
class AvailabilityRequest:
    """What changes; what is left out stays. Raises NotFound for an owner that nobody knows."""

    owner_id: str
    #: True: takes nothing new, until `until` or until they say otherwise; False: takes leads again.
    paused: bool | None = None
    until: datetime | None = None
    #: Leads per day at most, beside the company's own limit; 0 lifts it.
    daily_limit: int | None = None


OWNERS_NOW = declare("router", "owners_now", OwnersNowRequest, OwnersNowReply)
SET_AVAILABILITY = declare("router", "set_availability", AvailabilityRequest, OwnersNowReply)
