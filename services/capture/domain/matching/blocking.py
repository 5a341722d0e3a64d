"""Keys by which people who may be one are found among a million: two of them who share no key are not compared.

Each key joins particulars that are seldom equal by chance, in a form that survives the usual slip; a person has about
six, so that a slip in one field leaves others.
"""

from hashlib import blake2b

from jellyfish import metaphone

from services.capture.domain.matching.nicknames import root
from services.capture.domain.matching.organisations import is_office
from services.capture.domain.matching.particulars import Particulars


def keys(who: Particulars) -> list[str]:
    """The keys of a person, most telling first."""
    given, family = _sound(root(who.given[0])) if who.given else "", _sound(who.family)
    name = "|".join(sorted((given, family))) if given and family else ""
    found = []
    if who.phone:
        found.append(f"p:{who.phone[-10:]}")
    if len(who.mailbox) > 4 and not is_office(who.mailbox):
        found.append(f"m:{who.mailbox}")
    if who.postcode:
        # Exchanged digits are the usual slip in a postcode.
        place = "".join(sorted(who.postcode))
        if who.street:
            found.append(f"a:{who.street[:4]}|{place}")
        if family:
            found.append(f"f:{family}|{place}")
        if given:
            # Slips leave the first letter of a family name mostly as it is.
            found.append(f"g:{given}|{who.family[:1]}|{place}")
    if name and (who.city or who.state):
        found.append(f"n:{name}|{_sound(who.city) or who.state}")
    if family:
        found += [f"o:{family}|{firm}" for firm in (who.domain, who.company) if firm]
    if who.born:
        found.append(f"b:{who.born}")
    return found


def firms(who: Particulars) -> list[str]:
    """Keys that everybody of a person's firm shares, whatever they are called."""
    return [f"firm:{firm}" for firm in (who.domain, who.company) if firm]


def hashed(key: str) -> int:
    """The key as the database keeps it: 64 bits, signed."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _sound(word: str) -> str:
    # Names of other scripts have no sound here: their letters are the key.
    return metaphone(word)[:4] or word[:4] if word else ""
