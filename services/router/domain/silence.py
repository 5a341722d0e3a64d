"""What follows when an owner says nothing more of a lead: its prospect is asked once, then marketing has it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Measure = Literal["ask", "give_back"]


@dataclass(frozen=True)
class Silence:
    """How long nobody may say anything; both times are counted in days, working or not."""

    #: Since the owner's last word, or since the hand-over: the prospect is asked whether they bought.
    ask_after: timedelta
    #: Since then: the lead goes back.
    give_back_after: timedelta

    def due_at(self, silent_since: datetime, asked_at: datetime | None) -> datetime:
        """When something follows, if all stay silent. A question that was put before their last word counts too."""
        if asked_at is None:
            return silent_since + self.ask_after
        return max(asked_at, silent_since + self.ask_after) + self.give_back_after

    def measure(self, silent_since: datetime, asked_at: datetime | None, now: datetime) -> Measure | None:
        """What is to be done at `now`; None while it is not yet time. Nobody is asked twice."""
        if now < self.due_at(silent_since, asked_at):
            return None
        return "ask" if asked_at is None else "give_back"
