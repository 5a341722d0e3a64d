"""What a clock demands at which moment."""

from datetime import UTC, datetime, timedelta

from services.router.domain.calendar import Calendar
from services.router.domain.clock import ClockPlan, Step, is_handed_over, plan_for, tick
from services.router.domain.owner import Owner

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCEPT = ClockPlan(
    "accept", "accept", 48 * HOUR, (Step(24 * HOUR, "remind"), Step(36 * HOUR, "escalate"), Step(48 * HOUR, "reassign"))
)


def measures(plan: ClockPlan, done: int, hours: float) -> tuple[str, ...]:
    return tick(plan, Calendar(), START, done, START + hours * HOUR).measures


def test_each_step_has_its_moment() -> None:
    assert measures(ACCEPT, 0, 23.99) == ()
    assert measures(ACCEPT, 0, 24) == ("remind",)
    assert measures(ACCEPT, 1, 36) == ("escalate",)
    assert measures(ACCEPT, 2, 48) == ("reassign",)


def test_steps_that_fall_together_keep_their_order_without_the_reminder() -> None:
    assert measures(ACCEPT, 0, 100) == ("escalate", "reassign")


def test_the_next_moment_is_the_next_step_or_the_end_of_the_round() -> None:
    plan = ClockPlan("update", "update", 168 * HOUR, (Step(144 * HOUR, "remind"),))

    assert plan.next_at(Calendar(), START, 0) == START + 144 * HOUR
    assert plan.next_at(Calendar(), START, 1) == START + 168 * HOUR
    assert tick(plan, Calendar(), START, 1, START + 168 * HOUR).round_over
    assert not tick(plan, Calendar(), START, 1, START + 167 * HOUR).round_over


def test_marketing_reviews_and_everybody_else_accepts() -> None:
    plans = {
        name: ClockPlan(name, name.partition("_")[0], HOUR)  # type: ignore[arg-type]
        for name in ("accept", "review", "review_kept", "review_no_taker")
    }
    marketing, dealer = (
        Owner(kind, kind, kind, "a@b.example", "m@b.example")  # type: ignore[arg-type]
        for kind in ("marketing", "dealer")
    )

    assert plan_for(plans, dealer, "lapsed").name == "accept"
    assert plan_for(plans, marketing, "initial").name == "review"
    assert plan_for(plans, marketing, "kept").name == "review_kept"
    assert plan_for(plans, marketing, "lapsed").name == "review_no_taker"
    assert [is_handed_over(marketing, occasion) for occasion in ("initial", "qualified")] == [False, True]
