"""What the company wants to hear from its owners: reasons to choose from, and what may be returned until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

#: A reason that is on no list goes under this one, where the list has it, and is kept in the owner's own words.
OTHER = "other"


@dataclass(frozen=True)
class ReturnReason:
    """Why an owner may give a lead back and not pay for it."""

    reason: str
    #: rule: what the owner says is taken; manager: somebody looks at the evidence first.
    accepted_by: Literal["rule", "manager"] = "manager"
    #: next: another owner gets it; marketing: nobody can sell to it as it is.
    goes_to: Literal["next", "marketing"] = "marketing"


@dataclass(frozen=True)
class Feedback:
    """Empty lists: any reason will do."""

    decline: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    #: Counted from the hand-over.
    return_within: timedelta = timedelta(days=14)
    returns: tuple[ReturnReason, ...] = (ReturnReason("other"),)

    def choices(self, action: str) -> tuple[str, ...]:
        """The reasons to choose from."""
        if action == "return":
            return tuple(one.reason for one in self.returns)
        return {"decline": self.decline, "lost": self.lost, "blocked": self.blocked}.get(action, ())

    def return_reason(self, reason: str) -> ReturnReason:
        """What follows from a reason that `chosen` has found on the list."""
        return next(one for one in self.returns if one.reason == reason)


def chosen(text: str, choices: Iterable[str]) -> str | None:
    """The reason on the list that is meant by `text`, however it is written; None when none is."""
    by_name = {_folded(choice): choice for choice in choices}
    return by_name.get(_folded(text))


def _folded(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())
