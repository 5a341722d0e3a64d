"""What an owner fills in when they say how a lead stands, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.router.domain.feedback import OTHER, Feedback, chosen
from services.router.domain.status import CORRECTIONS, Action

#: The fields that each action asks for; those with a star are required.
ASKS: dict[Action, tuple[str, ...]] = {
    "accept": (),
    "decline": ("reason*",),
    "contacted": ("note",),
    "appointment": ("at", "note"),
    "quoted": ("amount*", "currency"),
    "won": ("amount", "currency"),
    "lost": ("reason*", "lost_to", "note"),
    "not_ready": ("reason", "until"),
    "wrong_territory": ("note",),
    "return": ("reason*", "evidence*"),
    "blocked": ("reason*", "note"),
    "pause_me": ("until",),
    "correct": ("to", "amount", "currency", "reason", "lost_to", "at", "note"),
}
#: What makes an answer better and is not missed where it is left out.
_EXTRA = ("note", "currency")
_LONGEST_TEXT = 500
_AMOUNT = re.compile(r"[$€£]? ?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?")
_LARGEST_AMOUNT = Decimal("1000000000")
_LONGEST_WAIT = timedelta(days=3660)


class FieldsInvalid(ValueError):
    """What was filled in cannot be used; `fields` says what is wrong with which."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(dict(fields))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Terms:
    """How what is filled in is understood."""

    #: Of amounts that are given without one.
    currency: str
    #: Now, and where the owner is: their day and their time of day are meant.
    now: datetime
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("UTC"))
    feedback: Feedback = field(default_factory=Feedback)

    @property
    def today(self) -> date:
        """The owner's own day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Said:
    """What an owner filled in, checked."""

    reason: str | None = None
    note: str | None = None
    lost_to: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    until: date | None = None
    #: Of an appointment.
    at: datetime | None = None
    evidence: str | None = None
    #: What should have been said instead of the last word.
    to: Action | None = None

    def document(self) -> dict[str, str]:
        """What is kept of it."""
        return {
            name: value.isoformat() if isinstance(value, date) else str(value)
            for name, value in vars(self).items()
            if value is not None
        }


def left_out(action: Action, said: Said) -> list[str]:
    """What the action asks for and was not told. A note says what it says; the currency has a default."""
    if action == "correct":
        return []
    asked = (ask.rstrip("*") for ask in ASKS[action])
    return [name for name in asked if name not in _EXTRA and getattr(said, name) is None]


def read(action: Action, fields: Mapping[str, str], terms: Terms) -> Said:
    """The filled-in fields of `action`, checked. Raises FieldsInvalid; fields it does not ask for are ignored."""
    if action == "correct":
        return _correction(fields, terms)
    problems: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    for ask in ASKS[action]:
        name, required = ask.rstrip("*"), ask.endswith("*")
        value = _text(fields.get(name, "").strip())
        if value:
            values[name] = value
        elif required:
            problems[name] = ["This is needed."]
    _choose(action, values, terms.feedback, problems)
    said = Said(
        reason=values.get("reason"),
        note=values.get("note"),
        lost_to=values.get("lost_to"),
        evidence=values.get("evidence"),
        amount=_amount(values.get("amount"), problems),
        currency=_currency(values, terms.currency, problems),
        until=_until(values.get("until"), terms.today, problems),
        at=_moment(values.get("at"), terms, problems),
    )
    if problems:
        raise FieldsInvalid(problems)
    return said


def _correction(fields: Mapping[str, str], terms: Terms) -> Said:
    """What should have been said; nothing: the last word is taken back, and that is all."""
    meant = fields.get("to", "").strip().casefold().replace(" ", "_")
    if not meant:
        return Said(note=_text(fields.get("note", "").strip()) or None)
    to = next((action for action in CORRECTIONS if action == meant), None)
    if to is None:
        raise FieldsInvalid({"to": [f"One of {', '.join(CORRECTIONS)}; or nothing, to take the last word back."]})
    return Said(**{**vars(read(to, fields, terms)), "to": to})


def _choose(action: Action, values: dict[str, str], feedback: Feedback, problems: dict[str, list[str]]) -> None:
    """Puts the reason that is meant in place of the one that was written."""
    choices = feedback.choices(action)
    # Why somebody does not want a lead they may say as they like: the list only helps them.
    if "reason" not in values or not choices or action == "decline":
        return
    found = chosen(values["reason"], choices)
    if found is not None:
        values["reason"] = found
    elif OTHER in choices:
        own = [values["reason"], values.get("note")]
        values["reason"], values["note"] = OTHER, "; ".join(text for text in own if text)
    else:
        problems["reason"] = [f"One of: {', '.join(choices)}."]


def _text(value: str) -> str:
    return "".join(c for c in value if c.isprintable() or c == "\n")[:_LONGEST_TEXT]


def _amount(value: str | None, problems: dict[str, list[str]]) -> Decimal | None:
    if value is None:
        return None
    if not _AMOUNT.fullmatch(value):
        # "12500,50" is refused rather than guessed at: read the wrong way it would be a hundred times as much.
        problems["amount"] = ["Not an amount: write it like 12500 or 12500.50."]
        return None
    amount = Decimal(value.replace(",", "").lstrip("$€£ "))
    if not 0 < amount <= _LARGEST_AMOUNT:
        problems["amount"] = ["It must be more than 0 and at most 1,000,000,000."]
        return None
    return amount.quantize(Decimal("0.01"))


def _currency(values: Mapping[str, str], default: str, problems: dict[str, list[str]]) -> str | None:
    if "amount" not in values:
        return None
    code = values.get("currency", default).upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        problems["currency"] = ["Three letters, like USD."]
        return None
    return code


def _until(value: str | None, today: date, problems: dict[str, list[str]]) -> date | None:
    if value is None:
        return None
    try:
        until = date.fromisoformat(value)
    except ValueError:
        problems["until"] = ["Write the date like 2027-03-31."]
        return None
    if until <= today:
        problems["until"] = ["This day is past."]
    elif until - today > _LONGEST_WAIT:
        problems["until"] = ["That is more than ten years from now."]
    return until


def _moment(value: str | None, terms: Terms, problems: dict[str, list[str]]) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        problems["at"] = ["Write day and time like 2027-03-31T15:00."]
        return None
    at = at if at.tzinfo else at.replace(tzinfo=terms.zone)
    if abs(at - terms.now) > _LONGEST_WAIT:
        problems["at"] = ["That is more than ten years from now."]
    return at
