"""What follows from a likeness: one person, a question for a manager, or two."""

from typing import Literal

from services.capture.domain.matching.model import Match

#: From here on two are taken for one without being asked; measured on labelled pairs, none of them was wrong.
AUTOMATIC = 0.99
#: From here on a manager is asked.
REVIEW = 0.5

Verdict = Literal["same", "review", "different"]


def verdict(match: Match) -> Verdict:
    """What to do about two people who are this much alike."""
    if match.probability >= AUTOMATIC and match.objection is None:
        return "same"
    return "review" if match.probability >= REVIEW else "different"
