"""What can be said of a lead, as buttons and fields of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.calls import PortalAction

#: Action → what the button says, what the page says once it is done. In the order in which a lead goes on.
WORDS = {
    "accept": ("Accept", "The lead is accepted. Reach the prospect next."),
    "contacted": ("Contacted", "Noted: you reached the prospect."),
    "appointment": ("Appointment set", "Noted: an appointment."),
    "quoted": ("Quoted", "Noted: your quote."),
    "won": ("Sold", "Sold. Congratulations!"),
    "lost": ("Lost", "Noted: the lead is lost."),
    "not_ready": ("Not ready yet", "The lead went back: it is warmed up until the prospect is ready."),
    "blocked": ("Blocked", "Noted what keeps you."),
    "decline": ("Decline", "Declined. The lead goes to somebody else."),
    "wrong_territory": ("Wrong territory", "The lead goes to whoever has that territory."),
    "return": ("Return", "Asked to take the lead back."),
    "correct": ("Correct the last entry", "Corrected. Both entries are kept."),
}
#: What an owner most likely says next, by the clock that runs.
NEXT = {"accept": ("accept",), "contact": ("contacted", "appointment"), "update": ("appointment", "quoted", "won")}
LABELS = {
    "reason": "Reason", "amount": "Amount", "currency": "Currency", "lost_to": "Lost to whom", "until": "Ready from",
    "note": "Note", "at": "When", "evidence": "What shows it", "to": "What is right",
}  # fmt: skip
HINTS = {
    "amount": "Like 12500 or 12,500.50",
    "currency": "Three letters; empty: {currency}",
    "evidence": "For example: the number is not in service; they never asked",
}
TYPES = {
    "amount": "amount", "until": "date", "at": "datetime-local", "note": "textarea", "evidence": "textarea",
    "to": "select",
}  # fmt: skip
#: Where the company's list of reasons only helps: any other words will do.
FREE = ("decline",)
CORRECTIONS = ("contacted", "appointment", "quoted", "won", "lost")


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    name: str
    label: str
    type: str
    required: bool
    value: str = ""
    wrong: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Button:
    """One thing to say, with the fields that it asks for."""

    action: str
    label: str
    fields: tuple[Field, ...]
    #: Shown at once, not behind a fold.
    first: bool
    #: It was tried, and something in it was wrong.
    wrong: bool = False

    @property
    def one_tap(self) -> bool:
        """Nothing must be filled in."""
        return not any(field.required for field in self.fields)


@dataclass(frozen=True)
class Tried:
    """What was sent and could not be taken as it is: it stands in the form again, with what is wrong beside it."""

    action: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)


def told(done: str) -> str:
    """What a page says of what was just done."""
    if done == "again":
        return "This had been recorded already; nothing happened twice."
    return WORDS[done][1] if done in WORDS else ""


def buttons(actions: Sequence[PortalAction], clock: str | None, currency: str, tried: Tried) -> list[Button]:
    """The buttons of a lead: what comes next at first, the rest in the order of WORDS."""
    known = {one.action: one for one in actions if one.action in WORDS}
    first = [name for name in NEXT.get(clock or "", ()) if name in known]
    rest = [name for name in WORDS if name in known and name not in first]
    return [_button(known[name], name in first, currency, tried) for name in (*first, *rest)]


def _button(action: PortalAction, first: bool, currency: str, tried: Tried) -> Button:
    is_tried = tried.action == action.action
    fields = tuple(_field(ask, action, currency, tried if is_tried else Tried()) for ask in action.asks)
    return Button(action.action, WORDS[action.action][0], fields, first, wrong=is_tried and bool(tried.wrong))


def _field(ask: str, action: PortalAction, currency: str, tried: Tried) -> Field:
    name = ask.rstrip("*")
    chosen = tuple((choice, choice) for choice in action.choices.get(name, ()))
    if name == "to":
        chosen = (("", "Nothing: only take the last entry back"), *((one, WORDS[one][0]) for one in CORRECTIONS))
    return Field(
        name=name,
        label=LABELS.get(name, name.replace("_", " ").capitalize()),
        type=_type(name, action.action, bool(chosen)),
        required=ask.endswith("*"),
        value=tried.fields.get(name, ""),
        wrong=" ".join(tried.wrong.get(name, ())),
        hint=HINTS.get(name, "").format(currency=currency),
        choices=chosen,
    )


def _type(name: str, action: str, has_choices: bool) -> str:
    if has_choices:
        return "suggest" if action in FREE else "select"
    return TYPES.get(name, "text")
