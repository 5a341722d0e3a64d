"""What holds of every lead, whatever is known of it and in whatever order it was heard."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qualify.company import load_rules
from services.qualify.domain.decision import assess
from services.qualify.domain.history import Closing, History, PersonUpdate, Recycling, Response
from services.qualify.domain.rules import GROUPS
from tests.unit.qualify.heard import NOON, RULES, newest_fact

EXAMPLE = load_rules(Path(__file__).parents[3] / "deploy" / "company")
LATER = NOON + timedelta(days=60)
MOMENTS = st.integers(0, 400).map(lambda hours: NOON + timedelta(hours=hours))
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
WORDS = st.sampled_from(["owner", "now", "12m", "none", "later", "$45,000", "640", "student", "crop", "quote", "?", ""])
FLAGS = st.none() | st.booleans()
PERSONS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["IA", "TX", None]),
        "country": st.sampled_from(["US", "BR", None]),
        "has_email": FLAGS,
        "has_phone": FLAGS,
        "mailable": FLAGS,
    },
)
RESPONSES = st.builds(
    Response,
    inquiry_id=st.uuids(),
    received_at=MOMENTS,
    told_at=MOMENTS,
    source=st.sampled_from(["website-contact", "google-ads-dryers"]),
    channel=st.just("form"),
    medium=st.none() | st.just("web"),
    campaign=st.none() | st.just("spring-field-days"),
    products=st.sets(st.sampled_from(["grain-dryer", "spare-parts"])).map(tuple),
    message=st.none() | st.text(max_size=10),
    answers=st.dictionaries(st.sampled_from([*EXAMPLE.answers, "unasked"]), WORDS | st.text(max_size=8), max_size=8),
    person=PERSONS,
)
HISTORIES = st.builds(
    History,
    responses=st.lists(RESPONSES, min_size=1, max_size=4, unique_by=lambda each: each.inquiry_id).map(tuple),
    person_updates=st.lists(
        st.builds(PersonUpdate, revision=st.integers(1, 9), told_at=MOMENTS, person=PERSONS),
        max_size=3,
        unique_by=lambda each: each.revision,
    ).map(tuple),
    recyclings=st.lists(
        st.builds(Recycling, at=MOMENTS, until=st.none() | DAYS, reason=st.just("")),
        max_size=2,
        unique_by=lambda each: each.at,
    ).map(tuple),
    closings=st.lists(st.builds(Closing, at=MOMENTS), max_size=1).map(tuple),
    previous_resolution=st.sampled_from([None, "won", "lost"]),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(HISTORIES)
def test_the_lines_sum_to_the_score_and_groups_keep_their_limits(history: History) -> None:
    for rules in (EXAMPLE, RULES):
        found = assess(history, rules, newest_fact(history))
        if found is None:
            assert history.closings
            continue
        assert sum(line.points for line in found.lines) == found.score == found.fit + found.engagement
        for group in GROUPS:
            counted = sum(line.points for line in found.lines if line.group == group)
            limit = rules.limits[group]
            assert counted == getattr(found, group)
            assert limit.at_most is None or counted <= limit.at_most
            assert limit.at_least is None or counted >= limit.at_least


@settings(max_examples=50, deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_kept_changes_nothing(history: History, chance: Any) -> None:
    mixed = History(
        responses=_mixed(history.responses, chance),
        person_updates=_mixed(history.person_updates, chance),
        recyclings=_mixed(history.recyclings, chance),
        closings=_mixed(history.closings, chance),
        previous_resolution=history.previous_resolution,
    )

    assert said(mixed) == said(history)
    assert mixed.revision == history.revision


@settings(max_examples=50, deadline=None)
@given(HISTORIES, RESPONSES)
def test_one_more_fact_is_one_more_revision(history: History, heard: Response) -> None:
    grown = History(responses=(*history.responses, heard), person_updates=history.person_updates)

    assert grown.revision == len(history.responses) + 1 + len(history.person_updates)


def said(history: History) -> Any:
    """All that an assessment tells."""
    found = assess(history, EXAMPLE, LATER)
    return found and (
        found.lines, found.because, found.rank, found.decision, found.bant, found.facts, found.moves, found.segments,
        found.potential_value,
    )  # fmt: skip


def _mixed(facts: tuple[Any, ...], chance: Any) -> tuple[Any, ...]:
    return tuple(chance.sample(facts, len(facts)))
