"""What a lead costs, where leads are sold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Price:
    """By the lead's rank; `other` for ranks that are not named. None: such a lead costs nothing."""

    by_rank: Mapping[str, Decimal] = field(default_factory=dict)
    other: Decimal | None = None

    def of(self, rank: str | None) -> Decimal | None:
        """For a lead of this rank."""
        return self.by_rank.get(rank or "", self.other)


def price_of(own: Price | None, territory: Price | None, rank: str | None) -> tuple[Decimal, str] | None:
    """The amount and what makes it, in words: an owner's own price counts for more than a territory's."""
    for price, whose in ((own, "own price"), (territory, "price of the territory")):
        if price is not None:
            amount = price.of(rank)
            return None if amount is None else (amount, f"{whose}, {rank or 'unranked'} lead")
    return None
