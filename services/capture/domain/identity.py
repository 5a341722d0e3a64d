"""Who is who: the exact keys a person is known by. The same key is the same person, unless given names disagree.

An email address identifies by itself; a telephone only with a family name, since a farm or an office shares one; a
postal address only with the whole name.
"""

import hashlib
import re
from typing import NamedTuple

from services.capture.domain.cleaning import folded
from services.capture.domain.person import Facts, contradict

_STREET_WORDS = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr", "lane": "ln", "boulevard": "blvd",
    "highway": "hwy", "route": "rt", "rte": "rt", "north": "n", "south": "s", "east": "e", "west": "w",
    "strasse": "str", "straße": "str",
}  # fmt: skip


class Key(NamedTuple):
    """One key. A certain one stands for its person whatever name is given with it."""

    text: str
    certain: bool = False
    #: Whether the given name is in it in full: whoever is known by it is called that.
    whole: bool = False


def keys(facts: Facts) -> list[Key]:
    """The keys that the person of these facts is known by, surest first."""
    given = folded((facts.given_name or "").split(" ")[0]) if facts.given_name else ""
    uncertain = [
        Key(shortened(text), whole=len(given) > 1 and (text.startswith("post:") or text.endswith(f"|{given}")))
        for text in (*_phone_keys(facts, given), *_postal_keys(facts))
    ]
    return [Key(f"email:{facts.email}", certain=True), *uncertain] if facts.email else uncertain


def is_that_person(key: Key, known: Facts, said: Facts) -> bool:
    """Whether the person known by `key` is who says these things."""
    return key.certain or not contradict(known, said)


def shortened(text: str) -> str:
    """`text`, or its hash where it is longer than an index may hold."""
    return text if len(text) <= _LONGEST else hashlib.sha256(text.encode()).hexdigest()


_LONGEST = 400


def _phone_keys(facts: Facts, given: str) -> list[str]:
    family = folded(facts.family_name or facts.name or "")
    if not facts.phone or not family:
        return []
    stem = f"phone:{facts.phone}|{family}"
    # Beside the whole given name its initial and none at all: "J. Smith" and "Smith" of this number are John too.
    return [f"{stem}|{part}" for part in dict.fromkeys((given, given[:1], ""))]


def _postal_keys(facts: Facts) -> list[str]:
    address = facts.address
    if not (address and address.lines and facts.given_name and facts.family_name):
        return []
    place = address.postcode or address.city
    if not place:
        return []
    words = re.findall(r"\w+", " ".join(address.lines).casefold())
    street = "".join(_STREET_WORDS.get(word, folded(word)) for word in words)
    name = f"{folded(facts.family_name)}|{folded(facts.given_name.split(' ')[0])}"
    return [f"post:{name}|{address.country or ''}|{folded(place)}|{street}"]
