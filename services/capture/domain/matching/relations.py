"""Two people who are not one but belong together: a household, a firm. They are never merged."""

from dataclasses import dataclass
from typing import Literal

from services.capture.domain.matching.comparing import GIVEN_DIFFERENT, Comparison, compare
from services.capture.domain.matching.particulars import Particulars


@dataclass(frozen=True)
class Relation:
    """What two people share, how sure that is (0 to 1), and why."""

    kind: Literal["household", "company"]
    confidence: float
    because: tuple[str, ...]


def relations(one: Particulars, other: Particulars, *, colleague: bool = False) -> list[Relation]:
    """What these two people, who are not one, have in common. `colleague`: their companies are known as one."""
    found = compare(one, other)
    company = _company(one, other) or (_BROUGHT_TOGETHER if colleague else None)
    return [relation for relation in (_household(found), company) if relation]


#: One gave the company's domain, the other its name.
_BROUGHT_TOGETHER = Relation("company", 0.9, ("a domain and a name that somebody gave together",))


def _household(found: Comparison) -> Relation | None:
    # Two of one given name at one address are one person, or nobody can tell them apart.
    if found.given != GIVEN_DIFFERENT:
        return None
    address = found.street in (1, 2) and found.place in (1, 2, 3, 4)
    family = found.family in (1, 2, 3)
    phone = found.phone == 1
    shared = [
        text
        for holds, text in (
            (family, "the same family name"),
            (address, "the same address"),
            (phone, "the same telephone"),
            (found.email == 1, "the same mailbox"),
        )
        if holds
    ]
    confidence = {
        (True, True, True): 0.99,
        (True, True, False): 0.95,
        (True, False, True): 0.85,
        (False, True, True): 0.7,
    }.get((family, address, phone))
    return Relation("household", confidence, tuple(shared)) if confidence else None


def _company(one: Particulars, other: Particulars) -> Relation | None:
    same_domain = bool(one.domain) and one.domain == other.domain
    same_name = bool(one.company) and one.company == other.company
    same_town = bool(one.postcode and one.postcode == other.postcode) or bool(one.city and one.city == other.city)
    same_phone = bool(one.phone) and one.phone == other.phone
    shared = tuple(
        text
        for holds, text in (
            (same_domain, "mail or pages of the same domain"),
            (same_name, "the same firm, but for its legal form"),
            (same_town, "the same town"),
            (same_phone, "the same telephone"),
        )
        if holds
    )
    if same_domain:
        return Relation("company", 0.99 if same_name else 0.95, shared)
    if same_name:
        # "Miller Farms" are many; those of one town are one.
        return Relation("company", 0.95 if same_town or same_phone else 0.6, shared)
    return None
