"""Two people's particulars laid side by side: for each field, on which level they agree.

Levels are numbers from 1, best first; 0 says that one of the two does not tell. What a level is worth is the model's.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from jellyfish import metaphone
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import partial_ratio

from services.capture.domain.matching.frequency import US
from services.capture.domain.matching.nicknames import same_by_short_form
from services.capture.domain.matching.particulars import Particulars

_DIGITS = re.compile(r"\d+")

#: What the levels of each field mean, from 1.
LEVELS: dict[str, tuple[str, ...]] = {
    "given": ("equal", "short form", "initial", "alike", "different"),
    "family": ("equal", "alike", "part", "different"),
    "order": ("as written", "given and family name exchanged"),
    "born": ("equal", "alike", "in part", "different"),
    "street": ("number and street equal", "alike", "street equal", "number equal", "different"),
    "extra": ("equal", "alike", "different"),
    "place": ("postcode and town equal", "postcode equal", "town equal", "alike", "different"),
    "email": ("equal", "mailbox equal", "mailbox equal, but of the name", "alike", "different"),
    "phone": ("equal", "alike", "different"),
    "company": ("equal", "equal, but of the name", "alike", "different"),
}
FIELDS = tuple(LEVELS)


class Comparison(NamedTuple):
    """The level of each field."""

    given: int = 0
    family: int = 0
    order: int = 0
    born: int = 0
    street: int = 0
    extra: int = 0
    place: int = 0
    email: int = 0
    phone: int = 0
    company: int = 0


GIVEN_DIFFERENT = 5
FAMILY_DIFFERENT = 4
DIFFERENT = {name: len(levels) for name, levels in LEVELS.items()}


def compare(one: Particulars, other: Particulars) -> Comparison:
    """Lays two people's particulars side by side."""
    given, family, order = _names(one, other)
    return Comparison(
        given,
        family,
        order,
        _born(one.born, other.born) if one.born and other.born else 0,
        _street(one, other),
        _text(one.extra, other.extra) if one.extra and other.extra else 0,
        _place(one, other),
        _email(one, other) if one.email and other.email else 0,
        _phone(one.phone, other.phone) if one.phone and other.phone else 0,
        _company(one, other),
    )


def surely_two(one: Particulars, other: Particulars) -> bool:
    """Whether another given name tells the two apart whatever else agrees: a glance that spares the comparison."""
    unborn = not (one.born and other.born)
    return unborn and one.suffix == other.suffix and _names(one, other)[0] == GIVEN_DIFFERENT


def _names(one: Particulars, other: Particulars) -> tuple[int, int, int]:
    given = _given(one.given, other.given)
    family = _family(one.family, other.family)
    if given in (1, 2) or family in (1, 2):
        return given, family, 1 if given and family else 0
    if not (one.given and one.family and other.given and other.family):
        return given, family, 0
    # Exchanged: the one's first name is the other's last, letter for letter or nearly.
    crossed_given = _given(("".join(one.given),), (other.family,))
    crossed_family = _family(one.family, "".join(other.given))
    if crossed_given and crossed_family and crossed_given + crossed_family < given + family and crossed_family <= 2:
        return crossed_given, crossed_family, 2
    return given, family, 1


@lru_cache(maxsize=50_000)
def _given(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    if not one or not other:
        return 0
    a, b = one[0], other[0]
    if a == b:
        return 1
    if len(a) == 1 or len(b) == 1:
        return 3 if a[0] == b[0] else 5
    if same_by_short_form(a, b):
        return 2
    if (len(one) > 1 and b in one) or (len(other) > 1 and a in other):
        # "Anna Maria" signs as Maria.
        return 2
    return 4 if alike(a, b) and not _two_names(a, b) else 5


def _two_names(one: str, other: str) -> bool:
    """Whether two that are nearly one are names of their own: "Joan" is no slip of "Jean", nor Erica of Eric."""
    if one not in US.given or other not in US.given:
        return False
    short, long = sorted((one, other), key=len)
    return metaphone(one) != metaphone(other) or (long.startswith(short) and long[len(short) :] in _FEMALE)


_FEMALE = {"a", "e", "le", "ne", "ette", "ine", "ina"}


def _family(one: str, other: str) -> int:
    if not one or not other:
        return 0
    if one == other:
        return 1
    if alike(one, other):
        return 2
    short, long = (one, other) if len(one) < len(other) else (other, one)
    # "Smith-Jones" and "Smith".
    if len(short) >= 3 and (long.startswith(short) or long.endswith(short)):
        return 3
    return 4


def alike(one: str, other: str) -> bool:
    """Whether two words are one with a slip of the pen or of the ear."""
    length = min(len(one), len(other))
    slips = OSA.distance(one, other, score_cutoff=2)
    if slips <= (1 if length < 6 else 2):
        return length > 2 or slips == 0
    return length > 3 and (
        JaroWinkler.similarity(one, other, score_cutoff=0.9) > 0
        or (one[0] == other[0] and slips <= 2 and metaphone(one) == metaphone(other))
    )


def _born(one: str, other: str) -> int:
    if one == other:
        return 1
    if OSA.distance(one, other, score_cutoff=1) <= 1 or (one[:4] == other[:4] and one[4:] == other[6:] + other[4:6]):
        return 2
    same = (one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])
    return 3 if same >= 2 else 4


def _street(one: Particulars, other: Particulars) -> int:
    if not one.street or not other.street:
        return 0
    same_number = one.number == other.number
    if one.street == other.street:
        if same_number:
            return 1
        near = one.number and other.number and OSA.distance(one.number, other.number, score_cutoff=1) <= 1
        return 2 if near or not (one.number and other.number) else 3
    near = JaroWinkler.similarity(one.street, other.street, score_cutoff=0.88) > 0
    if same_number and one.number:
        return 2 if near else 4
    return 3 if near and (not one.number or not other.number) else 5


def _text(one: str, other: str) -> int:
    if one == other:
        return 1
    return 2 if JaroWinkler.similarity(one, other, score_cutoff=0.88) > 0 else 3


def _place(one: Particulars, other: Particulars) -> int:
    post_known = one.postcode and other.postcode
    city_known = one.city and other.city
    if not post_known and not city_known:
        return 0
    same_post = post_known and one.postcode == other.postcode
    near_city = city_known and (
        one.city == other.city or JaroWinkler.similarity(one.city, other.city, score_cutoff=0.88) > 0
    )
    if same_post:
        return 1 if near_city else 2
    if near_city:
        return 3
    if post_known and OSA.distance(one.postcode, other.postcode, score_cutoff=1) <= 1:
        return 4
    return 5


def _email(one: Particulars, other: Particulars) -> int:
    if one.email == other.email:
        return 1
    if one.mailbox == other.mailbox:
        # Everybody called John Smith takes "john.smith" wherever it is free.
        return 3 if _of_the_name(one.mailbox, one) or _of_the_name(other.mailbox, other) else 2
    near = len(one.mailbox) > 5 and OSA.distance(one.email, other.email, score_cutoff=2) <= 2
    # "jsmith2" and "jsmith3" are not a slip: the number is there to tell the two apart.
    return 4 if near and _DIGITS.findall(one.mailbox) == _DIGITS.findall(other.mailbox) else 5


def _phone(one: str, other: str) -> int:
    if one == other or (len(one) > 9 and one[-10:] == other[-10:]):
        return 1
    return 2 if OSA.distance(one, other, score_cutoff=1) <= 1 else 3


#: How much of a family name must be found in a mailbox that is made of it: "mller" and "mueller" are Müller's.
_MOST_OF_IT = 75


def _of_the_name(text: str, who: Particulars) -> bool:
    if (len(who.family) > 2 and who.family in text) or (bool(who.given) and text == who.given[0]):
        return True
    return len(who.family) > 3 and len(text) >= len(who.family) - 1 and partial_ratio(who.family, text) >= _MOST_OF_IT


def _company(one: Particulars, other: Particulars) -> int:
    if one.domain and one.domain == other.domain:
        return 1
    if not one.company or not other.company:
        return 0
    if one.company == other.company:
        # That Abel owns Abel Farms says little; many do.
        return 2 if _of_the_name(one.company, one) or _of_the_name(other.company, other) else 1
    a, b = sorted((one.company, other.company), key=len)
    near = JaroWinkler.similarity(a, b, score_cutoff=0.9) > 0 or (len(a) >= 6 and b.startswith(a))
    if near and (_of_the_name(one.company, one) or _of_the_name(other.company, other)):
        return 0
    return 3 if near else 4
