"""Names of people: one field or several, "SMITH, JOHN" or "Dr. Anna Maria de la Cruz", into parts to greet them by."""

import re
from dataclasses import dataclass
from functools import lru_cache

from nameparser import HumanName

from services.capture.domain.values import Unusable


@dataclass(frozen=True)
class Name:
    """A name in parts. `full` is always there; a single word is kept as `full` alone, it may be either part."""

    full: str
    given: str | None = None
    family: str | None = None
    salutation: str | None = None


_NOT_A_NAME = re.compile(r"https?://|www\.|@|[<>{}\[\]=]|\d{3,}", re.IGNORECASE)


def name_of(full: str | None, given: str | None, family: str | None, salutation: str | None = None) -> Name | None:
    """The name that these fields give, shouted or whispered letters repaired; None when all are empty.

    Raises Unusable for what no person is called: an address, a link, markup, a number.
    """
    text = " ".join(part for part in (full, given, family) if part)
    if not text:
        return None
    if _NOT_A_NAME.search(text) or not any(letter.isalpha() for letter in text):
        raise Unusable("not the name of a person")
    if given or family:
        return _from_parts(given, family, salutation)
    return _from_full(full or "", salutation)


def _from_parts(given: str | None, family: str | None, salutation: str | None) -> Name:
    first, last = repaired_case(given or ""), repaired_case(family or "")
    return Name(" ".join(filter(None, (first, last))), first or None, last or None, salutation)


@lru_cache(maxsize=20_000)
def _from_full(full: str, salutation: str | None) -> Name | None:
    parts = HumanName(full)
    first = repaired_case(" ".join(filter(None, (parts.first, parts.middle))))
    last = repaired_case(parts.last)
    title = salutation or parts.title or None
    if not first and not last:
        return None
    if not last:
        return Name(first, None, None, title)
    suffix = parts.suffix if not parts.suffix.islower() else parts.suffix.capitalize()
    return Name(" ".join(filter(None, (first, last, suffix))), first or None, last, title)


def repaired_case(part: str) -> str:
    """`part` with usual capitals when it came all in capitals or all in small letters; otherwise as it came."""
    part = " ".join(part.split())
    if not (part.isupper() or part.islower()) or len(part) < 2 or part.endswith("."):
        return part
    return _capitalised(part)


@lru_cache(maxsize=50_000)
def _capitalised(part: str) -> str:
    # Names and towns come again and again, and each costs a third of a millisecond.
    holder = HumanName()
    holder.last = part
    holder.capitalize(force=True)
    return str(holder.last) or part


def agree(one: str | None, other: str | None) -> bool:
    """Whether two given names may belong to one person: equal, one an initial or the first of several of the other."""
    if not one or not other:
        return True
    a, b = one.casefold().replace(".", " ").split(), other.casefold().replace(".", " ").split()
    if not a or not b:
        return True
    return a[0].startswith(b[0]) if len(b[0]) == 1 else b[0].startswith(a[0]) if len(a[0]) == 1 else a[0] == b[0]
