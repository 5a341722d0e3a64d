"""Who may sign in to the portal, whose leads they then work, and whom they manage."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.router.domain.owner import Owner


@dataclass(frozen=True)
class Visitor:
    """Somebody whom the company's file names."""

    address: str
    name: str
    #: Ids of the owners whose leads they work, and of those whom they manage; each in the order of the file.
    works_for: tuple[str, ...]
    manages: tuple[str, ...]

    def sees(self, owner_id: str) -> bool:
        """Whether leads of this owner are shown to them."""
        return owner_id in self.works_for or owner_id in self.manages


def visitor_of(address: str, owners: Mapping[str, Owner]) -> Visitor | None:
    """Whom an address belongs to; None for somebody whom the file does not name.

    An owner's own address and those of their people work the owner's leads. Who is named as manager manages them; the
    owner, and their people of the role manager, also manage the owner's sub-dealers.
    """
    wanted = address.strip().lower()
    works_for = tuple(owner.owner_id for owner in owners.values() if wanted in owner.addresses)
    heads = {owner.owner_id for owner in owners.values() if _is_head(wanted, owner)}
    manages = tuple(
        owner.owner_id
        for owner in owners.values()
        if owner.manager_email.lower() == wanted or any(above in heads for above in _above(owner, owners))
    )
    if not works_for and not manages:
        return None
    return Visitor(wanted, _name(wanted, works_for, owners), works_for, manages)


def _is_head(address: str, owner: Owner) -> bool:
    managers = (one.email.lower() for one in owner.people if one.role == "manager")
    return address == owner.email.lower() or address in managers


def _above(owner: Owner, owners: Mapping[str, Owner]) -> Iterator[str]:
    while owner.parent is not None:
        yield owner.parent
        owner = owners[owner.parent]


def _name(address: str, works_for: tuple[str, ...], owners: Mapping[str, Owner]) -> str:
    people = (one for name in works_for for one in owners[name].people if one.email.lower() == address)
    own = next((one.name for one in people), None)
    return own or (owners[works_for[0]].name if works_for else address)
