"""Amounts as people write them in a reply. What could be two numbers is refused, never chosen."""

import re
from dataclasses import dataclass

_SYMBOLS = {"$": "dollar", "€": "EUR", "£": "GBP"}
_WORDS = {"dollar": "dollar", "dollars": "dollar", "bucks": "dollar", "euro": "EUR", "euros": "EUR", "pounds": "GBP"}
_DOLLARS = {"USD", "CAD", "AUD", "NZD"}
_CODES = "usd|cad|aud|nzd|eur|gbp|chf|sek|nok|dkk|pln|jpy|mxn|brl"
AMOUNT = re.compile(
    rf"(?P<before>[$€£]|(?:{_CODES})\b)?\s*(?P<number>\d[\d.,]*\d|\d)\s*(?P<thousands>k|tsd)?\b"
    rf"\s*(?P<after>[$€£]|\b(?:{_CODES}|dollars?|bucks|euros?|pounds)\b)?",
    re.IGNORECASE,
)
#: 12500, 12500.5, 12,500, 12,500.00; with a k behind it 12 and 12.5.
_PLAIN = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3})+)(?:\.\d{1,2})?")
_SHORT = re.compile(r"\d{1,6}(?:\.\d{1,2})?")


@dataclass(frozen=True)
class Amount:
    """As the fields of an answer have it."""

    amount: str
    currency: str | None


class Ambiguous(ValueError):
    """The number can be read in two ways; the message says what to write instead."""


def amount_in(found: re.Match[str], home: str, *, commas_are_decimal: bool = False) -> Amount:
    """The amount of a match of AMOUNT. `home` is the company's currency. Raises Ambiguous."""
    number, short = found["number"], found["thousands"]
    form = _SHORT if short else _PLAIN
    if not form.fullmatch(number) or (commas_are_decimal and "," in number) or re.fullmatch(r"\d{1,3}\.\d{3}", number):
        raise Ambiguous(f"{number!r} can be read in more than one way: write the amount like 12500 or 12500.50.")
    plain = number.replace(",", "")
    if short:
        whole, _, rest = plain.partition(".")
        plain = str(int(whole + rest.ljust(3, "0")))
    signs = {_currency(sign, home) for sign in (found["before"], found["after"]) if sign}
    if len(signs) > 1:
        raise Ambiguous("two currencies are named.")
    return Amount(plain, signs.pop() if signs else None)


def _currency(sign: str, home: str) -> str:
    code = _SYMBOLS.get(sign) or _WORDS.get(sign.lower()) or sign.upper()
    if code == "dollar":
        return home if home in _DOLLARS else "USD"
    return code
