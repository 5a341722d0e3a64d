"""Publications on top of each other, the share of a trial, approvals, and differences in plain words."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qualify.company import RULES_FILE
from services.qualify.company_entry import parsed
from services.qualify.domain.approvals import Approval, Refused, check_publication, missing, state_of
from services.qualify.domain.comparing import changes
from services.qualify.domain.publications import Publication, Standing, chance_of, standing
from tests.unit.qualify.heard import NOON, RULE_BOOK

BOTH = [Approval("marketing", "Mara", "Mara", NOON), Approval("sales", "Sam", "Sam", NOON)]


def made(*steps: str) -> list[Publication]:
    """Publications an hour apart: "a", "b 30", "revert"."""
    found = []
    for number, step in enumerate(steps, 1):
        version, _, share = step.partition(" ")
        kind = "revert" if step == "revert" else "publish"
        at = NOON + timedelta(hours=number)
        found.append(Publication(number, version, int(share or 100), at, "the office", kind))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("steps", "live", "trial", "replaced"),
    [
        (["a"], "a", None, None),
        (["a", "b"], "b", None, "a"),
        (["a", "b 10"], "a", "b", "a"),
        (["a", "b 10", "b 50"], "a", "b", "a"),
        (["a", "b 10", "b"], "b", None, "a"),
        (["a", "b 10", "revert"], "a", None, None),
        (["a", "b", "revert"], "a", None, None),
        (["a", "b", "c", "revert"], "b", None, "a"),
        (["a", "b", "c", "revert", "revert"], "a", None, None),
        (["a", "b", "c 20", "revert"], "b", None, "a"),
        (["a", "b", "c 20", "revert", "revert"], "a", None, None),
        (["a", "b", "revert", "c"], "c", None, "a"),
    ],
)
def test_what_is_live_after_some_publications(
    steps: list[str], live: str, trial: str | None, replaced: str | None
) -> None:
    now = standing(made(*steps))

    assert (now.live, now.trial, now.replaced) == (live, trial, replaced)


def test_at_an_earlier_moment_what_was_published_by_then_counts() -> None:
    steps = made("a", "b 10", "b", "revert")
    found = [standing(steps, NOON + timedelta(hours=hour, minutes=minute)) for hour in range(5) for minute in (0, 30)]

    assert [each.live for each in found] == ["a"] * 6 + ["b"] * 2 + ["a"] * 2
    assert [each.trial for each in found] == [None] * 4 + ["b"] * 2 + [None] * 4


@given(st.uuids(), st.integers(1, 99), st.integers(0, 99))
def test_who_is_in_stays_in_when_the_share_grows(lead: uuid.UUID, share: int, more: int) -> None:
    first = Standing(("a",), "b", share).version_of(lead)
    later = Standing(("a",), "b", min(100, share + more)).version_of(lead)

    assert first == "a" or later == "b"


def test_a_share_is_that_share_and_other_leads_for_another_version() -> None:
    leads = [uuid.UUID(int=number << 64) for number in range(4000)]
    inside = {version: {lead for lead in leads if chance_of(lead, version) < 25} for version in ("a", "b")}

    assert all(900 < len(those) < 1100 for those in inside.values())
    assert 180 < len(inside["a"] & inside["b"]) < 320


@pytest.mark.parametrize(
    ("approvals", "now", "share", "says"),
    [
        ([], Standing(("a",)), 100, "marketing and sales have not approved"),
        (BOTH[:1], Standing(("a",)), 100, "sales has not approved"),
        (BOTH[1:], Standing(("a",)), 100, "marketing has not approved"),
        (BOTH, Standing(("a",)), 0, "1 to 100 percent"),
        (BOTH, Standing(("a",)), 101, "1 to 100 percent"),
        (BOTH, Standing(("a",), "c", 20), 100, "c is on trial with 20 %"),
        (BOTH, Standing(("a",), "b", 20), 10, "raise the share, or revert"),
    ],
)
def test_what_may_not_be_published(approvals: list[Approval], now: Standing, share: int, says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_publication("b", share, approvals, now)


def test_publishing_what_stands_changes_nothing() -> None:
    assert not check_publication("a", 100, BOTH, Standing(("a",)))
    assert not check_publication("b", 20, BOTH, Standing(("a",), "b", 20))
    assert check_publication("b", 21, BOTH, Standing(("a",), "b", 20))


def test_where_a_rule_set_stands_on_its_way() -> None:
    now = Standing(("a", "b"), "c", 10)

    assert missing([]) == ["marketing", "sales"]
    assert [state_of(each, BOTH, now, each != "d") for each in "abcd"] == ["retired", "live", "trial", "approved"]
    assert state_of("d", BOTH[:1], now, False) == "draft"


# --- differences -----------------------------------------------------------------------------------------------------


def difference(old: str, new: str) -> list[str]:
    before = parsed(RULE_BOOK.encode(), RULES_FILE)
    assert old in RULE_BOOK
    after = parsed(RULE_BOOK.replace(old, new, 1).encode(), RULES_FILE)
    return [str(each) for each in changes(before, after)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points: 20,", "points: 25,", ['points "owner": counts 25 points instead of 20']),
        ("acres >= 500", "acres >= 400", ['points "large-farm": holds when acres >= 400; before, when acres >= 500']),
        ("a large farm", "much land", ['points "large-farm": says “much land” instead of “a large farm”']),
        ("hot: 40", "hot: 45", ['ranks "hot": is 45 instead of 40']),
        ("fit: {at_most: 30,", "fit: {at_most: 50,", ['groups "fit": at_most is 50 instead of 30']),
        ("[proprietor]", "[proprietor, boss]", ['answers "role": choices: owner gains boss']),
        ("  score: 35", "  score: 30", ['qualified "score": is 30 instead of 35']),
        ("{answer: budget, when: budget >= 10000", "{answer: budget, when: budget >= 9000",
         ['qualified "budget": holds when budget >= 9000; before, when budget >= 10000']),
        ("  - {rule: not-buying, when: timing == \"none\", because: says so}\n", "  []\n",
         ['unqualified "not-buying": is gone; it was when timing == "none", because says so']),
        ("junk:\n", "junk:\n  - {rule: other, when: acres < 1, because: no farm}\n",
         ['junk "other": is new: when acres < 1, because no farm']),
        ("spare-parts: 350", "spare-parts: 350.5", ['typical_sale "spare-parts": is 350.5 instead of 350']),
        ("answers:", "# a remark\nanswers:", []),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_plain_words(old: str, new: str, says: list[str]) -> None:
    assert difference(old, new) == says


def test_another_order_is_a_difference_where_the_first_that_holds_counts() -> None:
    one, other = "a: [{rule: x, when: p}, {rule: y, when: q}]", "a: [{rule: y, when: q}, {rule: x, when: p}]"
    found = changes(parsed(one.encode(), "f"), parsed(other.encode(), "f"))  # type: ignore[arg-type]

    assert [str(each) for each in found] == ["a: asked in another order: y, x; before: x, y"]


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abrule"), inner, max_size=3),
    max_leaves=12,
)
FILES = st.dictionaries(st.sampled_from(["answers", "points", "ranks"]), DOCUMENTS, max_size=3)


@given(FILES, FILES)
def test_there_is_a_difference_exactly_where_the_documents_differ(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert changes(one, one) == []
    if repr(one) != repr(other) and one != other:
        assert changes(one, other)
