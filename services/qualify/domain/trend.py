"""Whether a lead moves into the buying cycle or out of it: its score now against a week and a month ago."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from services.qualify.domain.scoring import known_to, points_of
from shared.contracts.people import Trend as Direction

if TYPE_CHECKING:
    from services.qualify.domain.decision import Assessment

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
#: A change of less is none.
MARGIN = 3


@dataclass(frozen=True)
class Trend:
    """The direction, and the scores that it is read from; None: the lead was not known then."""

    direction: Direction
    week_ago: int | None
    month_ago: int | None


def trend_of(found: "Assessment") -> Trend:
    """The trend at the moment of the assessment, under today's rules, from what was known at each earlier moment.

    The last week decides; where nothing moved in it, the last month does. A lead that is younger than a week rises
    when it has gained since its first response.
    """
    week_ago, month_ago = _score(found, WEEK), _score(found, MONTH)
    first = min(response.heard_at or response.told_at for response in found.history.responses)
    started = _score(found, max(timedelta(0), found.as_of - first))
    for before in (week_ago if week_ago is not None else started, month_ago):
        if before is not None and abs(found.score - before) >= MARGIN:
            return Trend("rising" if found.score > before else "falling", week_ago, month_ago)
    return Trend("steady", week_ago, month_ago)


def _score(found: "Assessment", ago: timedelta) -> int | None:
    moment = found.as_of - ago
    then = found.history.known_by(moment)
    if not then.responses:
        return None
    return points_of(then, known_to(found.rules, then, moment), found.rules, moment).score
