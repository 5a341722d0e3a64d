"""What an owner may say of a lead, and what it leads to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.router.domain.clock import ClockName

Status = Literal["assigned", "accepted", "contacted", "appointment", "quoted", "won", "lost", "declined", "recycled"]
Action = Literal["accept", "decline", "contacted", "appointment", "quoted", "won", "lost", "not_ready"]

#: The status that each action leads to.
LEADS_TO: dict[Action, Status] = {
    "accept": "accepted",
    "decline": "declined",
    "contacted": "contacted",
    "appointment": "appointment",
    "quoted": "quoted",
    "won": "won",
    "lost": "lost",
    "not_ready": "recycled",
}

_AT_WORK: frozenset[Status] = frozenset({"contacted", "appointment", "quoted", "won", "lost", "recycled"})

#: From where an owner may go where. Whoever works a lead without having pressed "accept" has accepted it.
MOVES: dict[Status, frozenset[Status]] = {
    "assigned": _AT_WORK | {"accepted", "declined"},
    "accepted": _AT_WORK | {"declined"},
    "contacted": _AT_WORK - {"contacted"},
    "appointment": _AT_WORK - {"contacted", "appointment"},
    "quoted": _AT_WORK - {"contacted", "quoted"},
    "won": frozenset(),
    "lost": frozenset(),
    "declined": frozenset(),
    "recycled": frozenset(),
}

#: How far each status is along the way: an action that is already behind is harmless, not an error.
_ORDER: tuple[Status, ...] = ("assigned", "accepted", "contacted", "appointment", "quoted", "won")
CLOSED: frozenset[Status] = frozenset({"won", "lost"})

#: The fields that each action asks for; those with a star are required.
ASKS: dict[Action, tuple[str, ...]] = {
    "accept": (),
    "decline": ("reason*",),
    "contacted": ("note",),
    "appointment": ("note",),
    "quoted": ("amount*", "currency"),
    "won": ("amount", "currency"),
    "lost": ("reason*", "lost_to"),
    "not_ready": ("reason", "until"),
}
_LONGEST_TEXT = 500
_AMOUNT = re.compile(r"[$€£]? ?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?")
_LARGEST_AMOUNT = Decimal("1000000000")


class FieldsInvalid(ValueError):
    """What was filled in cannot be used; `fields` says what is wrong with which."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(dict(fields))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Said:
    """What an owner filled in, checked."""

    reason: str | None = None
    note: str | None = None
    lost_to: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether an action can be done: `move` changes something, `settled` is done already, `refused` cannot be."""

    kind: Literal["move", "settled", "refused"]
    because: str | None = None


def judge(status: Status, action: Action) -> Verdict:
    """Whether the holder of a lead of this status may do `action`."""
    target = LEADS_TO[action]
    if target in MOVES[status]:
        return Verdict("move")
    if target == status:
        return Verdict("settled")
    if status in _ORDER and target in _ORDER and _ORDER.index(target) < _ORDER.index(status):
        return Verdict("settled", f"It is further already: {status}.")
    return Verdict("refused", f"The lead is {status}.")


def left_out(action: Action, said: Said) -> list[str]:
    """What the action asks for and was not told. A note says what it says; the currency has a default."""
    asked = (ask.rstrip("*") for ask in ASKS[action])
    return [name for name in asked if name not in ("note", "currency") and getattr(said, name) is None]


def accepts_silently(status: Status, action: Action) -> bool:
    """Whether the action shows that the lead was accepted without a word."""
    return status == "assigned" and action not in ("accept", "decline")


def clock_after(status: Status) -> ClockName | None:
    """The clock that runs once the owner has said so; None when the lead is closed or goes elsewhere."""
    if status == "accepted":
        return "contact"
    return "update" if status in ("contacted", "appointment", "quoted") else None


def read(action: Action, fields: Mapping[str, str], *, currency: str, today: date) -> Said:
    """The filled-in fields of `action`, checked. Raises FieldsInvalid; fields it does not ask for are ignored.

    `currency` is taken where none is given.
    """
    problems: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    for ask in ASKS[action]:
        name, required = ask.rstrip("*"), ask.endswith("*")
        value = fields.get(name, "").strip()
        if value:
            values[name] = value
        elif required:
            problems[name] = ["This is needed."]
    said = Said(
        reason=_text(values.get("reason")),
        note=_text(values.get("note")),
        lost_to=_text(values.get("lost_to")),
        amount=_amount(values.get("amount"), problems),
        currency=_currency(values, currency, problems),
        until=_until(values.get("until"), today, problems),
    )
    if problems:
        raise FieldsInvalid(problems)
    return said


def _text(value: str | None) -> str | None:
    return None if value is None else "".join(c for c in value if c.isprintable() or c == "\n")[:_LONGEST_TEXT]


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
        return None
    return until
