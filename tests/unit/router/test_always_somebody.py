"""For every postcode, industry, account and hour: exactly one owner, or a fall-back by name; the same each time."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.router import gazetteer
from services.router.company import load
from services.router.domain.deciding import decide
from services.router.domain.objecting import Wanted
from services.router.domain.rules import Rules
from services.router.domain.standing import Pause, Standing
from services.router.domain.territory import Place
from services.router.domain.turns import Turns
from tests.unit.router.test_territory import MONDAY

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
RULES = load(COMPANY)
OWNERS = sorted(RULES.owners)
STATES = gazetteer.states()
ZIP_CODES = sorted(STATES)


class Book(dict[str, Turns]):
    """Turns in memory."""

    def read(self, name: str) -> Turns:
        return self.get(name, {})

    def write(self, name: str, turns: Turns) -> None:
        self[name] = turns


def closed_at_night(rules: Rules) -> Rules:
    """The same with every territory passing on what comes out of hours."""
    atlas = type(rules.atlas)(replace(one, closed="pass_on") for one in rules.atlas.territories)
    return replace(rules, market=replace(rules.market, atlas=atlas))


BOTH = (RULES, closed_at_night(RULES))


@st.composite
def leads(draw: st.DrawFn) -> Wanted:
    """A lead from anywhere, about anything, at any hour of a year."""
    where = draw(st.sampled_from(["zip", "abroad", "nowhere"]))
    code = draw(st.sampled_from(ZIP_CODES))
    place = {
        "zip": gazetteer.locate(Place("US", STATES[code], code)),
        "abroad": Place(draw(st.sampled_from(["CA", "DE", "GB", "FR"])), draw(st.sampled_from([None, "AB", "ON"]))),
        "nowhere": Place(),
    }[where]
    return Wanted(
        place,
        frozenset(draw(st.sets(st.sampled_from(["compact-tractor", "grain-dryer", "unheard-of"]), max_size=2))),
        dict.fromkeys(draw(st.sets(st.sampled_from(OWNERS), max_size=5)), "declined"),
        rep=draw(st.sampled_from([None, "nobody any more", *OWNERS])),
        industry=draw(st.sampled_from([None, "crop", "municipal", "unheard of"])),
        accounts=frozenset(draw(st.sampled_from([(), ("heartland-coop.example",), ("acme",)]))),
        score=draw(st.integers(0, 100)),
        rank=draw(st.sampled_from([None, "hot", "warm", "cold"])),
        at=MONDAY + timedelta(hours=draw(st.integers(0, 24 * 365))),
        party=draw(st.sampled_from(["sales", "call_centre"])),
    )


@settings(max_examples=200, deadline=None)
@given(
    wanted=leads(),
    away=st.sets(st.sampled_from(OWNERS)),
    full=st.sets(st.sampled_from(OWNERS)),
    night=st.booleans(),
)
def test_there_is_exactly_one_owner_and_everybody_who_was_looked_at_has_a_reason(
    wanted: Wanted, away: set[str], full: set[str], night: bool
) -> None:
    rules, last = BOTH[night], RULES.market.fall_back[-1]
    standings = {name: Standing(daily_limit=1, today=1) for name in full}
    standings |= {name: Standing(pause=Pause()) for name in away}
    choice = decide(rules, wanted, standings, Book())

    assert choice.owner_id in rules.owners
    assert [one.owner_id for one in choice.candidates if one.chosen] == [choice.owner_id]
    assert len({one.owner_id for one in choice.candidates}) == len(choice.candidates)
    assert all(one.because for one in choice.candidates)
    assert choice.owner_id not in (away | full | wanted.had_before.keys()) - {last}
    assert choice.owner_id not in choice.further
    assert not set(choice.further) & (away | full | wanted.had_before.keys())
    assert choice.territory is not None or choice.owner_id in {
        wanted.rep, *rules.market.fall_back, *rules.market.call_centres
    }  # fmt: skip
    assert decide(rules, wanted, standings, Book()) == choice


@settings(max_examples=25, deadline=None)
@given(st.lists(leads(), min_size=5, max_size=15))
def test_the_same_leads_in_the_same_order_give_the_same_owners_and_turns(series: list[Wanted]) -> None:
    one, other = Book(), Book()
    assert [decide(RULES, lead, {}, one) for lead in series] == [decide(RULES, lead, {}, other) for lead in series]
    assert one == other


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 24 * 30))
def test_any_window_of_a_shared_territory_is_within_one_lead_of_the_shares(start: int, length: int, hour: int) -> None:
    book, chosen = Book(), []
    lead = Wanted(Place("US", "IL", "61801"), frozenset({"grain-dryer"}), {}, at=MONDAY + timedelta(hours=hour))
    for _ in range(start + length):
        chosen.append(decide(RULES, lead, {}, book).owner_id)
    window = Counter(chosen[start:])

    assert set(window) <= {"champaign-grain", "mclean-county-implement"}
    assert all(abs(number - length / 2) <= 1 for number in window.values())
