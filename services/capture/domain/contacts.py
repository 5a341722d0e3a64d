"""Email addresses and telephone numbers in the form that identifies a person and can be used as it is."""

import re
from decimal import Decimal, InvalidOperation

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat

from services.capture.domain.values import Unusable

_IN_BRACKETS = re.compile(r"<([^<>@]+@[^<>@]+)>")
_SEVERAL = re.compile(r"[,;]\s*(?=[^,;@]+@)")
_SCIENTIFIC = re.compile(r"^\+?\d(?:[.,]\d+)?e\+?\d{1,2}$", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"^(\+?\d{7,15})\.0+$")


def email_address(raw: str) -> str:
    """The address in lower case, its domain in the form of the DNS. Raises Unusable.

    Undone are `mailto:`, a display name, spaces around the @ and punctuation at the ends. The first of several counts.
    """
    bracketed = _IN_BRACKETS.search(raw)
    text = bracketed.group(1) if bracketed else _SEVERAL.split(raw.strip())[0]
    text = re.sub(r"\s*@\s*", "@", text.strip().removeprefix("mailto:")).strip(" \t\"'<>,;.")
    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise Unusable(str(error)) from error
    # Local parts differ by case in theory only; two people of one mailbox name do not exist.
    return f"{checked.local_part.lower()}@{checked.ascii_domain.lower()}"


def phone_number(raw: str, country: str | None) -> str:
    """The number in E.164; `country` (ISO alpha-2) is assumed where it has no country code. Raises Unusable."""
    number = _parsed(_digits_of_spreadsheet(raw.strip()), country)
    if not phonenumbers.is_possible_number(number):
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
    if len(mantissa.replace(".", "").lstrip("+")) < int(exponent) + 1 - _ZEROS_THAT_MAY_BE_REAL:
        raise Unusable("the spreadsheet rounded the number: its last digits are lost")
    try:
        return str(int(Decimal(text.replace(",", "."))))
    except (InvalidOperation, ValueError) as error:
        raise Unusable("not a telephone number") from error


#: 5.15555012E+09 may be 5155550120 with its zero dropped; fewer digits than that were rounded away.
_ZEROS_THAT_MAY_BE_REAL = 1
