"""What follows from a likeness: one person, a question for a manager, or two."""

from typing import Literal

from services.capture.domain.matching.model import ANOTHER_GIVEN_NAME, Match

#: From here on two are taken for one without being asked; measured on labelled pairs, none of them was wrong.
AUTOMATIC = 0.99
#: From here on a manager is asked.
REVIEW = 0.3

Verdict = Literal["same", "review", "different"]


def verdict(match: Match) -> Verdict:
    """What to do about two people who are this much alike."""
    if match.probability >= AUTOMATIC and match.objection is None:
        return "same"
    if match.objection == ANOTHER_GIVEN_NAME and match.comparison.born not in (1, 2):
        # A household: whatever else they share, they share as a household. Nobody is to be asked about each couple.
        return "different"
    return "review" if match.probability >= REVIEW else "different"
