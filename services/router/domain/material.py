"""What helps an owner at the present step of a lead: files, pages, and words to say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Material:
    """One thing that helps. Without steps it helps at all of them, without products with all of them."""

    title: str
    url: str | None = None
    text: str | None = None
    #: Statuses of leads.
    at: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()

    def helps(self, status: str, products: Collection[str]) -> bool:
        """Whether it is for a lead of this status that asked about these products."""
        return (not self.at or status in self.at) and (not self.products or not self.products.isdisjoint(products))


def material_for(known: Sequence[Material], status: str, products: Collection[str]) -> list[Material]:
    """What helps now, in the company's order."""
    return [one for one in known if one.helps(status, products)]
