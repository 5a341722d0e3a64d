"""Whether territories have as many owners as their leads need."""

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class StaffingRequest:
    """Of the last so many days."""

    days: int = 30


@contract
class TerritoryStaffing:
    """One territory and its owners, who may have leads of others too."""

    territory: str
    #: Leads of the territory itself.
    given: int
    #: How many leads its owners take in these days at most; None where one of them states no limit.
    capacity: float | None = None
    lapsed: int
    #: How often one of its owners could not take a lead because they were full.
    refused_full: int
    #: Leads of which its owners said that they are not in their territory.
    misplaced: int = 0
    #: understaffed, overstaffed, fits
    verdict: str
    because: str


@contract
class StaffingReply:
    days: int
    territories: list[TerritoryStaffing]


STAFFING = declare("router", "staffing", StaffingRequest, StaffingReply)
