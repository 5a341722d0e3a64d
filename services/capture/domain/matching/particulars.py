"""A person's particulars cut and folded so that two people's can be laid side by side, quickly and often."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from services.capture.domain.cleaning import folded
from services.capture.domain.matching.organisations import company_core, own_domain
from services.capture.domain.person import Facts
from shared.contracts.people import Address


@dataclass(frozen=True, slots=True)
class Particulars:
    """What can be compared; "" or () where nothing is known. All text is folded: no case, accents or punctuation."""

    given: tuple[str, ...] = ()
    family: str = ""
    #: jr, sr, ii, iii: what tells a father from his son.
    suffix: str = ""
    email: str = ""
    #: The part of the email before the @, without dots and what follows a plus.
    mailbox: str = ""
    #: The web domain of the person's organisation; never that of a public mail provider.
    domain: str = ""
    phone: str = ""
    company: str = ""
    number: str = ""
    street: str = ""
    #: What follows the street line: unit, building, locality.
    extra: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    #: Year, month, day: 19560409.
    born: str = ""


_STREET_WORDS = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr", "lane": "ln", "boulevard": "blvd",
    "highway": "hwy", "route": "rt", "rte": "rt", "place": "pl", "court": "ct", "circle": "cir", "crescent": "cr",
    "cres": "cr", "terrace": "tce", "terr": "tce", "ter": "tce", "north": "n", "south": "s", "east": "e", "west": "w",
    "strasse": "str", "county": "co", "trail": "trl", "parkway": "pkwy", "close": "cl", "square": "sq",
}  # fmt: skip
_WORDS = re.compile(r"[^\W_]+")
_SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}
_NUMBER = re.compile(r"\d+[a-z]?")


def particulars(facts: Facts, born: str = "") -> Particulars:
    """The particulars in these facts."""
    given, family, suffix = _name(facts)
    number, street, extra, postcode, city, state, country = _place(facts.address)
    email = facts.email or ""
    return Particulars(
        given=given,
        family=family,
        suffix=suffix,
        email=email,
        mailbox=_mailbox(email),
        domain=own_domain(email, facts.website),
        phone=facts.phone or "",
        company=company_core(facts.company) if facts.company else "",
        number=number,
        street=street,
        extra=extra,
        postcode=postcode,
        city=city,
        state=state,
        country=country,
        born=born,
    )


def words_of(text: str) -> list[str]:
    """The words of a text, without case and accents."""
    text = text.casefold()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
        text = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WORDS.findall(text)


def _name(facts: Facts) -> tuple[tuple[str, ...], str, str]:
    given = words_of(facts.given_name) if facts.given_name else []
    family = words_of(facts.family_name) if facts.family_name else []
    if not given and not family and facts.name:
        # A single word may be either part; a family name is what people sign with.
        *given, last = words_of(facts.name) or [""]
        family = [last]
    suffix = ""
    for word in (*family[1:], *given[1:], *(words_of(facts.name)[2:] if facts.name and " " in facts.name else ())):
        suffix = suffix or _SUFFIXES.get(word, "")
    if suffix:
        family = [word for word in family if word not in _SUFFIXES] or family
        given = [word for word in given if word not in _SUFFIXES] or given
    return tuple(given), "".join(family), suffix


def _mailbox(email: str) -> str:
    local = email.partition("@")[0]
    return local.partition("+")[0].replace(".", "").replace("_", "").replace("-", "")


@lru_cache(maxsize=4096)
def _street_word(word: str) -> str:
    return _STREET_WORDS.get(word, word)


def _place(address: Address | None) -> tuple[str, str, str, str, str, str, str]:
    if address is None:
        return "", "", "", "", "", "", ""
    number = street = extra = ""
    if address.lines:
        number, street = _street(address.lines[0])
        extra = "".join(word for line in address.lines[1:] for word in words_of(line))
    postcode = folded(address.postcode) if address.postcode else ""
    if address.country == "US":
        postcode = postcode[:5]
    city = "".join(words_of(address.city)) if address.city else ""
    return number, street, extra, postcode, city, (address.state or "").casefold(), address.country or ""


def _street(line: str) -> tuple[str, str]:
    words = words_of(line)
    number = ""
    for word in words:
        if _NUMBER.fullmatch(word):
            number = word
            break
    if number:
        words.remove(number)
    return number, "".join(_street_word(word) for word in words)
