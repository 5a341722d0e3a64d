"""How likely two people are one: the model of Fellegi and Sunter (1969).

Every level of agreement has two probabilities: `m`, how often it is seen between two records of one person, and `u`,
how often between two strangers. log2(m/u) is the weight of evidence in bits; equal names weigh by how rare the name is.
The weights add up, starting from how unlikely it is beforehand that just these two are one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2

from services.capture.domain.matching.comparing import (
    DIFFERENT,
    FAMILY_DIFFERENT,
    FIELDS,
    GIVEN_DIFFERENT,
    LEVELS,
    Comparison,
    compare,
)
from services.capture.domain.matching.frequency import US, Frequencies
from services.capture.domain.matching.parameters import M, U
from services.capture.domain.matching.particulars import Particulars

#: A name is never taken for rarer than this: rare spellings are often slips.
RAREST = {"given": 1 / 2_000, "family": 1 / 10_000}


@dataclass(frozen=True)
class Reason:
    """Why: one field, how far the two agree in it, and what that weighs in bits (negative: against)."""

    field: str
    agreement: str
    weight: float


@dataclass(frozen=True)
class Match:
    """The likeness of two people."""

    probability: float
    weight: float
    comparison: Comparison
    #: What forbids to take the two for one without being asked, if anything.
    objection: str | None = None


@dataclass(frozen=True)
class Model:
    """The probabilities of every level, and how many people there are."""

    m: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: M)
    u: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: U)
    frequencies: Frequencies = US
    #: Of so many people one is meant: one chance in so many that just these two are one.
    population: int = 1_000_000

    def __post_init__(self) -> None:
        weights = tuple(
            (0.0, *(log2(m / u) for m, u in zip(self.m[name], self.u[name], strict=True))) for name in FIELDS
        )
        object.__setattr__(self, "_weights", weights)
        object.__setattr__(self, "_prior", -log2(self.population))

    def judge(self, one: Particulars, other: Particulars) -> Match:
        """How likely these two are one person."""
        found = compare(one, other)
        weight = self._prior + sum(map(tuple.__getitem__, self._weights, found))  # type: ignore[attr-defined]
        if found.given == 1 or found.family == 1:
            weight += self._rarity(one, found)
        return Match(_probability(weight), weight, found, objection(one, other, found))

    def likelihood(self, found: Comparison) -> float:
        """How likely two people who compare like this are one, when names are as rare as they are on average."""
        return _probability(self._prior + sum(map(tuple.__getitem__, self._weights, found)))  # type: ignore[attr-defined]

    def reasons(self, one: Particulars, other: Particulars, match: Match) -> list[Reason]:
        """What speaks for and against, heaviest first."""
        found = []
        for name, level, weights in zip(FIELDS, match.comparison, self._weights, strict=True):  # type: ignore[attr-defined]
            if level:
                weight = weights[level] + self._rarity_of(name, one, match.comparison)
                found.append(Reason(name, LEVELS[name][level - 1], round(weight, 1)))
        return sorted(found, key=lambda reason: -abs(reason.weight))

    def _rarity(self, one: Particulars, found: Comparison) -> float:
        return self._rarity_of("given", one, found) + self._rarity_of("family", one, found)

    def _rarity_of(self, name: str, one: Particulars, found: Comparison) -> float:
        if name not in RAREST or getattr(found, name) != 1 or found.order == 2:
            return 0.0
        table: dict[str, float] = getattr(self.frequencies, name)
        word = one.given[0] if name == "given" else one.family
        return log2(self.u[name][0] / max(table.get(word, 0.0), RAREST[name]))


#: The one objection that answers the question by itself, unless both were born on one day.
ANOTHER_GIVEN_NAME = "another given name"


def _probability(weight: float) -> float:
    odds: float = 2.0 ** max(-60.0, min(60.0, weight))
    return odds / (1 + odds)


def objection(one: Particulars, other: Particulars, found: Comparison) -> str | None:
    """What forbids to take two people for one without being asked, whatever else agrees.

    Fields of a household agree together, so that their weights say too much: wife and husband share all but the given
    name, father and son all but the "Jr."
    """
    if one.suffix != other.suffix and ((one.suffix and other.suffix) or found.born == 4):
        return "one is the elder, one the younger"
    if found.given == GIVEN_DIFFERENT:
        return ANOTHER_GIVEN_NAME
    if found.given == 0 and found.family != 0 and found.email != 1 and found.born != 1:
        return "the given name of one is unknown"
    if found.family == FAMILY_DIFFERENT and found.born != 1:
        return "another family name"
    if (
        found.email == DIFFERENT["email"]
        and one.domain
        and one.email.endswith("@" + one.domain)
        and one.domain == other.domain
    ):
        return "another mailbox of the same firm"
    if found.given == 0 and found.family == 0:
        return "no name"
    if found.born == DIFFERENT["born"] and found.given != 1:
        return "another date of birth"
    if found.place == DIFFERENT["place"] and found.born not in (1, 2) and not _reached(found):
        return "they live elsewhere"
    if found.email == DIFFERENT["email"] and found.phone > 1 and found.street not in (1, 2):
        # A number that is nearly the same is a typing error of one, or the next extension of another.
        return "another mailbox and another telephone"
    if not any(
        (found.born in (1, 2), found.street in (1, 2), found.place in (1, 2), found.company == 1, _reached(found))
    ):
        return "nothing but the name agrees"
    return None


def _reached(found: Comparison) -> bool:
    return found.email in (1, 2, 4) or found.phone in (1, 2)
