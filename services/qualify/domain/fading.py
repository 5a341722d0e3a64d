"""How points fade: to a half in each half-life, worked out for the moment that is asked for, never stored."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import floor, fsum, log2


def left(since: datetime, as_of: datetime, half_life: timedelta) -> float:
    """The share that is left of points that were earned at `since`: 1 at once, a half after one half-life."""
    age = (as_of - since).total_seconds()
    return 1.0 if age <= 0 else 0.5 ** (age / half_life.total_seconds())


def faded(points: int, earned: Iterable[datetime], as_of: datetime, half_life: timedelta | None) -> float:
    """The sum of `points` for each moment at which they were earned, as much of it as is left."""
    if half_life is None:
        return float(points * sum(1 for _ in earned))
    return points * fsum(left(since, as_of, half_life) for since in earned)


def whole(points: float, at_most: int | None = None) -> int:
    """Points as they count: whole ones, a half towards the larger, no more of either sign than `at_most`."""
    if at_most is not None:
        points = min(points, at_most) if at_most >= 0 else max(points, at_most)
    return floor(points + 0.5) if points >= 0 else -floor(0.5 - points)


def next_fall(points: float, at_most: int | None, half_life: timedelta) -> timedelta | None:
    """How long until fading `points` count one less; None when they count nothing any more."""
    counted = abs(whole(points, at_most))
    if counted == 0:
        return None
    return half_life * log2(abs(points) / (counted - 0.5))
