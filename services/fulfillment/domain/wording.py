"""Turns what strangers typed into text that is safe and decent to print in our name."""

import re
from collections.abc import Sequence
from datetime import date

from shared.contracts.people import Address, Person

#: Longer than any name; short of a message that somebody would have us deliver in our name.
NAME_LENGTH = 60

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_NOT_A_NAME = re.compile(r"://|www\.|[@<>{}\[\]|\\^$%#=]|\b[\w-]+\.(?:com|net|org|info|ru|cn|xyz|top|io)\b|\d{4}", re.I)
_MAILBOX = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+\.[^\s@,;:<>()\[\]\\\".]+")

_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
           "November", "Dezember"),
}  # fmt: skip


class NotOneAddress(ValueError):
    """The text is not exactly one mailbox."""


def one_line(text: str | None) -> str:
    """The text without line breaks, control and direction characters: what a header or an address line may hold."""
    return re.sub(r"\s+", " ", _CONTROL.sub(" ", text or "")).strip()


def printable_name(text: str | None) -> str:
    """The text where it may be a name; else nothing.

    Forms are abused to have "Buy now at http://…" mailed to third parties as a name in somebody's acknowledgement.
    """
    line = one_line(text)
    if len(line) > NAME_LENGTH or _NOT_A_NAME.search(line):
        return ""
    return line


def full_name(person: Person) -> str:
    """The person's name as one would write it on an envelope; empty when nothing usable is known."""
    parts = (printable_name(person.given_name), printable_name(person.family_name))
    return printable_name(person.name) or " ".join(part for part in parts if part)


def greeting(person: Person, language: str) -> str:
    """The first line of an email."""
    if language == "de":
        name = full_name(person)
        return f"Guten Tag {name}," if name else "Guten Tag,"
    given = printable_name(person.given_name)
    return f"Hello {given or full_name(person)},".replace(" ,", ",")


def salutation(person: Person, language: str) -> str:
    """The first line of a letter."""
    name = full_name(person)
    if language == "de":
        return f"Guten Tag {name}," if name else "Sehr geehrte Damen und Herren,"
    return f"Dear {name}," if name else "Dear Sir or Madam,"


def mailbox(address: str | None) -> str:
    """The one address, its domain in ASCII. Raises NotOneAddress for none, several, or one with anything around it."""
    text = address or ""
    if len(text) > 254 or not _MAILBOX.fullmatch(text) or one_line(text) != text:
        raise NotOneAddress("not exactly one email address")
    local, _, domain = text.rpartition("@")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise NotOneAddress("the address needs a mail server with SMTPUTF8") from error


def masked(address: str) -> str:
    """d•••@example.com: enough to recognise one's own address, too little to learn another's."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def address_block(person: Person, home_country: str, countries: dict[str, str]) -> tuple[str, ...]:
    """The lines in the window of the envelope; the country only where the letter leaves ours."""
    address = person.address
    if address is None:
        return ()
    lines = [full_name(person), printable_company(person.company), *address.lines, _town(address)]
    if address.country and address.country != home_country:
        lines.append(countries.get(address.country, address.country).upper())
    return tuple(line for line in map(one_line, lines) if line)


def printable_company(text: str | None) -> str:
    """A company's name may be longer than a person's, and may hold digits; links it may not."""
    line = one_line(text)
    return "" if len(line) > NAME_LENGTH + 20 or "://" in line else line


def long_date(day: date, language: str) -> str:
    """November 22, 2026; 22. November 2026."""
    months = _MONTHS.get(language, _MONTHS["en"])
    if language == "de":
        return f"{day.day}. {months[day.month - 1]} {day.year}"
    return f"{months[day.month - 1]} {day.day}, {day.year}"


def listed(names: Sequence[str], language: str) -> str:
    """a, b and c."""
    joint = " und " if language == "de" else " and "
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + joint + names[-1]


def _town(address: Address) -> str:
    city, state, code = (one_line(part) for part in (address.city, address.state, address.postcode))
    if address.country in ("US", "CA", "AU", None):
        return f"{city}, {state} {code}".replace(" ,", ",").strip(" ,") if state else f"{city} {code}".strip()
    if address.country == "GB":
        return ", ".join(part for part in (city, code) if part)
    return f"{code} {city}".strip()
