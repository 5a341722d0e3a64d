"""When somebody looks at a lead or calls it, and what their word changes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.qualify.company import read_rules
from services.qualify.domain.history import History, Note
from services.qualify.domain.rules import Rules
from shared.company_file import CompanyError
from tests.unit.qualify.heard import NOON, READY, RULE_BOOK, assessed, closed, history, recycled, response

SCREENING = """
screening:
  claim: 20 minutes
  retry_after: [2 hours, 1 day, 3 days]
  triggers:
    - {rule: look, queue: manual, priority: 10, within: 2 days, hold: false, when: score >= 0, because: a look}
    - {rule: call, queue: telephone, priority: 90, within: 1 hour, when: budget >= 40000, because: a large one}
"""


def screening(replaced: str = "", by: str = "") -> Rules:
    assert replaced in SCREENING
    return read_rules((RULE_BOOK + SCREENING.replace(replaced, by)).encode())


RULES = screening()


def word(outcome: str | None, days: float = 0.5, **over: Any) -> Note:
    at = NOON + timedelta(days=days)
    values: dict[str, Any] = {
        "key": f"{days}",
        "at": at,
        "answers": {},
        "by": "Ann",
        "outcome": outcome,
        "heard_at": at,
    }
    return Note(**(values | over))


def standing(heard: History, rules: Rules = RULES, as_of: datetime | None = None) -> tuple[str, str, str | None]:
    found = assessed(heard, rules, as_of or NOON + timedelta(days=30))
    return found.rank, found.decision, found.screening.rule if found.screening else None


def test_a_trigger_that_holds_keeps_a_ready_lead_from_sales() -> None:
    assert standing(history(READY)) == ("warm", "not_ready", "call")
    assert assessed(history(READY), RULES).because[-1] == "waits for a call (call: a large one)"


def test_a_trigger_without_hold_is_about_leads_that_are_not_ready() -> None:
    assert standing(history(READY | {"budget": "20000"})) == ("warm", "qualified", None)
    assert standing(history({"budget": "20000"})) == ("cold", "not_ready", "look")


def test_of_several_the_highest_priority_counts() -> None:
    assert standing(history({"budget": "50000"}))[2] == "call"
    assert standing(history({"budget": "500"}))[2] == "look"


def test_without_the_section_nobody_is_screened() -> None:
    assert standing(history(READY), read_rules(RULE_BOOK.encode())) == ("warm", "qualified", None)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("qualified", ("warm", "qualified", None)),
        ("unqualified", ("unqualified", "unqualified", None)),
        ("unreachable", ("warm", "qualified", None)),
        ("wrong_number", ("warm", "qualified", None)),
        (None, ("warm", "not_ready", "call")),
    ],
)
def test_a_screeners_word_ends_the_waiting(outcome: str | None, expected: tuple[str, str, str | None]) -> None:
    assert standing(history(READY, notes=(word(outcome),))) == expected


def test_a_word_makes_a_lead_ready_that_its_points_do_not() -> None:
    poor = history({"budget": "50000"}, notes=(word("qualified"),))

    assert standing(poor) == ("cold", "qualified", None)
    assert standing(poor, screening("screening:\n", "screening:\n  decides: false\n")) == ("cold", "not_ready", None)
    assert "qualified: screened by Ann on 2026-03-03" in assessed(poor, RULES, NOON + timedelta(days=1)).because


def test_a_word_counts_over_a_rule_that_sets_the_lead_aside() -> None:
    says_no = history(READY | {"timing": "none"})
    assert standing(says_no) == ("unqualified", "unqualified", None)
    after = History(responses=says_no.responses, notes=(word("qualified"),))

    assert standing(after)[1] == "qualified"


def test_not_now_leaves_the_lead_alone_until_the_day_has_come() -> None:
    later = history(READY, notes=(word("not_now", until=date(2026, 4, 1)),))

    assert standing(later, as_of=NOON.replace(day=31)) == ("future", "not_ready", None)
    assert standing(later, as_of=datetime(2026, 4, 1, tzinfo=NOON.tzinfo)) == ("warm", "not_ready", "call")


def test_a_word_is_spent_when_the_prospect_inquires_again() -> None:
    again = history({"budget": "50000"}, {"role": "owner"}, notes=(word("unqualified", 0.5),))

    assert standing(again)[1:] == ("not_ready", "call")


def test_a_word_is_spent_when_sales_gives_the_lead_back() -> None:
    lead = history({"timing": "now"}, notes=(word("qualified"),), recyclings=(recycled(0.75),))

    assert standing(lead)[1] == "not_ready"


def test_the_newest_word_counts_in_whatever_order_they_came() -> None:
    one, two = word("unqualified", 0.5), word("qualified", 0.7)

    assert standing(history(READY, notes=(one, two))) == standing(history(READY, notes=(two, one)))
    assert standing(history(READY, notes=(two, one)))[1] == "qualified"


def test_answers_of_a_screener_are_the_newest_until_the_prospect_says_otherwise() -> None:
    noted = word("qualified", 0.5, answers={"budget": "80,000"})
    after = NOON + timedelta(days=3)
    assert assessed(history(READY, notes=(noted,)), RULES, after).facts["budget"].value == 80000
    later = history(READY, {"budget": "15000"}, notes=(noted,))

    fact = assessed(later, RULES, after).facts["budget"]
    assert (fact.value, fact.via) == (15000, "inquiry")


def test_whom_sales_had_before_is_not_called() -> None:
    cheap = READY | {"budget": "20000"}
    assert standing(history(cheap, {"budget": "90000"}))[1:] == ("qualified", None)


def test_a_lead_that_sales_gave_back_is_called_when_it_responds() -> None:
    back = history(READY, recyclings=(recycled(0.5),))
    assert standing(back)[2] is None
    responds = History(responses=(*back.responses, response(2)), recyclings=back.recyclings)

    assert standing(responds)[2] == "call"


def test_a_closed_lead_is_called_by_nobody() -> None:
    assert standing(history(READY, closings=(closed(1),)))[2] is None


def test_it_is_as_it_was_at_any_past_moment() -> None:
    heard = history(READY, notes=(word("qualified", 1),))

    assert standing(heard, as_of=NOON + timedelta(hours=1)) == ("warm", "not_ready", "call")
    assert standing(heard, as_of=NOON + timedelta(days=2)) == ("warm", "qualified", None)


def test_rules_that_come_later_take_no_lead_from_sales() -> None:
    before, after = read_rules(RULE_BOOK.encode()), RULES
    published = NOON + timedelta(days=3)

    from services.qualify.domain.decision import assess

    found = assess(
        history(READY), after, NOON + timedelta(days=5), lambda moment: before if moment < published else after
    )
    assert found is not None
    assert (found.decision, found.screening) == ("qualified", None)


@pytest.mark.parametrize(
    ("replaced", "by", "said"),
    [
        ("queue: manual", "queue: letters", "queue is 'letters', not one of manual, telephone"),
        ("priority: 10", "priority: 1000", "priority is 1000, not 0 to 100"),
        ("within: 2 days", "within: soon", "within is 'soon', not a time like '48 hours'"),
        ("within: 2 days", "within: 0 days", "within is '0 days'"),
        ("when: score >= 0", "when: scor >= 0", "did you mean 'score'"),
        ("hold: false", "hold: perhaps", "hold is 'perhaps', not true or false"),
        ("hold: false", "held: false", "unknown field 'held'"),
        ("rule: call", "rule: look", "rule 'look' is there twice"),
        ("claim: 20 minutes", "claim: 20", "claim is 20, not a text"),
        ("[2 hours, 1 day, 3 days]", "[soon]", "retry_after is 'soon'"),
    ],
)
def test_mistakes_are_named(replaced: str, by: str, said: str) -> None:
    with pytest.raises(CompanyError, match=r"rules\.yml") as refused:
        screening(replaced, by)

    assert said in str(refused.value)
