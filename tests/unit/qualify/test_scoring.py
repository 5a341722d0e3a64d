"""Points: every line says why, and the lines sum to the score."""

from services.qualify.domain.decision import Assessment
from services.qualify.domain.history import History
from tests.unit.qualify.heard import assessed, history, recycled, response, rules, update


def points(found: Assessment) -> dict[str, int]:
    assert sum(line.points for line in found.lines) == found.score == found.fit + found.engagement
    return {line.rule: line.points for line in found.lines}


def test_a_line_names_rule_points_reason_and_what_it_read() -> None:
    line = assessed(history({"acres": "640"})).lines[0]

    assert (line.rule, line.group, line.points, line.because) == ("large-farm", "fit", 15, "a large farm")
    assert line.evidence == {"acres": "640"}


def test_the_newest_answer_wins_and_an_unreadable_one_leaves_the_older_standing() -> None:
    assert points(assessed(history({"acres": "640"}, {"acres": "20"})))["came-back"] == 10
    assert "large-farm" not in points(assessed(history({"acres": "640"}, {"acres": "20"})))
    assert points(assessed(history({"acres": "640"}, {"acres": "many"})))["large-farm"] == 15


def test_a_fact_says_which_inquiry_gave_it() -> None:
    heard = history({"acres": "640", "role": "owner"}, {"acres": "700"})
    facts = assessed(heard).facts

    assert facts["acres"].inquiry_id == heard.responses[1].inquiry_id
    assert facts["role"].inquiry_id == heard.responses[0].inquiry_id


def test_a_limit_shows_as_a_line_of_its_own() -> None:
    found = assessed(history({"role": "owner", "acres": "640", "timing": "now"}, {}))

    assert points(found) == {
        "owner": 20, "large-farm": 15, "fit-limit": -5,
        "now": 15, "came-back": 10, "brochure": 0, "engagement-limit": -5,
    }  # fmt: skip
    assert (found.fit, found.engagement) == (30, 20)
    assert found.lines[2].evidence == {"points": "35", "limit": "30"}


def test_points_against_count_down_to_the_lower_limit() -> None:
    found = assessed(History(responses=(response(person={"country": "BR"}),)))

    assert points(found) == {"far-away": -25, "fit-limit": 15, "brochure": 0}
    assert found.fit == -10


def test_what_is_not_known_gives_and_takes_nothing() -> None:
    assert points(assessed(History(responses=(response(person={}, products=()),)))) == {}


def test_a_rule_of_no_points_is_shown() -> None:
    assert points(assessed(history({})))["brochure"] == 0


def test_what_the_front_desk_learns_of_a_person_counts() -> None:
    heard = history({}, person_updates=(update(1, 1, country="BR"), update(2, 2, country="US")))

    assert "far-away" not in points(assessed(heard))
    assert "far-away" in points(assessed(history({}, person_updates=(update(1, country="BR"),))))


def test_after_sales_gave_the_lead_back_engagement_starts_at_half_and_fit_stays() -> None:
    before = assessed(history({"timing": "now", "role": "owner"}))
    after = assessed(history({"timing": "now", "role": "owner"}, recyclings=(recycled(0.5),)))

    assert (before.fit, before.engagement) == (20, 15)
    assert (after.fit, after.engagement) == (20, 7)
    assert points(after)["recycled"] == -8


def test_a_response_after_that_counts_in_full() -> None:
    heard = history({"timing": "now"}, {}, recyclings=(recycled(0.5),))

    assert points(assessed(heard))["recycled"] == -8
    assert assessed(heard).engagement == 20 - 8


def test_given_back_twice_what_is_left_is_halved_again() -> None:
    heard = history({"timing": "now"}, recyclings=(recycled(2), recycled(1)))

    assert assessed(heard).engagement == 3


def test_the_half_never_takes_more_than_there_is() -> None:
    heard = history({"timing": "now"}, {"timing": "some day"}, recyclings=(recycled(0.5),))
    small = rules("points: 10, when: responses", "points: 2, when: responses")
    found = assessed(heard, small)

    assert found.engagement == 0
    assert points(found)["recycled"] == -2
