"""What an owner may say of a lead when, and what it leads to."""

from dataclasses import dataclass
from typing import Literal, get_args

from services.router.domain.clock import ClockName

Status = Literal[
    "assigned", "accepted", "contacted", "appointment", "quoted", "won", "lost", "declined", "recycled", "returned"
]
Action = Literal[
    "accept", "contacted", "appointment", "quoted", "won", "lost", "not_ready",
    "decline", "wrong_territory", "return", "blocked", "pause_me", "correct",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)

_OPEN: frozenset[Status] = frozenset({"assigned", "accepted", "contacted", "appointment", "quoted"})
_CLOSED: frozenset[Status] = frozenset({"won", "lost"})
_ANY: frozenset[Status] = frozenset(get_args(Status))

#: The allowed moves: from where an owner may say it. Whoever works a lead without having accepted it has accepted it.
ALLOWED: dict[Action, frozenset[Status]] = {
    "accept": frozenset({"assigned"}),
    "decline": frozenset({"assigned", "accepted"}),
    "contacted": frozenset({"assigned", "accepted"}),
    "appointment": _OPEN - {"appointment"},
    "quoted": _OPEN - {"quoted"},
    "won": _OPEN,
    "lost": _OPEN,
    "not_ready": _OPEN,
    "wrong_territory": _OPEN - {"quoted"},
    "return": _OPEN,
    "blocked": _OPEN,
    "correct": _OPEN - {"assigned"} | _CLOSED,
    "pause_me": _ANY,
}

#: The status that each action leads to. What is not named here leaves the lead where it is.
LEADS_TO: dict[Action, Status] = {
    "accept": "accepted",
    "decline": "declined",
    "contacted": "contacted",
    "appointment": "appointment",
    "quoted": "quoted",
    "won": "won",
    "lost": "lost",
    "not_ready": "recycled",
    "wrong_territory": "declined",
    "return": "returned",
}

#: Of an owner's word that ended an assignment: the status that it left, by why the assignment ended.
ENDED: dict[str, Status] = {
    "declined": "declined",
    "recycled": "recycled",
    "returned": "returned",
    "unusable": "returned",
}

#: What can be said again with another content: a new offer, another day.
REPEATABLE: frozenset[Action] = frozenset({"quoted", "appointment"})

#: What an owner may say instead of their last word.
CORRECTIONS: tuple[Action, ...] = ("contacted", "appointment", "quoted", "won", "lost")

#: How far each status is along the way: an action that is already behind is harmless, not an error.
_ORDER: tuple[Status, ...] = ("assigned", "accepted", "contacted", "appointment", "quoted", "won")


@dataclass(frozen=True)
class Verdict:
    """Whether an action can be done: `move` changes something, `settled` is done already, `refused` cannot be."""

    kind: Literal["move", "settled", "refused"]
    because: str | None = None


def judge(status: Status, action: Action) -> Verdict:
    """Whether the holder of a lead of this status may do `action`."""
    if status in ALLOWED[action]:
        return Verdict("move")
    target = LEADS_TO.get(action)
    if target == status:
        return Verdict("settled")
    if status in _ORDER and target in _ORDER and _ORDER.index(target) < _ORDER.index(status):
        return Verdict("settled", f"It is further already: {status}.")
    return Verdict("refused", f"The lead is {status}.")


def is_said_again(status: Status, action: Action) -> bool:
    """Whether the action may add something to a status that it has led to: a new offer, another day."""
    return action in REPEATABLE and LEADS_TO[action] == status


def is_closed(status: str | None) -> bool:
    """Whether nobody has anything to do with the lead any more."""
    return status in _CLOSED


def accepts_silently(status: Status, action: Action) -> bool:
    """Whether the action shows that the lead was accepted without a word."""
    return status == "assigned" and action in ("contacted", "appointment", "quoted", "won", "lost", "not_ready")


def clock_after(status: Status) -> ClockName | None:
    """The clock that runs once the owner has said so; None when the lead is closed or goes elsewhere."""
    if status == "accepted":
        return "contact"
    return "update" if status in ("contacted", "appointment", "quoted") else None
