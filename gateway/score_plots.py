"""Plots of a lead's score: what each rule gives or takes, and how the score went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.calls import ExplanationLine, ScorePoint, ScoreReply

WIDTH, HEIGHT = 100.0, 40.0


@dataclass(frozen=True)
class PointBar:
    """A line of the score: where its bar begins and how wide it is, from the middle leftwards below zero."""

    line: ExplanationLine
    x: float
    width: float


@dataclass(frozen=True)
class ScorePlot:
    """The score as a line of steps: `path` for SVG, in the units of the plot; what it says in words."""

    path: str
    bars: tuple[tuple[str, float], ...]
    text: str


def point_bars(lines: Sequence[ExplanationLine]) -> list[PointBar]:
    """All lines on one scale, those of a rule that takes points left of those that give."""
    most = max((abs(line.points) for line in lines), default=0) or 1
    taken = max((-line.points for line in lines if line.points < 0), default=0)
    given = max((line.points for line in lines if line.points > 0), default=0)
    scale = WIDTH / ((taken + given) or most)
    zero = taken * scale
    return [
        PointBar(line, round(zero + min(0, line.points) * scale, 1), round(abs(line.points) * scale, 1))
        for line in lines
    ]


def score_plot(found: ScoreReply) -> ScorePlot | None:
    """How the score went until the moment that is asked about; None where there is but one."""
    until = found.as_of or found.scored_at
    points = [*found.published, ScorePoint(at=until, score=found.score, rank=found.rank)]
    first, last = points[0].at, points[-1].at
    if len(points) < 3 or first == last:
        return None
    lowest, highest = min(0, *(point.score for point in points)), max(1, *(point.score for point in points))

    def x(at: datetime) -> float:
        return round(WIDTH * ((at - first) / (last - first)), 1)

    def y(score: int) -> float:
        return round(HEIGHT * (highest - score) / (highest - lowest), 1)

    path = f"M0 {y(points[0].score)}" + "".join(f"H{x(point.at)}V{y(point.score)}" for point in points[1:])
    bars = tuple((name, y(bar)) for name, bar in _bars(found) if lowest <= bar <= highest)
    text = f"from {points[0].score} on {first.date()} to {found.score} on {last.date()}, between {lowest} and {highest}"
    return ScorePlot(path, bars, text)


def _bars(found: ScoreReply) -> list[tuple[str, int]]:
    """Where the next rank begins."""
    if found.next_rank is None or found.points_to_next is None:
        return []
    return [(found.next_rank, found.score + found.points_to_next)]
