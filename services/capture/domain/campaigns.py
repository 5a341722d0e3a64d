"""Campaigns: what is written of one, how a code leads to it, and who wins when file and run time disagree."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from services.capture.domain.cleaning import folded, line
from services.capture.domain.register import Campaign, Company, Cost
from services.capture.domain.submission import Submission

#: Media that many companies have, as they are shown. Any other word is a medium too, and is shown as it is written.
MEDIA: Mapping[str, str] = {
    "web": "Web site",
    "search": "Search advertising",
    "seo": "Search engines, unpaid",
    "display": "Display advertising",
    "email": "Email",
    "blog": "Blog",
    "social": "Social networks",
    "print": "Print and direct mail",
    "card": "Reply cards",
    "magazine": "Magazines, reader service",
    "event": "Events",
    "trade_show": "Trade shows",
    "phone": "Telephone",
    "partner": "Partners",
    "portal": "Portals",
    "referral": "Referrals by own staff",
    "tv": "Television",
    "radio": "Radio",
    "outdoor": "Posters and signs",
}

#: What campaigns are charged for, as it is shown; any other word is a kind of cost too.
COST_KINDS: Mapping[str, str] = {
    "media": "Media",
    "print": "Printing",
    "postage": "Postage",
    "agency": "Agency",
    "staff": "Staff",
    "event": "Stand and travel",
    "system": "Systems",
    "total": "Total",
}

#: Beside its id, what is written of a campaign.
FIELDS = (
    "name", "medium", "starts_on", "ends_on", "currency", "expected_responses", "expected_leads", "audience", "offer",
)  # fmt: skip
_TEXTS = {"name": 200, "medium": 60, "audience": 2_000, "offer": 2_000}
_NUMBERS = ("expected_responses", "expected_leads")
_DATES = ("starts_on", "ends_on")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_CODE = 60
#: More than any campaign cost, and still exact in every column.
MOST_MONEY = Decimal("1e12")


class Wrong(ValueError):
    """Some fields are not as they must be: `fields` says what is wrong, by name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = dict(fields)


def label(word: str | None, known: Mapping[str, str] = MEDIA) -> str | None:
    """The word as people read it: a known one's label, any other with a capital and without underscores."""
    if not word:
        return None
    return known.get(word.lower()) or word.replace("_", " ")[:1].upper() + word.replace("_", " ")[1:]


# --- what is written of a campaign -----------------------------------------------------------------------------------


def document(campaign: Campaign) -> dict[str, Any]:
    """The campaign's fields as JSON types."""
    return {name: _plain(getattr(campaign, name)) for name in FIELDS}


def is_id(text: str) -> bool:
    """Whether a campaign may have this id."""
    return _ID.fullmatch(text) is not None


def checked_id(text: str) -> str:
    """A campaign's id. Raises Wrong."""
    if not is_id(text):
        raise Wrong({"campaign_id": "small letters, digits, dots and hyphens, 63 at most"})
    return text


def checked(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document `before` with these changes. Raises Wrong, naming every field that cannot be as it is said."""
    problems: dict[str, str] = {}
    after = dict.fromkeys(FIELDS) | dict(before)
    for name, value in changes.items():
        if name not in FIELDS:
            problems[name] = f"there is no such field; there are {', '.join(FIELDS)}"
            continue
        try:
            after[name] = None if value is None else _checked_field(name, value)
        except ValueError as problem:
            problems[name] = str(problem)
    if not problems and not after["name"]:
        problems["name"] = "a campaign has a name"
    if not problems and after["starts_on"] and after["ends_on"] and after["ends_on"] < after["starts_on"]:
        problems["ends_on"] = "before it starts"
    if problems:
        raise Wrong(problems)
    return after


def _checked_field(name: str, value: Any) -> Any:
    if name in _TEXTS:
        if not isinstance(value, str) or len(value) > _TEXTS[name]:
            raise ValueError(f"a text of {_TEXTS[name]} characters at most")
        return line(value, _TEXTS[name]) or None
    if name in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000_000:
            raise ValueError("a whole number, not below 0")
        return value
    if name in _DATES:
        return checked_date(value).isoformat()
    return checked_currency(value)


def checked_date(value: Any) -> date:
    """A date. Raises ValueError."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("a date such as 2026-03-01") from None


def checked_currency(value: Any) -> str:
    """An ISO 4217 code. Raises ValueError."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise ValueError("three capital letters, such as USD")
    return value


def checked_amount(value: Any) -> Decimal:
    """An amount with two decimals at most; one below 0 corrects an earlier one. Raises ValueError."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("an amount such as 1250.00") from None
    if not amount.is_finite() or abs(amount) >= MOST_MONEY or amount != amount.quantize(Decimal("0.01")):
        raise ValueError("an amount with two decimals at most")
    return amount.quantize(Decimal("0.01"))


def checked_code(written: str) -> tuple[str, str]:
    """A code in the form in which it is looked up, and as it is printed. Raises Wrong."""
    text = line(written)
    if not folded(text) or len(text) > LONGEST_CODE:
        raise Wrong({"codes": f"{text[:80]!r} is no code: 1 to {LONGEST_CODE} characters, with a letter or digit"})
    return folded(text), text


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# --- file and run time -----------------------------------------------------------------------------------------------


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    """Fields that are not equal, with what `one` says."""
    return {name: _shown(one.get(name)) for name in FIELDS if one.get(name) != other.get(name)}


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def verdict(
    file: Mapping[str, Any], before: Mapping[str, Any] | None, here: Mapping[str, Any], *, edited: bool
) -> Literal["same", "take", "conflict"]:
    """What a start makes of a campaign that is known: `before` is what the file said at the start before.

    The file wins over what only files have written. What somebody edited at run time stays, and a file that has been
    changed since is told as a conflict, until somebody decides or both say the same.
    """
    if not differences(file, here):
        return "same"
    if not edited:
        return "take"
    return "conflict" if before is None or differences(file, before) else "same"


def cost_corrections(file: Iterable[Cost], recorded: Iterable[Cost]) -> list[Cost]:
    """Entries that bring what was recorded from the file to what the file says now; entries are never changed."""
    owed: dict[tuple[date, str, str, str], Decimal] = {}
    for sign, costs in ((1, file), (-1, recorded)):
        for cost in costs:
            place = (cost.spent_on, cost.kind, cost.purpose, cost.currency)
            owed[place] = owed.get(place, Decimal(0)) + sign * cost.amount
    return [
        Cost(spent_on=day, kind=kind, purpose="management" if purpose == "management" else "generation",
             currency=currency, amount=amount)
        for (day, kind, purpose, currency), amount in sorted(owed.items())
        if amount
    ]  # fmt: skip


# --- codes on inquiries ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sighting:
    """A code on an inquiry that leads to no campaign yet."""

    code: str
    written: str
    #: 0: it was said to be the campaign (keyed from a card, sent by a partner). 1: it came as utm_campaign.
    place: int
    #: A surer code of the same inquiry led to a campaign: this one, once registered, does not change it.
    outranked: bool


def words_of(submission: Submission) -> tuple[str | None, ...]:
    """What may name the campaign, the surest first."""
    return (submission.campaign, submission.attribution.get("utm_campaign"))


def campaign_of(submission: Submission, company: Company) -> str | None:
    """The campaign that a code of the submission names."""
    named = (company.codes.get(folded(word)) for word in words_of(submission) if word)
    return next((campaign for campaign in named if campaign), None)


def sightings(submission: Submission, company: Company) -> list[Sighting]:
    """The codes of a submission that no campaign has."""
    found: list[Sighting] = []
    known = False
    for place, word in enumerate(words_of(submission)):
        code = folded(word or "")
        if code and code in company.codes:
            known = True
        elif code and word and code not in {other.code for other in found}:
            found.append(Sighting(code=code[:LONGEST_CODE], written=line(word)[:120], place=place, outranked=known))
    return found
