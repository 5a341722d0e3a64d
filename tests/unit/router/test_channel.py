"""A way in trouble is left in peace for longer and longer, then disabled; numbers per minute are kept."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.router.domain import channel
from services.router.domain.channel import DISABLED_AFTER, LONGEST_PAUSE, Health

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_pauses_grow_up_to_an_hour() -> None:
    health, pauses = Health(), []
    for _ in range(14):
        channel.fail(health, NOON)
        pauses.append((health.not_before - NOON) if health.not_before else None)

    assert pauses[:3] == [None] * 3
    assert [pause.total_seconds() / 60 for pause in pauses[3:10] if pause] == [1, 2, 4, 8, 16, 32, 60]
    assert pauses[-1] == LONGEST_PAUSE


def test_one_success_forgets_all() -> None:
    health = Health()
    for _ in range(5):
        channel.fail(health, NOON)
    channel.succeed(health)

    assert (health.state, health.failures, health.failing_since, health.not_before) == ("closed", 0, None, None)


def test_days_of_failure_disable_once_and_a_late_success_does_not_enable() -> None:
    health = Health()
    for hours in (0, 1, 2, 71):
        assert not channel.fail(health, NOON + timedelta(hours=hours))
    assert channel.fail(health, NOON + DISABLED_AFTER)
    assert not channel.fail(health, NOON + DISABLED_AFTER)
    channel.succeed(health)
    assert health.state == "disabled"


def test_two_failures_in_a_quiet_month_disable_nothing() -> None:
    health = Health()

    assert not channel.fail(health, NOON)
    assert not channel.fail(health, NOON + timedelta(days=20))
    assert health.state == "closed"


def test_gone_disables_at_once() -> None:
    health = Health()
    assert channel.fail(health, NOON, gone=True)


def test_while_one_tries_the_others_wait() -> None:
    health = Health(state="open", failures=4, failing_since=NOON, not_before=NOON)

    assert channel.admit(health, NOON, None) is None
    assert channel.admit(health, NOON, None) == NOON + channel.TRIAL


@given(
    per_minute=st.integers(1, 120),
    gaps=st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=200),
)
def test_no_minute_has_more_than_its_number_twice_over_and_who_waits_is_let_in(
    per_minute: int, gaps: list[float]
) -> None:
    health, now, taken = Health(), NOON, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        later = channel.admit(health, now, per_minute)
        if later is None:
            taken.append(now)
        else:
            assert later > now
            assert channel.admit(Health(**vars(health)), later + timedelta(milliseconds=1), per_minute) is None
    for start in taken:
        # A full bucket and what flows in while it empties.
        assert sum(start <= one < start + timedelta(minutes=1) for one in taken) <= 2 * per_minute
