"""Email addresses and telephone numbers in the form that identifies a person and can be used as it is."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from services.capture.domain.values import Unusable

_IN_BRACKETS = re.compile(r"<([^<>@]+@[^<>@]+)>")
_SEVERAL = re.compile(r"[,;]\s*(?=[^,;@]+@)")
_SCIENTIFIC = re.compile(r"^\+?\d(?:[.,]\d+)?e\+?\d{1,2}$", re.IGNORECASE)
#: An address without anything to repair or to judge in its local part; its domain is looked at by itself.
_SIMPLE_EMAIL = re.compile(r"([a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+){0,8})@([a-z0-9.-]{3,200})", re.IGNORECASE | re.ASCII)
#: North American: ten digits with the usual marks between, of which neither area nor exchange begins with 0 or 1.
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]{0,2}([2-9]\d\d)[ .-]?(\d{4})", re.ASCII)
_IN_AMERICA = frozenset({"US", "CA"})
#: Telephones and mail addresses as lists of certain programs mark them: "p:+15155550142".
_MARK = re.compile(r"^(?:p|tel|phone|callto|whatsapp)\s*:\s*", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"^(\+?\d{7,15})\.0+$")


def email_address(raw: str) -> str:
    """The address in lower case, its domain in the form of the DNS. Raises Unusable.

    Undone are `mailto:`, a display name, spaces around the @ and punctuation at the ends. The first of several counts.
    """
    simple = _SIMPLE_EMAIL.fullmatch(raw)
    if simple and len(simple[1]) <= 64:
        domain = _domain(simple[2].lower())
        if domain is not None:
            return f"{simple[1].lower()}@{domain}"
    return _judged_email(raw)


def _judged_email(raw: str) -> str:
    bracketed = _IN_BRACKETS.search(raw)
    text = bracketed.group(1) if bracketed else _SEVERAL.split(raw.strip())[0]
    text = re.sub(r"\s*@\s*", "@", text.strip().removeprefix("mailto:")).strip(" \t\"'<>,;.")
    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise Unusable(str(error)) from error
    # Local parts differ by case in theory only; two people of one mailbox name do not exist.
    return f"{checked.local_part.lower()}@{checked.ascii_domain.lower()}"


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str | None:
    """The domain in the form of the DNS; None where it has none. Most people share a few of them."""
    try:
        return validate_email(f"a@{domain}", check_deliverability=False).ascii_domain.lower()
    except EmailNotValidError:
        return None


def phone_number(raw: str, country: str | None) -> str:
    """The number in E.164; `country` (ISO alpha-2) is assumed where it has no country code. Raises Unusable."""
    text = raw.strip()
    if country in _IN_AMERICA:
        usual = _AMERICAN.fullmatch(text)
        if usual:
            return f"+1{usual[1]}{usual[2]}{usual[3]}"
    return _judged_phone(text, country)


def _judged_phone(text: str, country: str | None) -> str:
    number = _parsed(_digits_of_spreadsheet(_MARK.sub("", text)), country)
    length = phonenumbers.is_possible_number_with_reason(number)
    if length == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        raise Unusable("not a telephone number: its area code is missing")
    if length != ValidationResult.IS_POSSIBLE:
        raise Unusable("not a telephone number of its country: wrong number of digits")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_assigned(e164: str) -> bool:
    """Whether the number lies in a range that its country gives out."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except NumberParseException:
        return False


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber:
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException as error:
        raise Unusable(f"not a telephone number: {error._msg}") from error


def _digits_of_spreadsheet(text: str) -> str:
    """Undoes what Excel does to long numbers: 5.155550123E+09, 5155550123.0. Raises Unusable when digits are gone."""
    whole = _WHOLE_FLOAT.match(text)
    if whole:
        return whole.group(1)
    if not _SCIENTIFIC.match(text):
        return text
    mantissa, exponent = re.split("[eE]", text.replace(",", "."))
    if len(mantissa.replace(".", "").lstrip("+")) < int(exponent) + 1:
        # 5.15555012E+09 may be 5155550120, and as well one of nine numbers that were rounded to it.
        raise Unusable("the spreadsheet rounded the number: its last digits are lost")
    try:
        return str(int(Decimal(text.replace(",", "."))))
    except (InvalidOperation, ValueError) as error:
        raise Unusable("not a telephone number") from error
