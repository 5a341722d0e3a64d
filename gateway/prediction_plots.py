"""What the page of prediction draws: how chances hold, what tells most, sales by week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.calls import PredictionWeekReply

#: Of the square in which chances are drawn against what came.
SIDE = 100.0
FACTS_SHOWN = 12


@dataclass(frozen=True)
class Dot:
    """Leads of about the same chance: where they stand, how large their dot is, and what is told of them."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True)
class Reliability:
    """Predicted from left to right, what came from below to above; on the diagonal both are the same."""

    most: float
    dots: tuple[Dot, ...]
    text: str


@dataclass(frozen=True)
class Bar:
    """How well one fact alone tells won from lost: from 0 (a coin) to 100 (always)."""

    fact: str
    width: float
    alone: float
    doubtful: bool
    because: str


@dataclass(frozen=True)
class ModelPlots:
    """The plots of one model."""

    shuffled: Reliability
    by_time: Reliability
    facts: tuple[Bar, ...]


@dataclass(frozen=True)
class WeekBar:
    """A week: what was predicted and what came, as heights; `alarm`: the model did not hold."""

    x: int
    predicted: float
    won: float
    alarm: bool
    text: str


@dataclass(frozen=True)
class WeekPlot:
    """Weeks from the oldest to the newest."""

    bars: tuple[WeekBar, ...]
    text: str


HEIGHT = 40.0


def model_plots(card: Mapping[str, Any]) -> ModelPlots:
    """The plots of a card."""
    chosen = next(trial for trial in card["trials"] if trial["chosen"])
    return ModelPlots(
        reliability(chosen["shuffled"]["steps"]), reliability(chosen["by_time"]["steps"]), fact_bars(card["facts"])
    )


def reliability(steps: Sequence[Mapping[str, Any]]) -> Reliability:
    """Chances against what came."""
    most = max((max(step["predicted"], step["actual"]) for step in steps), default=0.0) or 1.0
    leads = max((step["leads"] for step in steps), default=1)
    dots = tuple(
        Dot(
            x=round(SIDE * step["predicted"] / most, 1),
            y=round(SIDE - SIDE * step["actual"] / most, 1),
            radius=round(1.5 + 1.5 * step["leads"] / leads, 1),
            text=f"{step['leads']} leads: {step['predicted']:.1%} predicted, {step['actual']:.1%} came",
        )
        for step in steps
    )
    furthest = max((abs(step["predicted"] - step["actual"]) for step in steps), default=0.0)
    return Reliability(most, dots, f"Predicted against what came, up to {most:.0%}; at most {furthest:.1%} apart")


def fact_bars(facts: Sequence[Mapping[str, Any]]) -> tuple[Bar, ...]:
    """The facts that tell most, the best first."""
    return tuple(
        Bar(fact["fact"], round(200 * max(0.0, fact["alone"] - 0.5), 1), fact["alone"], fact["leaks"], fact["because"])
        for fact in facts[:FACTS_SHOWN]
    )


def week_plot(weeks: Sequence[PredictionWeekReply]) -> WeekPlot | None:
    """Sales of the leads that closed, as predicted and as they came; None where no week was looked at."""
    shown = [week for week in reversed(weeks) if week.closed]
    if not shown:
        return None
    most = max(max(week.predicted, week.won) for week in shown) or 1
    bars = tuple(
        WeekBar(
            x=place,
            predicted=round(HEIGHT * week.predicted / most, 1),
            won=round(HEIGHT * week.won / most, 1),
            alarm=bool(week.alarms),
            text=f"Week of {week.week}: {week.predicted:.0f} predicted, {week.won} won of {week.closed} that closed",
        )
        for place, week in enumerate(shown)
    )
    return WeekPlot(bars, f"Sales of the eight weeks up to each week, predicted and won, {len(shown)} weeks")
