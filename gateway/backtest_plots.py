"""What the page of a back-test draws: what became what, and amounts before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.contracts.calls import BacktestReport, Move


@dataclass(frozen=True)
class Pair:
    """Two amounts of one thing, before and after, and their widths in percent of the largest."""

    label: str
    before: float
    after: float
    before_width: float
    after_width: float


@dataclass(frozen=True)
class Matrix:
    """How many went from one name to another; those that stayed are on the diagonal."""

    names: tuple[str, ...]
    numbers: Mapping[tuple[str, str], int]

    def number(self, before: str, after: str) -> int:
        """How many went from one to the other."""
        return self.numbers.get((before, after), 0)

    def shade(self, before: str, after: str) -> float:
        """How dark their place is, up to 1 for the most that went anywhere; those that stayed are not shaded."""
        most = max((number for (one, other), number in self.numbers.items() if one != other), default=0)
        return round(self.number(before, after) / most, 2) if most and before != after else 0.0


@dataclass(frozen=True)
class BacktestPlots:
    """The plots of one report."""

    ranks: Matrix
    decisions: Matrix
    load: tuple[Pair, ...]


def backtest_plots(report: BacktestReport) -> BacktestPlots:
    """The plots of a report."""
    loads = ((load.owner_id or "nobody yet", load.live, load.draft) for load in report.load)
    return BacktestPlots(matrix(report.ranks), matrix(report.decisions), pairs(loads))


def matrix(moves: Iterable[Move]) -> Matrix:
    """The matrix of what became what, with the names in the order in which they come."""
    listed = list(moves)
    names = dict.fromkeys([*(move.before for move in listed), *(move.after for move in listed)])
    return Matrix(tuple(names), {(move.before, move.after): move.leads for move in listed})


def pairs(amounts: Iterable[tuple[str, float, float]]) -> tuple[Pair, ...]:
    """Bars that stand in pairs; those that are nothing on both sides are left out."""
    shown = [each for each in amounts if each[1] or each[2]]
    most = max((max(before, after) for _, before, after in shown), default=1)
    return tuple(
        Pair(label, before, after, round(100 * before / most, 1), round(100 * after / most, 1))
        for label, before, after in shown
    )
